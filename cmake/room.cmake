# sterlet_room(NAME SEES room... USES target... [PCH target OPTIONS option...]): the static library of src/sterlet/NAME.
#
# An include names its file: "sterlet/space/axis.h" is src/sterlet/space/axis.h. The build reaches a room's headers
# through a door of its own (doors/NAME/sterlet/NAME, a link to src/sterlet/NAME) that only the rooms that SEE it have on
# their include path, so an include against the layout ends with "no such file".
# Sources are found by folder; *_test.cc belong to the tests. A room inside a room (babysit/judge) is a library of its own.

function(sterlet_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough
    -Wno-missing-field-initializers)  # Designated initialisers leave out what keeps its default.
  if(STERLET_WERROR)
    # GCC 12's flow analysis misfires on variants and strings at -O2 and above: shown, not fatal.
    target_compile_options(${target} PRIVATE -Werror -Wno-error=maybe-uninitialized -Wno-error=restrict
      -Wno-error=stringop-overflow -Wno-error=array-bounds)
  endif()
endfunction()

# What every target of ours is compiled with: no fused multiply-add, so that a suggestion is the same on every machine.
add_compile_options(-fpch-preprocess -ffp-contract=off "-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  # Else a precompiled header made anew is another one to ccache, and so is all that uses it.
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()
if(STERLET_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(STERLET_SANITIZE)
  add_compile_options(-fsanitize=${STERLET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${STERLET_SANITIZE})
endif()

# sterlet_pch(NAME HEADER USES target... OPTIONS option...): a precompiled header, for targets with the same options.
function(sterlet_pch name header)
  cmake_parse_arguments(PCH "" "" "USES;OPTIONS" ${ARGN})
  add_library(${name} OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cc)
  target_link_libraries(${name} PUBLIC fmt::fmt nlohmann_json::nlohmann_json ${PCH_USES})
  target_compile_options(${name} PRIVATE ${PCH_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/${header})
  sterlet_warnings(${name})  # A header compiled under other flags than its user's is not used.
endfunction()

# The standard library, fmt and JSON are most of a small file's compile time.
sterlet_pch(sterlet_pch pch.h)

# What reads command lines and what tests is compiled quickly, not into quick code. The rooms that they call are optimised.
set(STERLET_QUICKLY $<$<CONFIG:Release>:-O1>)

set(STERLET_INNER_ROOMS babysit/judge babysit/record context/log)

function(sterlet_room_sources room into)
  set(folder ${PROJECT_SOURCE_DIR}/src/sterlet/${room})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc ${folder}/*/*.cc)
  foreach(inner IN LISTS STERLET_INNER_ROOMS)
    if(NOT inner STREQUAL room)
      list(FILTER sources EXCLUDE REGEX "/src/sterlet/${inner}/")
    endif()
  endforeach()
  set(${into} ${sources} PARENT_SCOPE)
endfunction()

function(sterlet_room room)
  cmake_parse_arguments(ROOM "" "PCH" "SEES;USES;OPTIONS" ${ARGN})
  if(NOT ROOM_PCH)
    set(ROOM_PCH sterlet_pch)
  endif()
  string(REPLACE "/" "_" name ${room})
  set(door ${PROJECT_BINARY_DIR}/doors/${name})
  get_filename_component(parent sterlet/${room} DIRECTORY)
  file(MAKE_DIRECTORY ${door}/${parent})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/src/sterlet/${room} ${door}/sterlet/${room} SYMBOLIC)
  sterlet_room_sources(${room} sources)
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  add_library(sterlet_${name} STATIC ${sources})
  target_include_directories(sterlet_${name} PUBLIC ${door})
  foreach(seen IN LISTS ROOM_SEES)
    string(REPLACE "/" "_" seen ${seen})
    target_link_libraries(sterlet_${name} PUBLIC sterlet_${seen})
  endforeach()
  target_link_libraries(sterlet_${name} PUBLIC fmt::fmt nlohmann_json::nlohmann_json PRIVATE ${ROOM_USES})
  target_compile_options(sterlet_${name} PRIVATE ${ROOM_OPTIONS})
  target_precompile_headers(sterlet_${name} REUSE_FROM ${ROOM_PCH})
  sterlet_warnings(sterlet_${name})
endfunction()
