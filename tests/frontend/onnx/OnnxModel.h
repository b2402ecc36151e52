// A small ONNX model under construction, and what the reader says of it.
#pragma once

#include "compiler/frontend/Frontend.h"

#include <onnx.pb.h>

#include <string>
#include <vector>

namespace cnnc {

/// What readOnnx made of a model: a module, or none and why.
struct ReadResult {
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string messages; ///< As the command prints them, a line each, without the file's path.
};

/// Reads the file at `path`.
ReadResult readFile(const std::string &path, const ReadOptions &options = {});

/// A model: `y = Conv(x, w)` by node 'conv', with x of 1x2x5x5 and w of 3x2x3x3, until changed.
struct OnnxModel {
  onnx::ModelProto proto;

  OnnxModel();

  onnx::GraphProto &graph() { return *proto.mutable_graph(); }
  onnx::NodeProto &node() { return *graph().mutable_node(0); }
  onnx::TensorProto &weight() { return *graph().mutable_initializer(0); }
  onnx::TensorShapeProto &inputShape();

  /// Another input: a dim is a number, a name, or "" for none.
  void addInput(const std::string &name, const std::vector<std::string> &dims);
  void addWeight(const std::string &name, const std::vector<int64_t> &dims);
  void addIntegers(const std::string &name, const std::vector<int64_t> &values);
  onnx::NodeProto &addNode(const std::string &op, const std::vector<std::string> &inputs,
                           const std::string &output);
  /// Replaces the nodes by one: y = op(inputs).
  onnx::NodeProto &setNode(const std::string &op, const std::vector<std::string> &inputs);
  void setOpset(int64_t version) { proto.mutable_opset_import(0)->set_version(version); }

  /// Writes the model into a folder of its own and reads it back.
  ReadResult read(const ReadOptions &options = {}) const;
};

/// Sets an attribute of a node.
void setInts(onnx::NodeProto &node, const std::string &name, const std::vector<int64_t> &values);
void setInt(onnx::NodeProto &node, const std::string &name, int64_t value);
void setFloat(onnx::NodeProto &node, const std::string &name, float value);
void setStrings(onnx::NodeProto &node, const std::string &name,
                const std::vector<std::string> &values);
void setString(onnx::NodeProto &node, const std::string &name, const std::string &value);

/// A folder that lives as long as the object.
struct TemporaryFolder {
  std::string path;

  TemporaryFolder();
  ~TemporaryFolder();
};

} // namespace cnnc
