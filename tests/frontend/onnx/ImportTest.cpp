// An ONNX model as a block of a `.cnn` network.
#include "tests/frontend/onnx/EvaluateNetwork.h"
#include "tests/frontend/onnx/OnnxModel.h"

#include "compiler/frontend/Diagnostics.h"
#include "compiler/frontend/NetworkFunction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

using namespace cnnc;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A folder with a model and networks that import it.
struct ImportFolder {
  TemporaryFolder folder;

  explicit ImportFolder(const OnnxModel &model) {
    std::ofstream stream(folder.path + "/model.onnx", std::ios::binary);
    model.proto.SerializeToOstream(&stream);
  }

  /// Reads a network; messages have no folders.
  ReadResult read(const std::string &text, const ReadOptions &options = {}) const {
    std::ofstream(folder.path + "/network.cnn") << text;
    ReadResult result;
    result.context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
    llvm::raw_string_ostream stream(result.messages);
    DiagnosticPrinter printer(result.context.get(), stream);
    result.module = readCnn(*result.context, folder.path + "/network.cnn", options);
    for (size_t at; (at = result.messages.find(folder.path + "/")) != std::string::npos;)
      result.messages.erase(at, folder.path.size() + 1);
    return result;
  }
};

/// A network that imports the model as `backbone`, with this body.
static std::string importing(const std::string &body, const std::string &outputs = "") {
  return "import \"model.onnx\" as backbone" + outputs + "\nnetwork f(x: f32[1, 2, 5, 5]) {\n" +
         body + "\n}\n";
}

static std::vector<std::string> parametersOf(const ReadResult &result) {
  std::vector<std::string> names;
  for (auto constant : getNetwork(*result.module).getOps<cnn::Constant>())
    if (constant.getName())
      names.push_back(constant.getName()->str());
  return names;
}

static std::vector<std::string> opsOf(const ReadResult &result) {
  std::vector<std::string> names;
  for (mlir::Operation &op : getNetwork(*result.module).getBody().front())
    if (!mlir::isa<cnn::Constant, mlir::func::ReturnOp>(op))
      names.push_back(op.getName().stripDialect().str());
  return names;
}

/// The one number that all elements of y are, where all of x are 1/2.
static double valueOf(const ReadResult &result) {
  NamedTensors inputs = {{"x", reference::Tensor<double>::filled({1, 2, 5, 5}, 0.5)}};
  reference::Tensor<double> y = evaluateNetwork(*result.module, inputs)["y"];
  for (double value : y.values)
    EXPECT_EQ(value, y.values[0]);
  return y.values[0];
}

/// The model of OnnxModel, and behind its convolution a relu.
static OnnxModel withRelu() {
  OnnxModel model;
  model.node().set_output(0, "filtered");
  model.addNode("Relu", {"filtered"}, "y");
  return model;
}

TEST(OnnxImport, AModelComputesWhatItDoesAlone) {
  ReadResult result = ImportFolder(OnnxModel()).read(importing("return backbone(x) * 2"));
  ASSERT_TRUE(result.module) << result.messages;
  EXPECT_EQ(valueOf(result), 9); // 18 products of halves, doubled
}

TEST(OnnxImport, WeightsAreParametersOfTheBlock) {
  OnnxModel model;
  model.setNode("Conv", {"x", "w"}).set_output(0, "z");
  model.addWeight("half", {});
  model.addNode("Mul", {"z", "half"}, "y");
  ReadResult result = ImportFolder(model).read(
      importing("return concat(backbone(x), backbone(x), x -> trunk: backbone)"));
  ASSERT_TRUE(result.module) << result.messages;
  // A number by itself is no parameter.
  EXPECT_THAT(parametersOf(result), ElementsAre("backbone.w", "backbone_2.w", "trunk.w"));
}

TEST(OnnxImport, MatricesAreTheParametersThatTheFileHas) {
  OnnxModel model; // y = 2 flatten(x) m + 3 c, and m is no weight of `linear` yet
  model.setNode("Flatten", {"x"}).set_output(0, "rows");
  model.addWeight("m", {50, 4});
  model.addWeight("c", {1, 1});
  onnx::NodeProto &gemm = model.addNode("Gemm", {"rows", "m", "c"}, "y");
  for (auto [name, value] : {std::pair("alpha", 2.f), std::pair("beta", 3.f)}) {
    onnx::AttributeProto &attribute = *gemm.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(value);
  }
  ReadResult result = ImportFolder(model).read(importing("return backbone(x)"));
  ASSERT_TRUE(result.module) << result.messages;
  EXPECT_THAT(parametersOf(result), ElementsAre("backbone.m", "backbone.c"));
  auto m = *getNetwork(*result.module).getOps<cnn::Constant>().begin();
  EXPECT_EQ(mlir::cast<mlir::RankedTensorType>(m.getType()).getShape(),
            (llvm::ArrayRef<int64_t>{50, 4}));
  EXPECT_EQ(valueOf(result), 2 * 50 * 0.25 + 3 * 0.5);
}

TEST(OnnxImport, ABlockMayReturnInnerValues) {
  ImportFolder folder(withRelu());
  ReadResult one = folder.read(importing("return backbone(x)", " -> \"filtered\""));
  ASSERT_TRUE(one.module) << one.messages;
  EXPECT_THAT(opsOf(one), ElementsAre("conv")); // what only the other outputs need is not built
  ReadResult two =
      folder.read(importing("a, b = backbone(x)\nreturn a - b", " -> \"y\", \"filtered\""));
  ASSERT_TRUE(two.module) << two.messages;
  EXPECT_EQ(valueOf(two), 0);
}

TEST(OnnxImport, SizesAreThoseOfTheNetwork) {
  OnnxModel model;
  for (int dim : {0, 2, 3})
    model.inputShape().mutable_dim(dim)->set_dim_param("d" + std::to_string(dim));
  ReadResult result = ImportFolder(model).read("import \"model.onnx\" as backbone\n"
                                               "network f(x: f32[N, 2, H, H]) "
                                               "-> f32[N, 3, H - 2, H - 2] {\n"
                                               "  return backbone(x)\n}\n");
  ASSERT_TRUE(result.module) << result.messages;
  EXPECT_THAT(getSizeNames(getNetwork(*result.module)), ElementsAre("N", "H"));
}

TEST(OnnxImport, ABackboneIsFrozenByItsName) {
  ReadResult result = ImportFolder(OnnxModel())
                          .read(importing("return backbone(x) -> global_avg_pool -> linear(2)") +
                                "train f(label: i64[1]) {\n"
                                "  loss = cross_entropy(y, label)\n  optimizer = sgd()\n  freeze = "
                                "\"backbone.*\"\n}\n");
  ASSERT_TRUE(result.module) << result.messages;
  for (mlir::func::FuncOp function : {getNetwork(*result.module), getLoss(*result.module)})
    for (auto constant : function.getOps<cnn::Constant>())
      EXPECT_EQ(constant.getFrozen(), constant.getName() == "backbone.w");
}

/// Writes a file of weights with one tensor of zeros.
static std::string writeZeros(const ImportFolder &folder, const std::string &name,
                              const std::string &shape, size_t bytes) {
  std::string header = "{\"" + name + "\":{\"dtype\":\"F32\",\"shape\":" + shape +
                       ",\"data_offsets\":[0," + std::to_string(bytes) + "]}}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  uint64_t length = header.size();
  std::string path = folder.folder.path + "/zeros.safetensors";
  std::ofstream stream(path, std::ios::binary);
  stream.write(reinterpret_cast<const char *>(&length), 8);
  stream << header << std::string(bytes, '\0');
  return path;
}

// Its steps back would be through what the network around the block computes.
TEST(OnnxImport, AModelWithGradientsIsRefused) {
  OnnxModel model;
  onnx::NodeProto &node = model.addNode("Gradient", {"x"}, "g");
  node.set_domain("ai.onnx.preview.training");
  EXPECT_THAT(ImportFolder(model).read(importing("return backbone(x)")).messages,
              HasSubstr("model.onnx: the model has the op Gradient, which is not supported in a "
                        "block"));
}

TEST(OnnxImport, AFileOfWeightsGoesBeforeTheModel) {
  ImportFolder folder((OnnxModel()));
  ReadOptions options;
  options.weights = writeZeros(folder, "backbone.w", "[3,2,3,3]", 3 * 2 * 3 * 3 * 4);
  ReadResult other = folder.read(importing("return backbone(x)"), options);
  ASSERT_TRUE(other.module) << other.messages;
  EXPECT_EQ(valueOf(other), 0);
  options.weights = writeZeros(folder, "elsewhere.w", "[1]", 4);
  ReadResult own = folder.read(importing("return backbone(x)"), options);
  ASSERT_TRUE(own.module) << own.messages;
  EXPECT_EQ(valueOf(own), 4.5);
  options.weights = writeZeros(folder, "backbone.w", "[1]", 4);
  EXPECT_THAT(folder.read(importing("return backbone(x)"), options).messages,
              HasSubstr("'backbone.w' has shape [1] but the layer's is [3, 2, 3, 3]"));
}

/// A network or a list of values that does not fit, and what is said of it.
struct Misfit {
  const char *name, *body, *outputs, *message;
};

static void PrintTo(const Misfit &misfit, std::ostream *stream) { *stream << misfit.name; }

static const Misfit misfits[] = {
    {"UnknownValue", "return backbone(x)", " -> \"filtred\"",
     "network.cnn:1:8: error: model.onnx: no node of the model makes a value called 'filtred'; did "
     "you mean 'filtered'?"},
    {"OtherSize", "return backbone(concat(x, x))", "",
     "model.onnx: error: input 'x' has 2 in dim 1 but is given 1x4x5x5"},
    {"OtherRank", "return backbone(flatten(x))", "",
     "model.onnx: error: input 'x' has 4 dims but is given 1x50"},
    {"OtherType", "return backbone(cast(x, u8))", "",
     "model.onnx: error: input 'x' has the element type FLOAT but is given a tensor of 'ui8'"},
    {"NoArgument", "return backbone()", "",
     "network.cnn:3:8: error: backbone needs x: backbone(x)"},
    {"TooManyArguments", "return backbone(x, x)", "",
     "network.cnn:3:20: error: more arguments than the model takes: backbone(x)"},
    {"UnknownInput", "return backbone(image: x)", "",
     "network.cnn:3:17: error: backbone has no input 'image'"},
    {"InputTwice", "return backbone(x, x: x)", "", "network.cnn:3:20: error: x is given twice"},
    {"NoTensor", "return backbone(3)", "",
     "network.cnn:3:17: error: a model takes tensors but is given the number 3"},
};

class OnnxImportMisfit : public ::testing::TestWithParam<Misfit> {};

TEST_P(OnnxImportMisfit, IsReported) {
  ReadResult result = ImportFolder(withRelu()).read(importing(GetParam().body, GetParam().outputs));
  EXPECT_FALSE(result.module);
  EXPECT_THAT(result.messages, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(All, OnnxImportMisfit, ::testing::ValuesIn(misfits),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(OnnxImport, MessagesSayWhereTheModelIsCalled) {
  OnnxModel model;
  model.setNode("Frobnicate", {"x"});
  EXPECT_THAT(ImportFolder(model).read(importing("return backbone(x)")).messages,
              ::testing::AllOf(HasSubstr("ONNX op 'Frobnicate' is not supported"),
                               HasSubstr("network.cnn:3:8: note: called from here")));
}
