// The steps of reading an ONNX graph that do not depend on what it becomes: a network, or a block
// of one.
#pragma once

#include "compiler/frontend/onnx/Node.h"

namespace cnnc::onnximport {

/// One error per op that is not supported, at the first node that has it.
mlir::LogicalResult checkOps(Graph &graph, const onnx::GraphProto &proto);

/// The names of the graph's outputs, in order.
std::vector<std::string> namesOfOutputs(const onnx::GraphProto &proto);

/// True for a graph that has the op Gradient, in which nothing may be computed of weights while
/// importing.
bool hasGradients(const onnx::GraphProto &proto);

/// The names of all values that `outputs` depend on, these included.
llvm::StringSet<> findNeeded(const onnx::GraphProto &proto, llvm::ArrayRef<std::string> outputs);

/// Makes the weights of the file known under their names.
mlir::LogicalResult defineInitializers(Graph &graph, const onnx::GraphProto &proto);

/// Imports the nodes that are needed, each by its row of OnnxOps.def. The inputs must be known.
mlir::LogicalResult importNodes(Graph &graph, const onnx::GraphProto &proto);

} // namespace cnnc::onnximport
