# How every file is compiled.
#
# Most of a build is headers, of MLIR and Halide: the targets that include them precompile them, or
# take the precompiled ones of another target. Each file includes what it needs all the same:
# -D CMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without.

# cnnc_reuse_headers(TARGET OWNER): TARGET takes the precompiled headers of OWNER.
function(cnnc_reuse_headers target owner)
  if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()

# Programs are compiled as libraries are (-fPIC, not -fPIE), or they could not take their headers.
set(CMAKE_C_COMPILE_OPTIONS_PIE ${CMAKE_C_COMPILE_OPTIONS_PIC})
set(CMAKE_CXX_COMPILE_OPTIONS_PIE ${CMAKE_CXX_COMPILE_OPTIONS_PIC})

# ccache, where there is one, makes a second build directory cheap: it takes paths into a build
# directory from there. With precompiled headers it must be told that macros of the command line do
# not matter to them, and GCC that it must name them in what it preprocesses.
find_program(CCACHE ccache)
if(CCACHE)
  set(launcher env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_BASEDIR=${PROJECT_BINARY_DIR}
    ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
endif()

# cnnc_optimize_less(): for what this folder and those below it compile. What they do takes no time
# beside LLVM's and Halide's work, and a third less to compile than with -O2. Loops over weights
# and tensors are elsewhere: compiler/kernels, reference, support, check.
macro(cnnc_optimize_less)
  add_compile_options($<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>:-O1>)
endmacro()
