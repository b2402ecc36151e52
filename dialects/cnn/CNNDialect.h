// The `cnn` dialect in C++: the ops of CNNOps.td and what frontends and passes ask of them.
#pragma once

#include "dialects/cnn/Sizes.h"
#include "dialects/cnn/TrainingContext.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace cnnc::cnn {

/// How a frontend fills a parameter for which the user gives no weights: see Initializers.h.
enum class Initializer {
  Zeros,
  Ones,
  Constant,
  HeNormal,
  HeUniform,
  GlorotNormal,
  GlorotUniform,
  Orthogonal,
};

/// A parameter of a layer: a constant operand that a frontend makes.
struct Parameter {
  llvm::StringRef name; ///< As in weight files: "filter", "bias".
  llvm::SmallVector<int64_t> shape;
  Initializer initializer = Initializer::Zeros;
  int64_t fanIn = 1;   ///< How many products make one output.
  int64_t fanOut = 1;  ///< In how many products an input takes part, with a stride of 1.
  double constant = 0; ///< The value of Initializer::Constant.
};

/// Traits of CNNDialect.td: see there.
template <typename Op> class Elementwise : public mlir::OpTrait::TraitBase<Op, Elementwise> {};
template <typename Op> class Anchor : public mlir::OpTrait::TraitBase<Op, Anchor> {};
template <typename Op> class Contraction : public mlir::OpTrait::TraitBase<Op, Contraction> {};
template <typename Op>
class WindowReduction : public mlir::OpTrait::TraitBase<Op, WindowReduction> {};
template <typename Op> class Backward : public mlir::OpTrait::TraitBase<Op, Backward> {};

} // namespace cnnc::cnn

#include "dialects/cnn/CNNDialect.h.inc"
#include "dialects/cnn/CNNInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/cnn/CNNOps.h.inc"
