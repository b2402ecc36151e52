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

#endif
