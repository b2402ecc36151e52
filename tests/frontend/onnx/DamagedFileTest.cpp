// Whatever is in the file, the reader ends with a module or a sentence: no crash, no silence.
#include "tests/frontend/onnx/OnnxModel.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

using namespace cnnc;

static std::string readBytes(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Reads `bytes` as a model.
static void expectModuleOrSentence(const std::string &bytes, const TemporaryFolder &folder) {
  std::string path = folder.path + "/damaged.onnx";
  std::ofstream(path, std::ios::binary) << bytes;
  ReadResult result = readFile(path);
  EXPECT_NE(static_cast<bool>(result.module), result.messages.find("error: ") != std::string::npos)
      << result.messages;
}

static std::vector<std::string> sampleModels() {
  return {
      "conv_symbolic_18.onnx", "view_product_13.onnx",   "pads_as_pytorch_computes_them_18.onnx",
      "gemm_28.onnx",          "slice_steps_11.onnx",    "weight_formats_13.onnx",
      "max_pool_11.onnx",      "constant_casts_13.onnx", "reducemean_everything_7.onnx"};
}

class OnnxDamage : public testing::TestWithParam<std::string> {};

TEST_P(OnnxDamage, Truncated) {
  TemporaryFolder folder;
  std::string bytes = readBytes(ONNX_MODELS "/" + GetParam());
  ASSERT_FALSE(bytes.empty());
  for (size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 100)
    expectModuleOrSentence(bytes.substr(0, size), folder);
}

TEST_P(OnnxDamage, FlippedBytes) {
  constexpr int rounds = 100, seed = 3;
  TemporaryFolder folder;
  std::string bytes = readBytes(ONNX_MODELS "/" + GetParam());
  std::mt19937 random(seed);
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    std::string damaged = bytes;
    for (unsigned flips = 1 + random() % 4; flips > 0; --flips)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    expectModuleOrSentence(damaged, folder);
  }
}

// Numbers of the file replaced by extreme ones: what flipped bytes seldom reach.
TEST_P(OnnxDamage, ExtremeNumbers) {
  TemporaryFolder folder;
  onnx::ModelProto original;
  ASSERT_TRUE(original.ParseFromString(readBytes(ONNX_MODELS "/" + GetParam())));
  for (int64_t extreme :
       {INT64_MIN, INT64_MIN + 1, int64_t(-2), int64_t(0), int64_t(INT32_MAX), INT64_MAX})
    for (int i = 0; i < original.graph().initializer_size(); ++i) {
      onnx::ModelProto model = original;
      onnx::TensorProto &tensor = *model.mutable_graph()->mutable_initializer(i);
      if (tensor.data_type() != onnx::TensorProto::INT64)
        continue;
      std::string numbers(tensor.raw_data().size(), '\0');
      for (size_t at = 0; at + sizeof(extreme) <= numbers.size(); at += sizeof(extreme))
        std::memcpy(&numbers[at], &extreme, sizeof(extreme));
      tensor.set_raw_data(numbers);
      expectModuleOrSentence(model.SerializeAsString(), folder);
    }
}

TEST_P(OnnxDamage, ExtremeAttributes) {
  TemporaryFolder folder;
  onnx::ModelProto original;
  ASSERT_TRUE(original.ParseFromString(readBytes(ONNX_MODELS "/" + GetParam())));
  for (int64_t extreme :
       {INT64_MIN, int64_t(-1), int64_t(0), int64_t(7), int64_t(INT32_MAX), INT64_MAX})
    for (int i = 0; i < original.graph().node_size(); ++i)
      for (int j = 0; j < original.graph().node(i).attribute_size(); ++j) {
        onnx::ModelProto model = original;
        auto &attribute = *model.mutable_graph()->mutable_node(i)->mutable_attribute(j);
        if (attribute.type() == onnx::AttributeProto::INT)
          attribute.set_i(extreme);
        for (int64_t &value : *attribute.mutable_ints())
          value = extreme;
        expectModuleOrSentence(model.SerializeAsString(), folder);
      }
}

TEST(OnnxDamage, RandomBytes) {
  TemporaryFolder folder;
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    std::string bytes(random() % 300, '\0');
    for (char &byte : bytes)
      byte = static_cast<char>(random());
    expectModuleOrSentence(bytes, folder);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, OnnxDamage, testing::ValuesIn(sampleModels()),
                         [](const auto &info) {
                           return info.param.substr(0, info.param.find('.'));
                         });
