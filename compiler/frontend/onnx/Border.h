// The inputs and outputs of an ONNX graph.
#pragma once

#include "compiler/frontend/NetworkFunction.h"
#include "compiler/frontend/onnx/Node.h"
#include "compiler/frontend/onnx/SymbolicSizes.h"

namespace cnnc::onnximport {

/// The element type of an input, or null.
mlir::Type inputElementType(mlir::MLIRContext *context, int32_t dataType);

/// The inputs of the graph, in the file's layout. Their open dims become `symbols`. Fails with a
/// diagnostic for types and shapes that are not supported.
mlir::FailureOr<std::vector<BorderValue>> readInputs(Graph &graph, const onnx::GraphProto &proto,
                                                     SymbolicSizes &symbols);

/// Makes the arguments of the network known under the names of the inputs.
mlir::LogicalResult defineInputs(Graph &graph, mlir::func::FuncOp network,
                                 llvm::ArrayRef<BorderValue> inputs);

/// The outputs of the graph, once all nodes are imported; at least one.
mlir::FailureOr<std::vector<BorderValue>> readOutputs(Graph &graph, const onnx::GraphProto &proto);

} // namespace cnnc::onnximport
