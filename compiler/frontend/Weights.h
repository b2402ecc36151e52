// Where the numbers of a layer's parameters come from: a weight file, or a seeded initialisation.
#pragma once

#include "compiler/support/TensorFile.h"
#include "dialects/cnn/CNNDialect.h"

#include "mlir/IR/Diagnostics.h"

#include <optional>
#include <string>

namespace cnnc {

/// The parameters of one network. They are told apart by name, so the order of calls is nothing.
class Weights {
public:
  /// Made from a seed, as each layer asks (dialects/cnn/Initializers.h).
  static Weights seeded(uint64_t seed);
  /// Read from a file; the error is that of TensorFile::open.
  static Result<Weights> fromFile(const std::string &path);

  /// The f32 numbers of a parameter whose full name is `name`. Reports to `error` where the file
  /// has none of that name or one of another shape, or the parameter is beyond all measure.
  mlir::FailureOr<mlir::ElementsAttr> get(mlir::MLIRContext *context, const std::string &name,
                                          const cnn::Parameter &parameter,
                                          llvm::function_ref<mlir::InFlightDiagnostic()> error);

  /// The f32 numbers that the file has under the name, or null where there is no file, or none of
  /// that name in it. Reports to `error` where they have another shape.
  mlir::FailureOr<mlir::ElementsAttr>
  getIfThere(mlir::RankedTensorType type, const std::string &name,
             llvm::function_ref<mlir::InFlightDiagnostic()> error);

  /// True where parameters are made from a seed.
  bool areSeeded() const { return !file; }

private:
  mlir::FailureOr<mlir::ElementsAttr> read(mlir::RankedTensorType type, const std::string &name,
                                           llvm::function_ref<mlir::InFlightDiagnostic()> error);
  mlir::FailureOr<mlir::ElementsAttr> make(mlir::RankedTensorType type, const std::string &name,
                                           const cnn::Parameter &parameter,
                                           llvm::function_ref<mlir::InFlightDiagnostic()> error);

  std::optional<TensorFile> file;
  uint64_t seed = 0;
  int64_t numMade = 0; ///< Elements made from the seed so far.
};

} // namespace cnnc
