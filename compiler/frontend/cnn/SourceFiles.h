// A `.cnn` file with everything it imports.
#pragma once

#include "compiler/frontend/cnn/Syntax.h"

#include <deque>
#include <map>

namespace cnnc {

/// The parsed files, the one that was asked for first; trees stay where they are.
struct SourceFiles {
  std::deque<syntax::File> files;
  std::map<std::string, const syntax::BlockDefinition *> blocks; ///< Of all files, by name.
};

/// Reads and parses `path` and what it imports. Fails with a diagnostic where a file can not be
/// read, a text does not parse, or two blocks have one name, or that of a layer.
mlir::LogicalResult readSourceFiles(mlir::MLIRContext *context, const std::string &path,
                                    SourceFiles &result);

/// `name` as written in the file `path`: relative names start from the file's folder.
std::string resolvePath(const std::string &path, const std::string &name);

} // namespace cnnc
