// Where the arguments and results of a function lie that are not the network's own inputs and
// outputs: attributes that add-training sets and readPlan turns into a BufferPlace.
//
//     func.func @lines_update(%p: tensor<166xf32> {kernel.place = "parameters 0"}, ...)
//         -> (tensor<166xf32> {kernel.place = "parameters 0"})
//
// The number is that of a target, an input or a scalar, or the offset in a block, in floats.
#pragma once

#include "compiler/codegen/NetworkPlan.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>

namespace cnnc {

/// A place at the border of a function: `number` is an index, or an offset in floats.
struct BorderPlace {
  BufferPlace::Kind kind = BufferPlace::Input;
  int64_t number = 0;

  bool operator==(const BorderPlace &o) const { return kind == o.kind && number == o.number; }
};

void setPlace(mlir::BlockArgument argument, BorderPlace place);
void setResultPlace(mlir::func::FuncOp function, unsigned result, BorderPlace place);

/// None for an input or output of the network itself.
std::optional<BorderPlace> getPlace(mlir::BlockArgument argument);
std::optional<BorderPlace> getResultPlace(mlir::func::FuncOp function, unsigned result);

/// The place as kernels are told it.
BufferPlace toBufferPlace(BorderPlace place);

} // namespace cnnc
