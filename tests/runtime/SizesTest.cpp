// Size checks: the status, and the sentence with both numbers.
#include "HandWrittenNetwork.h"
#include "cnnrt_generated.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace {

struct SizeCase {
  int64_t h, w;
  int status;
  const char *message;
};

class Sizes : public testing::TestWithParam<SizeCase> {};

const SizeCase sizeCases[] = {
    {1, 8, CNNRT_OK, ""},
    {268435455, 8, CNNRT_OK, ""},
    {0, 8, CNNRT_BAD_SIZE, "H is 0, it must be at least 1"},
    {5, -4, CNNRT_BAD_SIZE, "W is -4, it must be at least 1"},
    {INT64_MIN, 8, CNNRT_BAD_SIZE, "H is -9223372036854775808, it must be at least 1"},
    {INT64_C(2147483648), 8, CNNRT_BAD_SIZE, "H is 2147483648, it must be at most 2147483647"},
    {7, 226, CNNRT_UNSUPPORTED_SIZE, "W is 226, it must be a multiple of 4"},
    {7, 4, CNNRT_UNSUPPORTED_SIZE, "W is 4, it must be at least 8"},
    {268435456, 8, CNNRT_TOO_LARGE, "H*W is 2147483648, it must be at most 2147483647"},
    {2147483647, 2147483644, CNNRT_TOO_LARGE,
     "H*W is 72057594037927936, it must be at most 2147483647"},
};

} // namespace

TEST_P(Sizes, StatusAndMessage) {
  const SizeCase &c = GetParam();
  const int64_t sizes[] = {c.h, c.w};
  char message[128] = "left over";
  EXPECT_EQ(shrink_network()->check_sizes(sizes, message, sizeof message), c.status);
  EXPECT_STREQ(message, c.message);
  EXPECT_EQ(shrink_network()->check_sizes(sizes, nullptr, 0), c.status);
  EXPECT_EQ(shrink_workspace_bytes(c.h, c.w, 1) > 0, c.status == CNNRT_OK);
}

INSTANTIATE_TEST_SUITE_P(Table, Sizes, testing::ValuesIn(sizeCases));

TEST(SizeMessage, IsCutToItsBuffer) {
  const int64_t sizes[] = {0, 8};
  const std::string whole = "H is 0, it must be at least 1";
  for (size_t bytes = 1; bytes < 40; bytes++) {
    char message[40];
    memset(message, '#', sizeof message);
    shrink_network()->check_sizes(sizes, message, bytes);
    EXPECT_EQ(std::string(message), whole.substr(0, bytes - 1));
    if (bytes < sizeof message) {
      EXPECT_EQ(message[bytes], '#') << "written past " << bytes;
    }
  }
}

TEST(SizeMessage, SaysWhatMustBeEqual) {
  cnnrt_network network = *shrink_network();
  const cnnrt_size_check equal = {2, CNNRT_EQUAL, 7};
  network.size_checks = &equal;
  network.num_size_checks = 1;
  char message[64];
  const int64_t wrong[] = {1, 24}, right[] = {1, 28};
  EXPECT_EQ(cnnrt_check_sizes(&network, wrong, message, sizeof message), CNNRT_UNSUPPORTED_SIZE);
  EXPECT_STREQ(message, "W/4 is 6, it must be 7");
  EXPECT_EQ(cnnrt_check_sizes(&network, right, message, sizeof message), CNNRT_OK);
}

TEST(SizeMessage, NullSizes) {
  EXPECT_EQ(shrink_network()->check_sizes(nullptr, nullptr, 0), CNNRT_NULL_POINTER);
}

TEST(Tensor, DimsAndBytesFollowTheSizes) {
  const cnnrt_network *network = shrink_network();
  const int64_t sizes[] = {5, 24};
  EXPECT_EQ(cnnrt_dim(network, &network->outputs[0], 0, sizes), 5);
  EXPECT_EQ(cnnrt_dim(network, &network->outputs[0], 1, sizes), 6);
  EXPECT_EQ(cnnrt_tensor_bytes(network, &network->inputs[0], sizes), 5u * 24 * 4);
  EXPECT_EQ(cnnrt_tensor_bytes(network, &network->outputs[0], sizes), 5u * 6 * 4);

  const int64_t dims[] = {3, 2};
  const cnnrt_tensor fixed = {"fixed", CNNRT_I64, 2, dims, nullptr, 0};
  EXPECT_EQ(cnnrt_tensor_bytes(network, &fixed, nullptr), 48u);
  const cnnrt_tensor scalar = {"scalar", CNNRT_U8, 0, nullptr, nullptr, 0};
  EXPECT_EQ(cnnrt_tensor_bytes(network, &scalar, nullptr), 1u);
}

TEST(MultiplySizes, StopsInsteadOfOverflowing) {
  const int64_t limit = INT64_C(1) << 56;
  EXPECT_EQ(cnnrt_multiply_sizes(6, 7), 42);
  EXPECT_EQ(cnnrt_multiply_sizes(-6, 7), -42);
  EXPECT_EQ(cnnrt_multiply_sizes(limit, 1), limit);
  EXPECT_EQ(cnnrt_multiply_sizes(limit, 2), limit);
  EXPECT_EQ(cnnrt_multiply_sizes(limit, -2), -limit);
  EXPECT_EQ(cnnrt_multiply_sizes(INT64_MAX, INT64_MAX), limit);
  EXPECT_EQ(cnnrt_multiply_sizes(INT64_MIN, INT64_MIN), limit);
  EXPECT_EQ(cnnrt_multiply_sizes(INT64_MIN, 1), -limit);
  EXPECT_EQ(cnnrt_multiply_sizes(INT64_MIN, 0), 0);
}
