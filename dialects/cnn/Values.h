// Weights in the IR: by handle, outside of it.
//
// Tensors of more than a few elements are MLIR resources (`dense_resource<name>`): the numbers live
// in a blob that the context owns, attributes and prints only know its name.
#pragma once

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <memory>
#include <vector>

namespace cnnc::cnn {

/// The attribute for a constant of this f32 type, row-major in logical order. `name` is a hint for
/// the handle. Takes the numbers over without a copy.
mlir::ElementsAttr makeValues(mlir::RankedTensorType type, std::vector<float> &&values,
                              llvm::StringRef name);

/// As above, for numbers that someone else keeps (a mapped weight file): `owner` is held as long as
/// the context lives.
mlir::ElementsAttr makeValues(mlir::RankedTensorType type, llvm::ArrayRef<float> values,
                              std::shared_ptr<const void> owner, llvm::StringRef name);

/// The numbers of an f32 constant, row-major. `storage` is filled only where the attribute does not
/// hold them one by one (a splat); keep it as long as the result.
llvm::ArrayRef<float> getValues(mlir::ElementsAttr attribute, std::vector<float> &storage);

} // namespace cnnc::cnn
