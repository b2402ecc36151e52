// Every model of make_models.py gives the numbers of ONNX Runtime.
#include "tests/frontend/onnx/EvaluateNetwork.h"

#include "compiler/frontend/Diagnostics.h"
#include "compiler/frontend/Frontend.h"

#include <gtest/gtest.h>

#include <fstream>

using namespace cnnc;

static std::vector<std::string> listCases() {
  std::ifstream file(ONNX_MODELS "/cases.txt");
  std::vector<std::string> names;
  for (std::string name; std::getline(file, name);)
    names.push_back(name);
  return names;
}

class OnnxNumbers : public testing::TestWithParam<std::string> {};

TEST_P(OnnxNumbers, AreThoseOfOnnxRuntime) {
  mlir::MLIRContext context;
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  DiagnosticPrinter printer(&context, stream);
  std::string path = ONNX_MODELS "/" + GetParam();
  mlir::OwningOpRef<mlir::ModuleOp> module = readOnnx(context, path + ".onnx", {});
  ASSERT_TRUE(module) << messages;
  EXPECT_EQ(messages, "");

  NamedTensors outputs = evaluateNetwork(*module, readTensors(path + ".npz", "in:"));
  NamedTensors expected = readTensors(path + ".npz", "out:");
  ASSERT_EQ(outputs.size(), expected.size());
  // Sums of at most 150 products in float32, each rounded once, and an exp or pow.
  for (const auto &[name, tensor] : expected)
    EXPECT_LT(relativeError(outputs[name], tensor), 3e-6) << name;
}

INSTANTIATE_TEST_SUITE_P(Models, OnnxNumbers, testing::ValuesIn(listCases()),
                         [](const auto &info) { return info.param; });
