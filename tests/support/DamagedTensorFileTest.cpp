// Damaged tensor files end in a sentence: never a crash, and never more memory than the file earns.
#include "compiler/support/TensorFile.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <random>

using namespace cnnc;

static std::string scratch(const std::string &name) { return testing::TempDir() + name; }

/// As a new file: ext4 waits for the disk when a file's contents are replaced, and there are
/// thousands.
static void writeBytes(const std::string &path, const std::string &bytes) {
  std::remove(path.c_str());
  std::ofstream(path, std::ios::binary) << bytes;
}

static std::string readBytes(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Opens the file and reads all of it; the first error, or "" when there was none.
static std::string firstError(const std::string &path) {
  Result<TensorFile> opened = TensorFile::open(path);
  if (!opened)
    return opened.error();
  for (const std::string &name : opened->names()) {
    Result<FloatTensor> floats = opened->readFloats(name);
    if (!floats)
      return floats.error();
    double sum = 0; // touch every element, for the sanitizers
    for (int64_t i = 0; i < floats->size; ++i)
      sum += floats->data[i];
    EXPECT_TRUE(sum <= 0 || sum > 0 || std::isnan(sum));
  }
  return "";
}

static std::string errorOfBytes(const std::string &name, const std::string &bytes) {
  writeBytes(scratch(name), bytes);
  return firstError(scratch(name));
}

static void expectSentence(const std::string &error) {
  EXPECT_GT(error.size(), 20u);
  EXPECT_NE(error.back(), '.') << error;
  EXPECT_EQ(error.find('\0'), std::string::npos);
}

class Damaged : public testing::TestWithParam<const char *> {
protected:
  /// A good file of this kind.
  std::string goodBytes() {
    std::vector<float> values(30, 0.5f);
    std::vector<TensorToWrite> tensors = {{"filter", StorageType::F32, {5, 6}, values.data()}};
    if (std::string(GetParam()) != ".npy")
      tensors.push_back({"bias", StorageType::F64, {15}, values.data()});
    Status written = writeTensorFile(path(), tensors);
    EXPECT_TRUE(written) << written.error();
    EXPECT_EQ(firstError(path()), "");
    return readBytes(path());
  }
  std::string name() { return std::string("damaged") + GetParam(); }
  std::string path() { return scratch(name()); }
};

TEST_P(Damaged, TruncatedAnywhereIsAnError) {
  std::string good = goodBytes();
  for (size_t length = 0; length < good.size(); ++length) {
    std::string error = errorOfBytes(name(), good.substr(0, length));
    ASSERT_NE(error, "") << "cut after " << length << " of " << good.size() << " bytes";
    expectSentence(error);
  }
}

TEST_P(Damaged, FlippedBitsNeverCrash) {
  std::string good = goodBytes();
  std::mt19937 random(7);
  int errors = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bad = good;
    for (unsigned flips = 1 + random() % 4; flips > 0; --flips)
      bad[random() % bad.size()] ^= static_cast<char>(1u << random() % 8);
    std::string error = errorOfBytes(name(), bad);
    if (!error.empty())
      expectSentence(error);
    errors += !error.empty();
  }
  EXPECT_GT(errors, 300) << "hardly any flip was noticed";
}

TEST_P(Damaged, RandomBytesAreAnError) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    std::string bytes(random() % 400, '\0');
    for (char &byte : bytes)
      byte = static_cast<char>(random());
    std::string error = errorOfBytes(name(), bytes);
    ASSERT_NE(error, "");
    expectSentence(error);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Damaged, testing::Values(".npy", ".npz", ".safetensors"));

/// A safetensors file with the given header and `dataBytes` zeros.
static std::string safetensors(const std::string &header, size_t dataBytes) {
  uint64_t length = header.size();
  return std::string(reinterpret_cast<const char *>(&length), 8) + header +
         std::string(dataBytes, '\0');
}

struct Case {
  const char *header;
  const char *error; ///< What follows the file's path.
};

class SafetensorsHeader : public testing::TestWithParam<Case> {};

TEST_P(SafetensorsHeader, ThatCanNotBeTrue) {
  std::string error = errorOfBytes("case.safetensors", safetensors(GetParam().header, 16));
  EXPECT_EQ(error, scratch("case.safetensors") + ": " + GetParam().error);
}

static const Case cases[] = {
    {"[]", "the header is not a JSON object: the file is damaged"},
    {R"({"a":3})", "tensor 'a': its entry does not tell dtype, shape and two data_offsets"},
    {R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})",
     "tensor 'a': its entry does not tell dtype, shape and two data_offsets"},
    {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,4]}})",
     "tensor 'a': it begins at byte 8 but ends at byte 4"},
    {R"({"a":{"dtype":"F32","shape":[5],"data_offsets":[0,20]}})",
     "tensor 'a': the file is truncated: it ends at byte 20 but the data has 16"},
    {R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}})",
     "tensor 'a': shape [3] of F32 takes 12 bytes but its offsets span 16"},
    {R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,16]}})",
     "tensor 'a': the shape [4294967296, 4294967296] has more than 2^63 bytes"},
    {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
     R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
     "tensor 'b': it begins at byte 4, within tensor 'a', which ends at byte 8"},
    {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
     R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
     "tensor 'a': the header names it twice"},
};

INSTANTIATE_TEST_SUITE_P(Cases, SafetensorsHeader, testing::ValuesIn(cases));

TEST(Safetensors, ADeeplyNestedHeaderIsAnError) {
  std::string header = std::string(1'000'000, '[');
  EXPECT_NE(errorOfBytes("deep.safetensors", safetensors(header, 0)), "");
  std::string closed = "{\"a\":" + header + std::string(1'000'000, ']') + "}";
  EXPECT_NE(errorOfBytes("deep.safetensors", safetensors(closed, 0)), "");
}

TEST(Npz, ASizeThatCanNotBeTrueAsksForNoMemory) {
  float value = 1;
  std::string path = scratch("large.npz");
  ASSERT_TRUE(writeTensorFile(path, {{"x", StorageType::F32, {1}, &value}}));
  std::string bytes = readBytes(path);
  size_t directory = bytes.rfind("PK\x01\x02"); // the unpacked size stands at 24 of the entry
  uint32_t huge = 0xfffffff0;
  std::memcpy(&bytes[directory + 24], &huge, sizeof huge);
  std::string error = errorOfBytes("large.npz", bytes);
  EXPECT_EQ(error, path + ": member 'x.npy': its size of 4294967280 bytes can not be true: the "
                          "file is damaged");
}
