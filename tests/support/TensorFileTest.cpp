// Tensor files against NumPy: what numpy_files.py wrote is read, what is written here it checks.
// Every tensor holds 0, 1, 2, ... in row-major order.
#include "compiler/support/TensorFile.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <numeric>

using namespace cnnc;

/// Where numpy_files.py writes and reads; set by the build.
static std::string file(const std::string &name) { return std::string(NUMPY_FILES) + "/" + name; }

static FloatTensor readFloats(const std::string &name, const std::string &tensor) {
  Result<TensorFile> opened = TensorFile::open(file(name));
  EXPECT_TRUE(opened) << opened.error();
  Result<FloatTensor> floats = opened ? opened->readFloats(tensor) : Error{"not opened"};
  EXPECT_TRUE(floats) << floats.error();
  return floats ? *floats : FloatTensor{}; // the file is closed, its elements live on
}

static std::string errorOf(const std::string &name, const std::string &tensor = "") {
  Result<TensorFile> opened = TensorFile::open(file(name));
  if (!opened)
    return opened.error();
  Result<FloatTensor> floats = opened->readFloats(tensor);
  return floats ? "no error" : floats.error();
}

static void expectCounted(const FloatTensor &tensor, const std::vector<int64_t> &shape) {
  EXPECT_EQ(tensor.shape, shape);
  int64_t count = std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
  ASSERT_EQ(tensor.size, count);
  for (int64_t i = 0; i < count; ++i)
    ASSERT_EQ(tensor.data[i], static_cast<float>(i)) << "element " << i;
}

class NpyOfType : public testing::TestWithParam<const char *> {};

TEST_P(NpyOfType, IsReadAsFloats) {
  expectCounted(readFloats(GetParam() + std::string(".npy"), ""), {3, 5});
}

INSTANTIATE_TEST_SUITE_P(Types, NpyOfType,
                         testing::Values("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2",
                                         "u1"));

TEST(Npy, ReadsScalarsEmptyTensorsAndBools) {
  FloatTensor scalar = readFloats("scalar.npy", "any name");
  EXPECT_TRUE(scalar.shape.empty());
  ASSERT_EQ(scalar.size, 1);
  EXPECT_EQ(scalar.data[0], 7.0f);
  expectCounted(readFloats("empty.npy", ""), {0, 4});
  expectCounted(readFloats("bool.npy", ""), {2});
}

TEST(Npy, ColumnMajorIsTurnedIntoRowMajor) {
  expectCounted(readFloats("columns.npy", ""), {2, 3, 4});
}

TEST(Npy, NamesTheTypeThatItDoesNotRead) {
  EXPECT_NE(errorOf("big_endian.npy").find("type >f4"), std::string::npos);
  EXPECT_NE(errorOf("words.npy").find("type <U2"), std::string::npos);
  EXPECT_NE(errorOf("records.npy").find("type [('x', '<f4'), ('y', '<i4')]"), std::string::npos);
}

TEST(Npy, Float32IsMappedAndNotCopied) {
  Result<TensorFile> opened = TensorFile::open(file("f4.npy"));
  ASSERT_TRUE(opened);
  Result<FloatTensor> first = opened->readFloats(""), second = opened->readFloats("");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->data, second->data);
}

class NpzOfKind : public testing::TestWithParam<const char *> {};

TEST_P(NpzOfKind, IsReadByName) {
  expectCounted(readFloats(GetParam(), "stem.filter"), {4, 3, 3, 3});
  expectCounted(readFloats(GetParam(), "stem.bias"), {4});
  expectCounted(readFloats(GetParam(), "columns"), {5, 6});
}

TEST_P(NpzOfKind, ATensorOfStringsIsAnErrorOnlyWhenRead) {
  EXPECT_EQ(errorOf(GetParam(), "words"),
            file(GetParam()) + ": tensor 'words' has elements of NumPy's type <U1; cnnc reads "
                               "little-endian f2, f4, f8, i1 to i8, u1 to u8 and b1");
}

INSTANTIATE_TEST_SUITE_P(Kinds, NpzOfKind, testing::Values("plain.npz", "deflated.npz"));

TEST(Safetensors, ReadsEveryTypeAndAlignment) {
  expectCounted(readFloats("weights.safetensors", "half"), {2, 3});
  expectCounted(readFloats("weights.safetensors", "brain"), {5});
  expectCounted(readFloats("weights.safetensors", "odd"), {3});
  expectCounted(readFloats("weights.safetensors", "unaligned"), {2, 2});
  expectCounted(readFloats("weights.safetensors", "scalar"), {});
  EXPECT_NE(errorOf("weights.safetensors", "tiny").find("elements of type F8_E4M3"),
            std::string::npos);
}

TEST(Safetensors, ListsTensorsInTheOrderOfTheFile) {
  Result<TensorFile> opened = TensorFile::open(file("weights.safetensors"));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->names(),
            (std::vector<std::string>{"half", "brain", "odd", "unaligned", "tiny", "scalar"}));
}

TEST(TensorFile, AnUnknownNameGetsAProposalOrAList) {
  EXPECT_EQ(errorOf("weights.safetensors", "haf"),
            file("weights.safetensors") + ": there is no tensor 'haf'; did you mean 'half'?");
  EXPECT_EQ(errorOf("weights.safetensors", "stem.conv.filter"),
            file("weights.safetensors") + ": there is no tensor 'stem.conv.filter'; there are "
                                          "'half', 'brain', 'odd', 'unaligned', 'tiny', 'scalar'");
}

TEST(TensorFile, AFileThatIsNotThereOrOfUnknownKind) {
  EXPECT_EQ(errorOf("none.npz"),
            "can not read " + file("none.npz") + ": No such file or directory");
  EXPECT_EQ(errorOf("weights.pth"),
            file("weights.pth") + ": a tensor file is called .safetensors, .npz or .npy");
  std::filesystem::create_directories(file("folder.npy"));
  EXPECT_EQ(errorOf("folder.npy"), "can not read " + file("folder.npy") + ": not a file");
}

static std::vector<float> counted(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

/// NumPy reads what this leaves behind: numpy_files.py check.
TEST(TensorFile, WhatIsWrittenIsReadBack) {
  std::vector<float> values = counted(24);
  std::vector<uint8_t> labels = {0, 1, 2};
  TensorToWrite floats{"a.b", StorageType::F32, {2, 3, 4}, values.data()};
  TensorToWrite bytes{"labels", StorageType::U8, {3}, labels.data()};
  for (std::string name : {"written.npz", "written.safetensors"}) {
    Status written = writeTensorFile(file(name), {floats, bytes});
    ASSERT_TRUE(written) << written.error();
    expectCounted(readFloats(name, "a.b"), {2, 3, 4});
    expectCounted(readFloats(name, "labels"), {3});
  }
  ASSERT_TRUE(writeTensorFile(file("written.npy"), {floats}));
  expectCounted(readFloats("written.npy", ""), {2, 3, 4});
}

static std::string contents(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(TensorFile, EqualTensorsGiveEqualBytes) {
  std::vector<float> values = counted(4);
  for (std::string end : {".npy", ".npz", ".safetensors"}) {
    for (std::string name : {"first", "second"})
      ASSERT_TRUE(writeTensorFile(file(name + end), {{"x", StorageType::F32, {4}, values.data()}}));
    EXPECT_EQ(contents(file("first" + end)), contents(file("second" + end))) << end;
  }
}

TEST(TensorFile, NothingIsLeftBehindWhereItCanNotBeWritten) {
  float value = 0;
  TensorToWrite tensor{"x", StorageType::F32, {1}, &value};
  for (std::string end : {".npy", ".npz", ".safetensors"}) {
    std::string inTheWay = file("in_the_way" + end);
    std::filesystem::create_directories(inTheWay);
    Status written = writeTensorFile(inTheWay, {tensor});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error(), "can not write " + inTheWay + ": Is a directory");
    EXPECT_FALSE(writeTensorFile(file("no/such/folder/x" + end), {tensor}));
  }
  for (const auto &entry : std::filesystem::directory_iterator(NUMPY_FILES))
    EXPECT_EQ(entry.path().string().find(".partial-"), std::string::npos) << entry.path();
}

TEST(TensorFile, AnNpyHoldsOneTensor) {
  EXPECT_EQ(writeTensorFile("x.npy", {}).error(),
            "x.npy: an npy file holds one tensor, not 0; write an npz");
}
