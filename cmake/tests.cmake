# One test binary a room, from its *_test.cc, and the tests of whole programs (tests/).

sterlet_pch(sterlet_test_pch pch_test.h USES GTest::gtest OPTIONS ${STERLET_QUICKLY})

function(sterlet_test_executable target)
  add_executable(${target} ${ARGN})
  target_compile_options(${target} PRIVATE ${STERLET_QUICKLY})
  target_precompile_headers(${target} REUSE_FROM sterlet_test_pch)
  sterlet_warnings(${target})
endfunction()

# What a room's tests use beyond the room: the documents of a model are made of one that was played, and study files
# name strategies, whose table lies above.
set(STERLET_api_TESTS_SEE sterlet_babysit)
set(STERLET_studyfile_TESTS_SEE sterlet_study)

foreach(room base math space samplers pruners population analysis storage exec context studyfile study doctor library run
        plan babysit/judge babysit/record babysit retest api report practices cli)
  sterlet_room_sources(${room} sources)
  list(FILTER sources INCLUDE REGEX "_test\\.cc$")
  if(sources)
    string(REPLACE "/" "_" name ${room})
    set(target sterlet_${name}_test)
    sterlet_test_executable(${target} ${sources})
    target_link_libraries(${target} PRIVATE sterlet_${name} ${STERLET_${name}_TESTS_SEE} GTest::gtest_main rapidcheck)
    target_compile_definitions(${target} PRIVATE STERLET_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
      STERLET_PROGRAM="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/sterlet")
    add_test(NAME ${name} COMMAND ${target})
    set_tests_properties(${name} PROPERTIES TIMEOUT 600)
  endif()
endforeach()

# What holds when the storage fails: the life of a study and of a model, each of their calls failing once.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/faults/*_test.cc)
sterlet_test_executable(sterlet_faults_test ${sources})
target_link_libraries(sterlet_faults_test PRIVATE sterlet_babysit GTest::gtest_main)
add_test(NAME faults COMMAND sterlet_faults_test)
set_tests_properties(faults PROPERTIES TIMEOUT 600)

# What crosses rooms is tested on the real programs.
file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/e2e/*_test.py)
foreach(script IN LISTS scripts)
  get_filename_component(name ${script} NAME_WE)
  add_test(NAME e2e_${name} COMMAND /usr/bin/python3 ${script})
  set_tests_properties(e2e_${name} PROPERTIES TIMEOUT 900 ENVIRONMENT
    "STERLET_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};STERLET_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
endforeach()

add_test(NAME check COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tests/check/check_test.py)
add_executable(sterlet_client_test client/sterlet_test.cc)
target_compile_options(sterlet_client_test PRIVATE ${STERLET_QUICKLY})
target_link_libraries(sterlet_client_test PRIVATE GTest::gtest_main Threads::Threads)
sterlet_warnings(sterlet_client_test)
add_test(NAME client_cpp COMMAND sterlet_client_test)
add_test(NAME client_python COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/client/sterlet_test.py)

# The Python package, over the program of this build; without any package of others.
add_test(NAME python COMMAND /usr/bin/python3 -m unittest discover -s ${PROJECT_SOURCE_DIR}/python/tests -p *_test.py)
set_tests_properties(python PROPERTIES TIMEOUT 900 ENVIRONMENT "STERLET_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")

if(EXISTS ${PROJECT_SOURCE_DIR}/tests/report/render_main.cc)
  add_executable(render-report tests/report/render_main.cc)
  target_link_libraries(render-report PRIVATE sterlet_report)
  foreach(test report_page report_views)
    add_test(NAME ${test}
      COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tests/report/${test}_test.py $<TARGET_FILE:render-report>)
    set_tests_properties(${test} PROPERTIES TIMEOUT 900)
  endforeach()
endif()

# What takes longest begins first where ctest has no times of its own yet, as in CI; else the last one runs alone. In seconds.
set(STERLET_LONG e2e_warm_test 93 e2e_library_test 91 e2e_plan_test 70 analysis 67 e2e_staleness_test 54 report_page 48
  python 45 faults 44 e2e_faults_test 41 samplers 38 storage 37 e2e_suggestions_test 31 report_views 29
  e2e_lifecycle_test 28 e2e_babysit_test 27 e2e_terminal_test 25 e2e_sessions_test 25 e2e_ways_in_test 24 study 24
  practices 20)
while(STERLET_LONG)
  list(POP_FRONT STERLET_LONG name seconds)
  if(TEST ${name})
    set_tests_properties(${name} PROPERTIES COST ${seconds})
  endif()
endwhile()
