// The op Gradient: its results agree with differences of what it differentiates.
#include "tests/frontend/onnx/EvaluateNetwork.h"
#include "tests/frontend/onnx/OnnxModel.h"

#include "compiler/frontend/NetworkFunction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

using namespace cnnc;
using Tensor = reference::Tensor<double>;

/// A model without nodes and inputs that has this output.
static OnnxModel makeEmpty(const std::string &output) {
  OnnxModel model;
  model.graph().clear_node();
  model.graph().clear_input();
  model.graph().clear_initializer();
  model.graph().mutable_output(0)->set_name(output);
  return model;
}

/// Gives the model an output d`x` for each of `xs`: the gradients of `y`.
static void addGradients(OnnxModel &model, const std::vector<std::string> &xs,
                         const std::string &y) {
  onnx::NodeProto &node = model.addNode("Gradient", xs, "d" + xs[0]);
  node.set_domain("ai.onnx.preview.training");
  setStrings(node, "xs", xs);
  setString(node, "y", y);
  node.clear_output();
  for (const std::string &x : xs) {
    node.add_output("d" + x);
    model.graph().add_output()->set_name("d" + x);
  }
}

/// y, a mean, of a convolution's squares, pooled and multiplied by a matrix. Flatten and
/// GlobalAveragePool become ops without a rule; Gemm transposes its weights.
static OnnxModel makeNetwork() {
  OnnxModel model = makeEmpty("y");
  model.addNode("Conv", {"x", "w"}, "a");
  model.addNode("Mul", {"a", "a"}, "b");
  model.addNode("GlobalAveragePool", {"b"}, "c");
  model.addNode("Flatten", {"c"}, "d");
  model.addNode("Gemm", {"d", "v"}, "e");
  model.addNode("Sigmoid", {"e"}, "f");
  setInt(model.addNode("ReduceMean", {"f"}, "y"), "keepdims", 0);
  return model;
}

/// Numbers of both signs between -1 and 1.
static Tensor wave(reference::Shape shape, double step) {
  Tensor tensor(std::move(shape));
  for (int64_t i = 0; i < tensor.size(); ++i)
    tensor.values[static_cast<size_t>(i)] = std::sin(step * static_cast<double>(i + 1));
  return tensor;
}

/// The gradient of output y with respect to `x`, from differences.
static Tensor differences(mlir::ModuleOp module, NamedTensors inputs, const std::string &x) {
  constexpr double step = 1e-5;
  Tensor gradient(inputs[x].shape);
  for (size_t i = 0; i < gradient.values.size(); ++i) {
    auto at = [&](double offset) {
      NamedTensors moved = inputs;
      moved[x].values[i] += offset;
      return evaluateNetwork(module, moved)["y"].values[0];
    };
    gradient.values[i] = (at(step) - at(-step)) / (2 * step);
  }
  return gradient;
}

TEST(OnnxGradient, AgreesWithDifferences) {
  OnnxModel model = makeNetwork();
  model.addInput("x", {"2", "2", "5", "5"});
  model.addInput("w", {"3", "2", "3", "3"});
  model.addInput("v", {"3", "4"});
  addGradients(model, {"x", "w", "v"}, "y");
  ReadResult result = model.read();
  ASSERT_TRUE(result.module) << result.messages;
  NamedTensors inputs = {
      {"x", wave({2, 2, 5, 5}, 0.7)}, {"w", wave({3, 2, 3, 3}, 1.3)}, {"v", wave({3, 4}, 2.1)}};
  NamedTensors outputs = evaluateNetwork(*result.module, inputs);
  for (const std::string x : {"x", "w", "v"})
    EXPECT_LT(relativeError(outputs["d" + x], differences(*result.module, inputs, x)), 1e-7) << x;
}

// As weights of the file the same tensors have the same gradients.
TEST(OnnxGradient, ReachesWeights) {
  NamedTensors inputs = {{"x", wave({2, 2, 5, 5}, 0.7)},
                         {"w", Tensor::filled({3, 2, 3, 3}, 0.5)},
                         {"v", Tensor::filled({3, 4}, 0.5)}};
  NamedTensors outputs[2];
  for (bool asWeights : {false, true}) {
    OnnxModel model = makeNetwork();
    model.addInput("x", {"2", "2", "5", "5"});
    if (asWeights)
      model.addWeight("w", {3, 2, 3, 3}), model.addWeight("v", {3, 4});
    else
      model.addInput("w", {"3", "2", "3", "3"}), model.addInput("v", {"3", "4"});
    addGradients(model, {"x", "w", "v"}, "y");
    ReadResult result = model.read();
    ASSERT_TRUE(result.module) << result.messages;
    outputs[asWeights] = evaluateNetwork(*result.module, inputs);
  }
  for (const char *output : {"dx", "dw", "dv"})
    EXPECT_LT(relativeError(outputs[1][output], outputs[0][output]), 1e-12) << output;
}

// d(x^3)/dx = 3 x^2, and of this 6 x; of the first gradient alone nothing is an output.
TEST(OnnxGradient, OfAGradient) {
  OnnxModel model = makeEmpty("y");
  model.addInput("x", {});
  model.addNode("Mul", {"x", "x"}, "square");
  model.addNode("Mul", {"square", "x"}, "cube");
  addGradients(model, {"x"}, "cube");
  model.addNode("Identity", {"dx"}, "y");
  onnx::NodeProto &second = model.addNode("Gradient", {"x"}, "ddx");
  second.set_domain("ai.onnx.preview.training");
  setStrings(second, "xs", {"x"});
  setString(second, "y", "dx");
  model.graph().add_output()->set_name("ddx");
  ReadResult result = model.read();
  ASSERT_TRUE(result.module) << result.messages;
  NamedTensors outputs = evaluateNetwork(*result.module, {{"x", Tensor({}, {5.0})}});
  EXPECT_DOUBLE_EQ(outputs["dx"].values[0], 75);
  EXPECT_DOUBLE_EQ(outputs["ddx"].values[0], 30);
}

// Nobody asks for y but the attribute.
TEST(OnnxGradient, NeedsWhatItIsOf) {
  OnnxModel model = makeEmpty("z");
  model.addInput("x", {});
  model.addNode("Mul", {"x", "x"}, "y");
  model.addNode("Neg", {"x"}, "z");
  addGradients(model, {"x"}, "y");
  ReadResult result = model.read();
  ASSERT_TRUE(result.module) << result.messages;
  NamedTensors outputs = evaluateNetwork(*result.module, {{"x", Tensor({}, {5.0})}});
  EXPECT_DOUBLE_EQ(outputs["dx"].values[0], 10);
}

// The rules build the gradients of w and v, too.
TEST(OnnxGradient, LeavesNothingUnused) {
  OnnxModel model = makeNetwork();
  model.addInput("x", {"2", "2", "5", "5"});
  model.addInput("w", {"3", "2", "3", "3"});
  model.addInput("v", {"3", "4"});
  addGradients(model, {"x"}, "y");
  ReadResult result = model.read();
  ASSERT_TRUE(result.module) << result.messages;
  for (mlir::Operation &op : getNetwork(*result.module).getBody().front().without_terminator())
    EXPECT_FALSE(op.use_empty()) << op.getName().getStringRef().str();
}
