// A file that the build puts into the program: see codegen/EmbedFiles.cmake.
#pragma once

#include <string>
#include <string_view>

namespace cnnc {

struct EmbeddedFile {
  std::string name; ///< "cnnrt.h"
  std::string_view content;
};

} // namespace cnnc
