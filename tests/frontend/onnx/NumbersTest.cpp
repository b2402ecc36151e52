// Every model of make_models.py gives the numbers of ONNX Runtime.
#include "tests/frontend/onnx/EvaluateNetwork.h"
#include "tests/frontend/onnx/OnnxModel.h"

#include "compiler/frontend/onnx/OnnxOps.h"
#include "compiler/passes/Passes.h"

#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

using namespace cnnc;

static std::vector<std::string> readLines(const std::string &path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

/// Runs the network on the inputs at `path` and compares with the outputs there.
static void expectOutputs(mlir::ModuleOp module, const std::string &path, double tolerance) {
  NamedTensors outputs = evaluateNetwork(module, readTensors(path + ".npz", "in:"));
  NamedTensors expected = readTensors(path + ".npz", "out:");
  ASSERT_EQ(outputs.size(), expected.size());
  for (const auto &[output, tensor] : expected)
    EXPECT_LT(relativeError(outputs[output], tensor), tolerance) << output;
}

/// Reads the model called `name`, runs it and compares: as it is, and with composites expanded.
static void expectNumbers(const std::string &name, double tolerance) {
  std::string path = ONNX_MODELS "/" + name;
  ReadResult result = readFile(path + ".onnx");
  ASSERT_TRUE(result.module) << result.messages;
  EXPECT_EQ(result.messages, "");
  expectOutputs(*result.module, path, tolerance);
  mlir::PassManager passes(result.context.get());
  passes.nest<mlir::func::FuncOp>().addPass(createExpandComposites());
  ASSERT_TRUE(succeeded(passes.run(*result.module)));
  SCOPED_TRACE("expanded");
  expectOutputs(*result.module, path, tolerance);
}

class OnnxOpNumbers : public testing::TestWithParam<std::string> {};
class OnnxNetworkNumbers : public testing::TestWithParam<std::string> {};

// Sums of at most 64 products in float32, or an exp or pow of one.
TEST_P(OnnxOpNumbers, AreThoseOfOnnxRuntime) { expectNumbers(GetParam(), 3e-6); }

// Up to 121 layers, each of which rounds sums of some hundred products to float32.
TEST_P(OnnxNetworkNumbers, AreThoseOfOnnxRuntime) { expectNumbers(GetParam(), 2e-5); }

static const auto nameOf = [](const testing::TestParamInfo<std::string> &info) {
  return info.param;
};
INSTANTIATE_TEST_SUITE_P(Ops, OnnxOpNumbers, testing::ValuesIn(readLines(ONNX_MODELS "/cases.txt")),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Networks, OnnxNetworkNumbers,
                         testing::ValuesIn(readLines(ONNX_MODELS "/networks.txt")), nameOf);

// No op of the table goes without a model.
TEST(OnnxOps, AllHaveAModel) {
  std::set<std::string> seen;
  for (const std::string &name : readLines(ONNX_MODELS "/cases.txt")) {
    std::ifstream file(ONNX_MODELS "/" + name + ".onnx", std::ios::binary);
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromIstream(&file));
    for (const onnx::NodeProto &node : model.graph().node())
      seen.insert(node.op_type());
  }
  for (const std::string &op : onnximport::supportedOps())
    EXPECT_TRUE(seen.count(op)) << op;
}
