// What is behind the C++ builder's objects, for its own files and for who compiles the network.
#pragma once

#include "cnnc/Network.h"
#include "compiler/frontend/Diagnostics.h"
#include "compiler/frontend/LayerNames.h"
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/frontend/OpCall.h"

#include "mlir/IR/MLIRContext.h"

namespace cnnc::nn {

/// A network under construction: its ops in a block of their own, until makeModule copies them into
/// a function.
struct NetworkState : std::enable_shared_from_this<NetworkState> {
  explicit NetworkState(std::string name);

  /// The network in the form that every frontend leaves (NetworkFunction.h), verified; as often as
  /// one likes. Throws Error. The module lives no longer than this context.
  mlir::OwningOpRef<mlir::ModuleOp> makeModule();

  mlir::Location locate(Place place);
  /// Throws an Error with the diagnostics that have been emitted.
  [[noreturn]] void fail();
  [[noreturn]] void fail(Place place, const std::string &sentence);
  /// The symbol of a named size, a new one where there is none yet.
  cnn::Size sizeNamed(const std::string &size, bool isBatch);
  Tensor wrap(mlir::Value value);
  /// Throws where the tensor is missing, or another network's.
  mlir::Value unwrap(const Tensor &tensor, Place place);
  /// The state behind a network, for who compiles it; and behind tensors, which throws where there
  /// is none.
  static NetworkState &of(const Network &network) { return *network.state; }
  static NetworkState &of(const std::vector<Operand> &inputs);

  mlir::MLIRContext context;
  std::string name;
  std::string messages;
  llvm::raw_string_ostream stream; ///< Into `messages`.
  DiagnosticPrinter printer;
  mlir::Block body;
  mlir::OpBuilder builder;
  Weights weights;
  LayerNames layers;
  std::vector<std::string> sizeNames;
  std::vector<int64_t> typicalSizes;
  std::vector<BorderValue> inputs;
  std::vector<BorderValue> outputs;
};

struct TensorState {
  std::shared_ptr<NetworkState> network;
  mlir::Value value;
};

} // namespace cnnc::nn
