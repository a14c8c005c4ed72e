# The C++ client as a target, and its installation: find_package(sterlet), pkg-config, add_subdirectory and FetchContent
# all give sterlet::client, a header that needs nothing else. cmake/library.cmake does so for the library.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

add_library(sterlet_client INTERFACE)
add_library(sterlet::client ALIAS sterlet_client)
target_compile_features(sterlet_client INTERFACE cxx_std_17)
target_include_directories(sterlet_client INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/client>
                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(sterlet_client PROPERTIES EXPORT_NAME client)

if(NOT STERLET_INSTALL)
  return()
endif()

# Nothing here depends on the machine, so it goes where any of them looks: share/, not lib/.
set(STERLET_PACKAGE_DIR ${CMAKE_INSTALL_DATADIR}/cmake/sterlet)
install(TARGETS sterlet_client EXPORT sterletTargets COMPONENT client)
install(EXPORT sterletTargets NAMESPACE sterlet:: DESTINATION ${STERLET_PACKAGE_DIR} COMPONENT client)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/sterletConfig.cmake.in ${PROJECT_BINARY_DIR}/sterletConfig.cmake
                              INSTALL_DESTINATION ${STERLET_PACKAGE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sterletConfigVersion.cmake COMPATIBILITY SameMinorVersion
                                 ARCH_INDEPENDENT)
file(RELATIVE_PATH STERLET_PREFIX_FROM_PC ${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
# A name of its own, so that the library's stands beside it, whichever is installed first.
set(STERLET_PC_NAME sterlet-client)
set(STERLET_PC_LIBS)
set(STERLET_PC_DESCRIPTION "C++ client of Sterlet, which tunes hyperparameters: one header, C++17")
configure_file(${CMAKE_CURRENT_LIST_DIR}/sterlet.pc.in ${PROJECT_BINARY_DIR}/sterlet-client.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sterletConfig.cmake ${PROJECT_BINARY_DIR}/sterletConfigVersion.cmake
        DESTINATION ${STERLET_PACKAGE_DIR} COMPONENT client)
install(FILES ${PROJECT_BINARY_DIR}/sterlet-client.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig COMPONENT client)
install(FILES client/sterlet.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT client)
install(FILES client/sterlet.py DESTINATION ${CMAKE_INSTALL_DATADIR}/sterlet COMPONENT client)
