# Programs that need nothing but the C library: they start in two thirds of the time, take less memory, and the Python
# package can carry one. A program is linked from the same rooms, with the libraries' archives whole and before all else,
# so that the shared ones have nothing left to give. Where an archive is missing, and with sanitizers, it keeps the shared
# ones.
set(STERLET_ARCHIVES)
foreach(library yaml-cpp sqlite3 re2 xxhash)
  find_library(STERLET_ARCHIVE_${library} lib${library}.a)
  list(APPEND STERLET_ARCHIVES ${STERLET_ARCHIVE_${library}})
endforeach()
set(STERLET_CAN_BE_PORTABLE NO)
if(NOT "${STERLET_ARCHIVES}" MATCHES "NOTFOUND" AND NOT STERLET_SANITIZE AND NOT STERLET_FUZZ)
  set(STERLET_CAN_BE_PORTABLE YES)
endif()

# To be called before the target is linked to a room.
function(sterlet_make_portable target)
  if(NOT STERLET_CAN_BE_PORTABLE)
    return()
  endif()
  target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/portable_fmt.cc)
  target_link_libraries(${target} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${STERLET_ARCHIVES}>")
  target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,--as-needed -Wl,--gc-sections)
endfunction()

