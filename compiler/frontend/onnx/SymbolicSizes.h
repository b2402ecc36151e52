// The sizes of a network that its file leaves open, and what the user says about them.
#pragma once

#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/onnx/SizeTensor.h"
#include "compiler/support/Result.h"

#include <onnx.pb.h>

#include <string>
#include <vector>

namespace cnnc::onnximport {

/// Numbers the symbolic sizes in order of appearance, and names them.
///
/// A dim is called as the file calls it (`dim_param`), or INPUT_dK for the nameless dim K of an
/// input; then as the user renames it. Dims of one name are one size. Names that are no C
/// identifiers become one.
class SymbolicSizes {
public:
  SymbolicSizes(mlir::MLIRContext *context, const ReadOptions &options)
      : context(context), options(options) {}

  /// The size of dim `index` of the graph's input `input`.
  Result<Size> sizeOf(const onnx::TensorShapeProto::Dimension &dim, const std::string &input,
                      int64_t index);

  /// Every size that the user fixes, renames or plans for must be there. To be asked when all
  /// inputs were seen.
  Status checkOptions() const;

  const std::vector<std::string> &names() const { return symbols; }
  /// What to plan for: as the user says, else a batch of 1 and 224 for everything else.
  const std::vector<int64_t> &typical() const { return typicalSizes; }

private:
  Result<Size> namedSize(const std::string &nameInFile, bool isBatch);
  std::string uniqueIdentifier(const std::string &name);

  mlir::MLIRContext *context;
  const ReadOptions &options;
  std::vector<std::string> symbols;
  std::vector<int64_t> typicalSizes;
  std::map<std::string, std::string> identifiers; ///< Of each name: no two have the same.
  std::vector<std::string> seen;                  ///< Every name that options may use.
};

/// The name with everything that C does not allow in one replaced, and `prefix` before one that
/// does not begin with a letter.
std::string toIdentifier(const std::string &name, const std::string &prefix);

} // namespace cnnc::onnximport
