// A `.cnn` file with everything it imports.
#pragma once

#include "compiler/frontend/cnn/Syntax.h"
#include "compiler/frontend/onnx/OnnxBlock.h"

#include <deque>
#include <map>

namespace cnnc {

/// A model of ONNX that a file imports as a block.
struct ImportedModel {
  OnnxBlock block;
  mlir::Location location; ///< Where the import names it.
};

/// The parsed files, the one that was asked for first; trees stay where they are.
struct SourceFiles {
  std::deque<syntax::File> files;
  std::map<std::string, const syntax::BlockDefinition *> blocks; ///< Of all files, by name.
  std::map<std::string, ImportedModel> models; ///< By the names that they are imported under.
};

/// Reads and parses `path` and what it imports. Fails with a diagnostic where a file can not be
/// read, a text does not parse, or two blocks (or models) have one name, or that of a layer.
mlir::LogicalResult readSourceFiles(mlir::MLIRContext *context, const std::string &path,
                                    SourceFiles &result);

/// `name` as written in the file `path`: relative names start from the file's folder.
std::string resolvePath(const std::string &path, const std::string &name);

} // namespace cnnc
