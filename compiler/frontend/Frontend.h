// Reading a network, whatever it is written in.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <map>
#include <optional>
#include <string>

namespace cnnc {

/// What batches to plan for in training where nobody says.
constexpr int64_t typicalTrainingBatch = 32;

/// What the user may say about a model beside its file.
struct ReadOptions {
  std::string name;                           ///< Of the network; default: what the file calls it.
  std::map<std::string, int64_t> sizes;       ///< Symbolic sizes to fix: H -> 224.
  std::map<std::string, int64_t> typical;     ///< Sizes to plan for where they stay symbolic.
  int64_t typicalBatch = 1;                   ///< Of a first dim of which nobody says more.
  std::map<std::string, std::string> renames; ///< Symbolic sizes to call otherwise: s77 -> H.
  std::string weights; ///< safetensors or npz with the parameters of a `.cnn`; "" = by seed.
  uint64_t seed = 0;   ///< For parameters without weights.
};

/// Reads a `.cnn` or `.onnx` file into a module with one network (NetworkFunction.h), verified.
/// Failures are diagnostics of the context: file, line, column, a sentence.
mlir::OwningOpRef<mlir::ModuleOp> readModel(mlir::MLIRContext &context, const std::string &path,
                                            const ReadOptions &options);

/// The readers behind it, by extension.
mlir::OwningOpRef<mlir::ModuleOp> readCnn(mlir::MLIRContext &context, const std::string &path,
                                          const ReadOptions &options);
mlir::OwningOpRef<mlir::ModuleOp> readOnnx(mlir::MLIRContext &context, const std::string &path,
                                           const ReadOptions &options);

} // namespace cnnc
