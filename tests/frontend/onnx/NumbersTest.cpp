// Every model of make_models.py gives the numbers of ONNX Runtime, and every case of
// write_node_cases.py those of the case.
#include "tests/frontend/onnx/EvaluateNetwork.h"
#include "tests/frontend/onnx/OnnxModel.h"

#include "compiler/frontend/onnx/OnnxOps.h"
#include "compiler/passes/Passes.h"

#include "mlir/Pass/PassManager.h"

#include <gmock/gmock.h>
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

/// A part of the names of cases that the reader refuses, and of what it says of them.
struct Refusal {
  const char *name, *message;
};

// A case that has none of these names must give its numbers.
static const Refusal refusals[] = {
    {"antialias", "antialias is not supported"},
    {"cubic", "mode must be one of nearest, linear but is cubic"},
    {"half_pixel_symmetric", "align_corners but is half_pixel_symmetric"},
    {"not_larger", "keep_aspect_ratio_policy 'not_larger' is not supported"},
    {"not_smaller", "keep_aspect_ratio_policy 'not_smaller' is not supported"},
    {"tf_crop_and_resize", "align_corners but is tf_crop_and_resize"},
};

static const Refusal *findRefusal(const std::string &name) {
  for (const Refusal &refusal : refusals)
    if (name.find(refusal.name) != std::string::npos)
      return &refusal;
  return nullptr;
}

class OnnxNodeCase : public testing::TestWithParam<std::string> {};

TEST_P(OnnxNodeCase, GivesItsNumbersOrIsRefused) {
  if (GetParam() == "resize_downsample_scales_linear_align_corners")
    GTEST_SKIP() << "it takes 2.4 for the length of a dim of 2, against ONNX's own text and ONNX "
                    "Runtime, beside which make_models.py tests such scales";
  const Refusal *refusal = findRefusal(GetParam());
  if (!refusal)
    return expectNumbers(GetParam(), 3e-6);
  ReadResult result = readFile(ONNX_MODELS "/" + GetParam() + ".onnx");
  ASSERT_FALSE(result.module);
  ASSERT_THAT(result.messages, testing::HasSubstr(refusal->message));
  GTEST_SKIP() << result.messages;
}

static const auto nameOf = [](const testing::TestParamInfo<std::string> &info) {
  return info.param;
};
INSTANTIATE_TEST_SUITE_P(Ops, OnnxOpNumbers, testing::ValuesIn(readLines(ONNX_MODELS "/cases.txt")),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Networks, OnnxNetworkNumbers,
                         testing::ValuesIn(readLines(ONNX_MODELS "/networks.txt")), nameOf);
INSTANTIATE_TEST_SUITE_P(Onnx, OnnxNodeCase,
                         testing::ValuesIn(readLines(ONNX_MODELS "/node_cases.txt")), nameOf);

/// The ops in the models that a file lists.
static std::set<std::string> opsOf(const std::string &list) {
  std::set<std::string> ops;
  for (const std::string &name : readLines(ONNX_MODELS "/" + list)) {
    std::ifstream file(ONNX_MODELS "/" + name + ".onnx", std::ios::binary);
    onnx::ModelProto model;
    EXPECT_TRUE(model.ParseFromIstream(&file)) << name;
    for (const onnx::NodeProto &node : model.graph().node())
      ops.insert(onnximport::qualifiedName(node));
  }
  return ops;
}

// No op of the table goes without a model; those for training, which ONNX Runtime has not, have
// ONNX's own cases.
TEST(OnnxOps, AllHaveAModel) {
  std::set<std::string> seen = opsOf("cases.txt");
  for (const std::string &op : opsOf("node_cases.txt"))
    if (op.find('.') != std::string::npos)
      seen.insert(op);
  for (const std::string &op : onnximport::supportedOps())
    EXPECT_TRUE(seen.count(op)) << op;
}
