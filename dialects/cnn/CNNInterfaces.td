// What passes and frontends ask of a `cnn` op without knowing which it is.
#ifndef CNN_INTERFACES_TD
#define CNN_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Layer : OpInterface<"Layer"> {
  let cppNamespace = "::cnnc::cnn";
  let description = [{
    An op with parameters of its own (filter, bias, ...): operands that a frontend makes where the
    user wrote only `conv(64, 3x3)`.
  }];
  let methods = [
    StaticInterfaceMethod<[{
      The parameters of a layer over `input` with the given call arguments (`CallArg` of the record,
      each under its name), in the order of the op's operands behind the input. Reports to `error`
      and fails where they do not fit the input.
    }], "::llvm::FailureOr<::llvm::SmallVector<::cnnc::cnn::Parameter>>", "inferParameters",
    (ins "::mlir::RankedTensorType":$input, "::mlir::DictionaryAttr":$arguments,
         "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$error)>,
  ];
}

def Composite : OpInterface<"Composite"> {
  let cppNamespace = "::cnnc::cnn";
  let description = [{
    An op that is only a name for others. `expand-composites` replaces it before kernels are formed.
  }];
  let methods = [
    InterfaceMethod<"Builds the ops that this one stands for; returns what replaces its result.",
      "::mlir::Value", "expand", (ins "::mlir::OpBuilder &":$builder)>,
  ];
}

def Differentiable : OpInterface<"Differentiable"> {
  let cppNamespace = "::cnnc::cnn";
  let description = [{
    An op that gradients flow through. Its rule builds `cnn` ops, so what runs backward shares passes,
    kernels, tuner and tests with what runs forward.
  }];
  let methods = [
    InterfaceMethod<[{
      The gradients of a scalar with respect to the operands, one each, null for an operand that has
      none (labels, or of which only the shape is read), made from `gradient`, the one with respect
      to the result and of its shape. Rules build what belongs to every operand; `differentiate`
      drops what nobody wants. Fails with a diagnostic where a size must be known that is not.
    }], "::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>", "buildGradients",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::Value":$gradient)>,
  ];
}

def TrainingForm : OpInterface<"TrainingForm"> {
  let cppNamespace = "::cnnc::cnn";
  let description = [{
    An op that computes something else while the network is trained. It is replaced before the
    network is differentiated.
  }];
  let methods = [
    InterfaceMethod<[{
      Builds the ops that compute this one in training; returns what replaces its result. What it
      needs, and what is left to do for the caller, is in `context`.
    }], "::mlir::Value", "buildTrainingForm",
    (ins "::mlir::OpBuilder &":$builder, "::cnnc::cnn::TrainingContext &":$context)>,
  ];
}

#endif
