# Installs the build to PREFIX, then configures, builds and runs the project in SOURCE against it.
file(REMOVE_RECURSE ${PREFIX} ${WORK} ${WORK}-source ${WORK}-mistyped)
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

run(${CMAKE_COMMAND} --install ${WORK} --prefix ${WORK}/installed)
run(${WORK}/installed/bin/weigh ${WORK}/installed/share/weigh/outside.weights)
if(NOT output MATCHES "the same numbers")
  message(FATAL_ERROR "weigh printed: ${output}")
endif()

# A mistyped value is told by name.
file(WRITE ${WORK}-mistyped/CMakeLists.txt "cmake_minimum_required(VERSION 3.20)
project(mistyped C)
find_package(cnnc REQUIRED)
cnnc_add_network(net MODEL net.cnn EMBED_WEIGHTS maybe)
")
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${WORK}-mistyped -B ${WORK}-mistyped/build -G ${GENERATOR}
          -D CMAKE_MAKE_PROGRAM=${MAKE} -D cnnc_ROOT=${PREFIX}
  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
string(REGEX REPLACE "[ \n]+" " " output "${output}")
if(status EQUAL 0 OR NOT output MATCHES "cnnc_add_network\\(net\\): EMBED_WEIGHTS is yes or no, not maybe")
  message(FATAL_ERROR "configuring with a mistyped value ended with ${status}: ${output}")
endif()

# The builder: a network compiled by the project's own program.
run(${WORK}/build ${WORK}/built)
if(NOT EXISTS ${WORK}/built/libdoubling.a OR NOT EXISTS ${WORK}/built/doubling.h)
  message(FATAL_ERROR "build wrote no library: ${output}")
endif()
if(NOT output MATCHES "build.cpp:[0-9]+.*groups")
  message(FATAL_ERROR "build printed: ${output}")
endif()
message("${output}")
