# Installs the build to PREFIX, then configures, builds and runs the project in SOURCE against it.
file(REMOVE_RECURSE ${PREFIX} ${WORK} ${WORK}-source)
# Out of the tree: nothing of it may be found by accident.
file(COPY ${SOURCE}/ DESTINATION ${WORK}-source)

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGV}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX})
run(${CMAKE_COMMAND} -S ${WORK}-source -B ${WORK} -G ${GENERATOR} -D CMAKE_MAKE_PROGRAM=${MAKE}
    -D cnnc_ROOT=${PREFIX})
run(${CMAKE_COMMAND} --build ${WORK})
run(${WORK}/sum)
if(NOT output MATCHES "the sum is 10")
  message(FATAL_ERROR "sum printed: ${output}")
endif()
message("${output}")
