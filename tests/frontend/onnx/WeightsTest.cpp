// Where the numbers of weights come from.
#include "tests/frontend/onnx/EvaluateNetwork.h"
#include "tests/frontend/onnx/OnnxModel.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace cnnc;

static constexpr int64_t weightBytes = 3 * 2 * 3 * 3 * sizeof(float);

/// The weight of the model in a file beside it, behind `offset` other bytes.
static void moveWeightToFile(OnnxModel &model, const std::string &folder, int64_t offset) {
  std::filesystem::create_directories(folder + "/data");
  std::ofstream file(folder + "/data/weights.bin", std::ios::binary);
  file << std::string(offset, '?') << model.weight().raw_data();
  model.weight().clear_raw_data();
  model.weight().set_data_location(onnx::TensorProto::EXTERNAL);
  auto entry = [&](const std::string &key, const std::string &value) {
    onnx::StringStringEntryProto &added = *model.weight().add_external_data();
    added.set_key(key);
    added.set_value(value);
  };
  entry("location", "data/weights.bin");
  entry("offset", std::to_string(offset));
  entry("length", std::to_string(weightBytes));
}

static ReadResult writeAndRead(const OnnxModel &model, const std::string &folder) {
  std::string path = folder + "/model.onnx";
  std::ofstream stream(path, std::ios::binary);
  model.proto.SerializeToOstream(&stream);
  stream.close();
  return readFile(path);
}

/// With all of x and w 1/2, an element of y is the sum of 18 quarters.
static void expectHalves(const ReadResult &result) {
  ASSERT_TRUE(result.module) << result.messages;
  NamedTensors inputs = {{"x", reference::Tensor<double>::filled({1, 2, 5, 5}, 0.5)}};
  NamedTensors outputs = evaluateNetwork(*result.module, inputs);
  EXPECT_EQ(outputs["y"].shape, (reference::Shape{1, 3, 3, 3}));
  for (double value : outputs["y"].values)
    EXPECT_EQ(value, 4.5);
}

TEST(OnnxWeights, InTheMessage) { expectHalves(OnnxModel().read()); }

TEST(OnnxWeights, InAFile) {
  for (int64_t offset : {0, 64, 3}) { // the last one unaligned: copied
    TemporaryFolder folder;
    OnnxModel model;
    moveWeightToFile(model, folder.path, offset);
    expectHalves(writeAndRead(model, folder.path));
  }
}

TEST(OnnxWeights, InAFileThatIsTooShort) {
  TemporaryFolder folder;
  OnnxModel model;
  moveWeightToFile(model, folder.path, 4);
  std::filesystem::resize_file(folder.path + "/data/weights.bin", weightBytes);
  EXPECT_EQ(writeAndRead(model, folder.path).messages,
            "error: node 'conv' (Conv): weight 'w': its external data ends at byte 4 + 216, but " +
                folder.path + "/data/weights.bin has 216 bytes\n");
}

TEST(OnnxWeights, InAFileThatIsMissing) {
  TemporaryFolder folder;
  OnnxModel model;
  moveWeightToFile(model, folder.path, 0);
  std::filesystem::remove(folder.path + "/data/weights.bin");
  EXPECT_EQ(writeAndRead(model, folder.path).messages,
            "error: node 'conv' (Conv): weight 'w': its external data is missing: can not read " +
                folder.path + "/data/weights.bin: No such file or directory\n");
}

// Before IR version 4 weights are listed among the inputs; they are no inputs of the network.
TEST(OnnxWeights, ListedAmongTheInputs) {
  OnnxModel model;
  model.proto.set_ir_version(3);
  model.addInput("w", {"3", "2", "3", "3"});
  expectHalves(model.read());
}
