# sterlet_embed_report_page(TARGET): adds the page's parts, as one generated source, to the library of src/report.

set(STERLET_REPORT_DIR ${CMAKE_CURRENT_LIST_DIR})

function(sterlet_embed_report_page target)
  set(page ${STERLET_REPORT_DIR}/page)
  # Order matters only for what runs at load time: main.js is last.
  set(scripts data store scale surface plot panel header best curves lineage models pareto importance slices contour map parallel ranges
      table main)
  set(parts ${page}/page.html ${page}/page.css)
  foreach(name IN LISTS scripts)
    list(APPEND parts ${page}/${name}.js)
  endforeach()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/report_page_parts.cc)
  list(JOIN scripts "," joined)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DPAGE=${page} -DSCRIPTS=${joined} -DOUT=${out} -P ${STERLET_REPORT_DIR}/embed.cmake
    DEPENDS ${parts} ${STERLET_REPORT_DIR}/embed.cmake
    COMMENT "Embedding the report page"
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
