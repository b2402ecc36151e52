// Weights in files: what is mapped, what is refused, and what a call checks.
#include "cnnrt_generated.h"
#include "cnnrt_io.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace {

/// The bytes of a file of weights: a header and `count` bytes that count upwards.
std::string fileOfWeights(size_t count = 192) {
  cnnrt_weights_header header = {};
  std::memcpy(header.magic, CNNRT_WEIGHTS_MAGIC, sizeof header.magic);
  header.version = CNNRT_WEIGHTS_VERSION;
  header.file_bytes = sizeof header + count;
  header.fingerprint[31] = 7;
  std::string bytes(reinterpret_cast<const char *>(&header), sizeof header);
  for (size_t i = 0; i < count; ++i)
    bytes += static_cast<char>(i);
  return bytes;
}

/// A folder with a file, removed at the end.
class WeightsFile : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_TRUE(mkdtemp(folder));
    path = std::string(folder) + "/net.weights";
  }
  void TearDown() override {
    unlink(path.c_str());
    rmdir(folder);
  }

  /// The status of mapping a file of these bytes, which is as good as the outputs are right.
  int map(const std::string &bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return map();
  }
  int map() {
    weights = this; // To be overwritten, whatever happens.
    length = 1;
    errno = ERANGE;
    const int status = cnnrt_weights_map(path.c_str(), &weights, &length);
    EXPECT_EQ(errno, ERANGE);
    EXPECT_EQ(status == CNNRT_OK, weights != nullptr);
    EXPECT_EQ(status == CNNRT_OK, length != 0);
    return status;
  }

  char folder[32] = "/tmp/cnnrt-weights-XXXXXX";
  std::string path;
  const void *weights = nullptr;
  size_t length = 0;
};

} // namespace

TEST_F(WeightsFile, IsMappedAsItIs) {
  const std::string bytes = fileOfWeights();
  ASSERT_EQ(map(bytes), CNNRT_OK);
  ASSERT_EQ(length, bytes.size());
  EXPECT_EQ(std::memcmp(weights, bytes.data(), length), 0);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(weights) % CNNRT_WEIGHTS_ALIGNMENT, 0u);
  EXPECT_EQ(unlink(path.c_str()), 0); // The mapping lives on.
  EXPECT_EQ(std::memcmp(weights, bytes.data(), length), 0);
  cnnrt_weights_unmap(weights, length);
}

TEST_F(WeightsFile, MayHoldNoWeights) {
  ASSERT_EQ(map(fileOfWeights(0)), CNNRT_OK);
  EXPECT_EQ(length, 64u);
  cnnrt_weights_unmap(weights, length);
}

TEST_F(WeightsFile, IsRefusedUnlessItHasItsLength) {
  const std::string bytes = fileOfWeights();
  for (size_t kept : {size_t(0), size_t(1), size_t(63), size_t(64), bytes.size() - 1})
    EXPECT_EQ(map(bytes.substr(0, kept)), CNNRT_BAD_WEIGHTS_FILE) << kept << " bytes";
  EXPECT_EQ(map(bytes + "x"), CNNRT_BAD_WEIGHTS_FILE);
}

TEST_F(WeightsFile, IsRefusedWithAnotherMagicOrVersion) {
  for (size_t byte : {0, 7, 8, 11}) {
    std::string bytes = fileOfWeights();
    bytes[byte] = static_cast<char>(bytes[byte] + 1);
    EXPECT_EQ(map(bytes), CNNRT_BAD_WEIGHTS_FILE) << "byte " << byte;
  }
}

TEST_F(WeightsFile, IsRefusedWhereThereIsNone) {
  EXPECT_EQ(map(), CNNRT_UNREADABLE_FILE);
  path = folder; // A folder can be opened, but not mapped.
  EXPECT_EQ(map(), CNNRT_UNREADABLE_FILE);
}

// To open a pipe that nobody writes to would wait for ever.
TEST_F(WeightsFile, IsRefusedIfItIsAPipe) {
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(map(), CNNRT_UNREADABLE_FILE);
}

TEST_F(WeightsFile, TakesNoNullPointers) {
  EXPECT_EQ(cnnrt_weights_map(nullptr, &weights, &length), CNNRT_NULL_POINTER);
  EXPECT_EQ(weights, nullptr);
  EXPECT_EQ(cnnrt_weights_map(path.c_str(), nullptr, &length), CNNRT_NULL_POINTER);
  EXPECT_EQ(cnnrt_weights_map(path.c_str(), &weights, nullptr), CNNRT_NULL_POINTER);
  cnnrt_weights_unmap(nullptr, 0);
}

TEST(CheckWeights, ComparesEveryByteOfTheHeader) {
  const std::string bytes = fileOfWeights();
  alignas(64) char weights[64];
  cnnrt_weights_header expected;
  std::memcpy(&expected, bytes.data(), sizeof expected);
  std::memcpy(weights, bytes.data(), sizeof weights);
  EXPECT_EQ(cnnrt_check_weights(&expected, weights), CNNRT_OK);
  for (char &byte : weights) {
    byte = static_cast<char>(byte ^ 0x40);
    EXPECT_EQ(cnnrt_check_weights(&expected, weights), CNNRT_BAD_WEIGHTS) << &byte - weights;
    byte = static_cast<char>(byte ^ 0x40);
  }
  EXPECT_EQ(cnnrt_check_weights(&expected, nullptr), CNNRT_NULL_POINTER);
}

TEST(CheckWeights, RefusesMisalignedOnesUnread) {
  alignas(64) char weights[64] = {};
  const cnnrt_weights_header expected = {};
  for (size_t offset : {1, 4, 32, 63})
    EXPECT_EQ(cnnrt_check_weights(&expected, weights + offset), CNNRT_WEIGHTS_MISALIGNED);
}
