// What is behind the C++ builder's objects, for its own files and for who compiles the network.
#pragma once

#include "cnnc/Network.h"
#include "compiler/frontend/Diagnostics.h"
#include "compiler/frontend/LayerNames.h"
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/frontend/OpCall.h"
#include "compiler/frontend/Training.h"

#include "mlir/IR/MLIRContext.h"

namespace cnnc::nn {

/// How a network is trained.
struct TrainState {
  mlir::Value loss;
  cnn::OptimizerSettings optimizer;
  mlir::Location location;
};

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
  /// An input or a target, among the arguments of `body`. Throws where its name is taken or its
  /// shape none of a tensor.
  BorderValue addBorder(const std::string &name, ElementType type, const std::vector<Size> &shape,
                        Layout layout, Place place);
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
  std::vector<BorderValue> inputs;  ///< `value`: the argument of `body`.
  std::vector<BorderValue> targets; ///< Likewise.
  std::vector<BorderValue> outputs;
  std::optional<TrainState> train;
  std::vector<std::pair<std::string, mlir::Location>> frozen; ///< Names, and where they are said.

private:
  mlir::func::FuncOp makeFunction(mlir::ModuleOp module, mlir::IRMapping &mapping);
  void makeLoss(mlir::func::FuncOp function, const mlir::IRMapping &mapping);
};

struct TensorState {
  std::shared_ptr<NetworkState> network;
  mlir::Value value;
};

} // namespace cnnc::nn
