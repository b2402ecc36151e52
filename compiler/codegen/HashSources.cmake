# Writes OUTPUT, a header that defines CNNC_KERNELS_VERSION: HALIDE and a hash over SOURCES. Run by
# cmake -P when a source of the kernels has changed.
set(hashes "")
foreach(source IN LISTS SOURCES)
  file(SHA256 ${source} hash)
  get_filename_component(name ${source} NAME)
  string(APPEND hashes "${name} ${hash}\n")
endforeach()
string(SHA256 hash "${hashes}")
file(WRITE ${OUTPUT} "// Written by HashSources.cmake.\n#pragma once\n#define CNNC_KERNELS_VERSION \"halide ${HALIDE} kernels ${hash}\"\n")
