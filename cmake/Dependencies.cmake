# The libraries that cnnc is built on, each found once, here.

# LLVM and MLIR 22 from Debian. A version in find_package would be refused: 22.1.8 is not "22".
find_package(MLIR REQUIRED CONFIG PATHS /usr/lib/llvm-22 NO_DEFAULT_PATH)
find_package(LLVM REQUIRED CONFIG PATHS /usr/lib/llvm-22 NO_DEFAULT_PATH)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# One interface target carries LLVM's include folder and its one big shared library.
add_library(cnnc_mlir INTERFACE)
target_include_directories(cnnc_mlir SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_compile_definitions(cnnc_mlir INTERFACE ${LLVM_DEFINITIONS_LIST})
target_link_libraries(cnnc_mlir INTERFACE MLIR LLVM)

# Halide from its wheel. Debian's CMake does not look into lib64, so both folders are named.
set(Halide_DIR ${CNNC_SITE_PACKAGES}/halide/lib64/cmake/Halide)
set(HalideHelpers_DIR ${CNNC_SITE_PACKAGES}/halide/lib64/cmake/HalideHelpers)
find_package(Halide REQUIRED CONFIG)

find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(SQLite3 REQUIRED)
