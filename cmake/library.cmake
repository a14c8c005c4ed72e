# sterlet::sterlet, the library of include/sterlet: one archive of all rooms that it is made of, which needs nothing but the
# libraries of others. find_package(sterlet), pkg-config, add_subdirectory and FetchContent give it.
target_include_directories(sterlet_library PUBLIC ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(sterlet_library PRIVATE STERLET_VERSION="${PROJECT_VERSION}")

if(NOT STERLET_LIBRARY)
  return()
endif()

set(objects)
foreach(room base math space samplers pruners population analysis storage studyfile study doctor exec library)
  # base::stop and base::warn are the library's own: it ends no process of others and prints nothing there.
  list(APPEND objects "$<FILTER:$<TARGET_OBJECTS:sterlet_${room}>,EXCLUDE,/base/(stop|log)\\.cc>")
endforeach()
add_library(sterlet_whole STATIC ${objects})
add_library(sterlet::sterlet ALIAS sterlet_whole)
set_target_properties(sterlet_whole PROPERTIES EXPORT_NAME sterlet OUTPUT_NAME sterlet LINKER_LANGUAGE CXX)
target_compile_features(sterlet_whole INTERFACE cxx_std_17)
target_include_directories(sterlet_whole INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(sterlet_whole PRIVATE fmt::fmt yaml-cpp SQLite::SQLite3 re2 xxhash Threads::Threads)

if(NOT STERLET_INSTALL)
  return()
endif()

set(STERLET_LIBRARY_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/sterlet)
install(TARGETS sterlet_whole EXPORT sterletLibraryTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(EXPORT sterletLibraryTargets NAMESPACE sterlet:: DESTINATION ${STERLET_LIBRARY_PACKAGE_DIR} COMPONENT library)
install(DIRECTORY include/sterlet DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library FILES_MATCHING PATTERN "*.hpp")
set(STERLET_PC_NAME sterlet)
set(STERLET_PC_LIBS "-L\${libdir} -lsterlet -lyaml-cpp -lsqlite3 -lre2 -lxxhash -lfmt -pthread")
set(STERLET_PC_DESCRIPTION "The library of Sterlet, which tunes hyperparameters: C++17")
configure_file(${PROJECT_SOURCE_DIR}/cmake/sterlet.pc.in ${PROJECT_BINARY_DIR}/sterlet.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sterlet.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig COMPONENT library)
