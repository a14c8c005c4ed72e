# The program as the Python package carries it: it needs nothing but the C library. It is linked from the same rooms, with
# the libraries' archives whole and before all else, so that the shared ones have nothing left to give.
set(archives)
foreach(library yaml-cpp sqlite3 re2 xxhash)
  find_library(STERLET_ARCHIVE_${library} lib${library}.a)
  if(NOT STERLET_ARCHIVE_${library})
    return()
  endif()
  list(APPEND archives ${STERLET_ARCHIVE_${library}})
endforeach()

add_executable(sterlet_portable EXCLUDE_FROM_ALL src/main.cc cmake/portable_fmt.cc)
target_link_libraries(sterlet_portable PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${archives}>" sterlet_cli)
target_link_options(sterlet_portable PRIVATE -static-libstdc++ -static-libgcc -Wl,--as-needed -Wl,--gc-sections -s)
set_target_properties(sterlet_portable PROPERTIES OUTPUT_NAME sterlet
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/portable)
sterlet_warnings(sterlet_portable)
