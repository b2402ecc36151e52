# Writes OUTPUT, C++ with the bytes of FILES: the definition of FUNCTION, which HEADER declares. Run
# by cmake -P.
set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS FILES)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  get_filename_component(name ${file} NAME)
  string(APPEND arrays "static const unsigned char file${index}[] = {\n${bytes}};\n")
  string(APPEND rows "      {\"${name}\", {reinterpret_cast<const char *>(file${index}), sizeof file${index}}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Written by EmbedFiles.cmake.
#include \"${HEADER}\"

${arrays}
namespace cnnc {
const std::vector<EmbeddedFile> &${FUNCTION}() {
  static const std::vector<EmbeddedFile> files = {
${rows}  };
  return files;
}
} // namespace cnnc
")
