# Run as a script: writes the page's parts as string literals into one C++ file.
#   cmake -DPAGE=src/sterlet/report/page -DSCRIPTS=data,scale,... -DOUT=page_parts.cc -P embed.cmake
#
# The scripts are joined in the order given, inside one function, so that they share a scope and leave nothing global.

function(read_part path into)
  file(READ ${path} text)
  if(text MATCHES "\\)sterlet\"")
    message(FATAL_ERROR "${path}: holds )sterlet\", which ends the literal it is embedded in")
  endif()
  set(${into} "${text}" PARENT_SCOPE)
endfunction()

read_part(${PAGE}/page.html html)
read_part(${PAGE}/page.css css)
string(REPLACE "," ";" names "${SCRIPTS}")

file(WRITE ${OUT}.new "// Written by embed.cmake from src/sterlet/report/page.\n#include \"sterlet/report/page.h\"\n\nnamespace sterlet::report {\n\n")
file(APPEND ${OUT}.new "const std::string_view kPageHtml = R\"sterlet(" "${html}" ")sterlet\";\n")
file(APPEND ${OUT}.new "const std::string_view kPageCss = R\"sterlet(" "${css}" ")sterlet\";\n")
file(APPEND ${OUT}.new "const std::string_view kPageScript = R\"sterlet((() => {\n'use strict';\n)sterlet\"\n")
foreach(name IN LISTS names)
  read_part(${PAGE}/${name}.js script)
  # Compilers promise 64 kB a literal; one a file keeps well below.
  file(APPEND ${OUT}.new "R\"sterlet(" "${script}" ")sterlet\"\n")
endforeach()
file(APPEND ${OUT}.new "R\"sterlet(})();\n)sterlet\";\n\n}  // namespace sterlet::report\n")
file(RENAME ${OUT}.new ${OUT})
