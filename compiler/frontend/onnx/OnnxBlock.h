// An ONNX model as a block of a larger network: what `import "model.onnx" as block` brings.
#pragma once

#include "compiler/support/Result.h"
#include "dialects/cnn/CNNDialect.h"

#include "mlir/IR/Builders.h"

#include <memory>
#include <string>
#include <vector>

namespace onnx {
class ModelProto;
}

namespace cnnc {

class OnnxBlock {
public:
  /// Reads the file at `path`. `outputs` are the values that the block returns, by their names in
  /// the model; none stand for the model's outputs. The error does not name the file.
  static Result<OnnxBlock> open(const std::string &path, std::vector<std::string> outputs);

  /// What the block takes, in the model's order.
  const std::vector<std::string> &inputs() const { return inputNames; }

  /// The numbers of the parameter `name` (with the prefix) that go before the model's; null where
  /// these are right.
  using Replace = llvm::function_ref<mlir::FailureOr<mlir::ElementsAttr>(
      const std::string &name, mlir::RankedTensorType type)>;

  /// Builds the model's nodes on `values`, one for each input and of its type, and gives back what
  /// the block returns. The weights of the file are parameters, called `prefix` and their name in
  /// the file. Failures are diagnostics, with `call` as the place that the model was called from.
  mlir::FailureOr<std::vector<mlir::Value>> build(mlir::OpBuilder &builder, mlir::Location call,
                                                  llvm::ArrayRef<mlir::Value> values,
                                                  const std::string &prefix, Replace replace) const;

private:
  std::string path;
  std::shared_ptr<const onnx::ModelProto> model;
  int64_t opset = 0;
  std::vector<std::string> inputNames, outputNames;
};

} // namespace cnnc
