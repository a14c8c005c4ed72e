# Libraries whose Debian 12 packages bring no CMake files.

# sterlet_library(NAME HEADER PACKAGE): the imported target NAME for libNAME and HEADER.
function(sterlet_library name header package)
  find_path(STERLET_${name}_INCLUDE ${header})
  find_library(STERLET_${name}_LIBRARY ${name})
  if(NOT STERLET_${name}_INCLUDE OR NOT STERLET_${name}_LIBRARY)
    message(FATAL_ERROR "lib${name} is missing; install it: apt-get install ${package}")
  endif()
  add_library(${name} UNKNOWN IMPORTED)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${STERLET_${name}_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${STERLET_${name}_INCLUDE})
endfunction()

sterlet_library(re2 re2/re2.h libre2-dev)
sterlet_library(xxhash xxhash.h libxxhash-dev)
