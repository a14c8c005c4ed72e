# sterlet_embed_clients(TARGET): adds the files of client/, as one generated source, to the library of src/sterlet/cli, so
# that the program can print them. Run as a script it writes that source:
#   cmake -DCLIENT=client -DOUT=client_files.cc -P clients.cmake

if(CMAKE_SCRIPT_MODE_FILE)
  file(WRITE ${OUT}.new "// Written by clients.cmake from client/.\n#include \"sterlet/cli/clients.h\"\n\nnamespace sterlet::cli {\n\n")
  foreach(pair kPythonClient=sterlet.py kCppClient=sterlet.hpp)
    string(REPLACE "=" ";" pair ${pair})
    list(GET pair 0 name)
    list(GET pair 1 file)
    file(READ ${CLIENT}/${file} text)
    string(LENGTH "${text}" length)
    # Compilers promise 64 kB a literal.
    if(text MATCHES "\\)sterlet\"" OR length GREATER 64000)
      message(FATAL_ERROR "${CLIENT}/${file}: holds )sterlet\", which ends its literal, or is longer than 64000 bytes")
    endif()
    file(APPEND ${OUT}.new "const std::string_view ${name} = R\"sterlet(" "${text}" ")sterlet\";\n")
  endforeach()
  file(APPEND ${OUT}.new "\n}  // namespace sterlet::cli\n")
  file(RENAME ${OUT}.new ${OUT})
  return()
endif()

set(STERLET_CLIENTS_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(sterlet_embed_clients target)
  set(out ${PROJECT_BINARY_DIR}/client_files.cc)
  set(client ${PROJECT_SOURCE_DIR}/client)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DCLIENT=${client} -DOUT=${out} -P ${STERLET_CLIENTS_SCRIPT}
    DEPENDS ${client}/sterlet.py ${client}/sterlet.hpp ${STERLET_CLIENTS_SCRIPT}
    COMMENT "Embedding the clients"
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
