# cnnc_warnings(TARGET): the warnings that the project's own code is held to.
function(cnnc_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-unused-parameter)
endfunction()
