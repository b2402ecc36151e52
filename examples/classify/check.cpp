// check INPUT.npy PROBABILITIES.npy: the compiled network against what ONNX Runtime computed from
// the same bytes (oracle.py). Exit status 0 when the probabilities agree to 1e-4 and the first five
// classes are the same.
#include "compiler/support/TensorFile.h"
#include "examples/classify/Network.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

using namespace cnnc;

constexpr double tolerance = 1e-4;

/// The numbers of the five largest of `values`, the largest first.
static std::vector<int> firstFive(const float *values) {
  std::vector<int> order(numClasses);
  std::iota(order.begin(), order.end(), 0);
  std::partial_sort(order.begin(), order.begin() + 5, order.end(),
                    [&](int a, int b) { return values[a] > values[b]; });
  order.resize(5);
  return order;
}

static Result<RawTensor> readTensor(const char *path, StorageType type,
                                    const std::vector<int64_t> &shape) {
  Result<TensorFile> file = TensorFile::open(path);
  if (!file)
    return Error{file.error()};
  Result<RawTensor> tensor = file->read("");
  if (tensor && (tensor->type != type || tensor->shape != shape))
    return Error{std::string(path) + ": expected " + toString(type) + shapeToString(shape) +
                 " but it is " + toString(tensor->type) + shapeToString(tensor->shape)};
  return tensor;
}

static int fail(const std::string &error) {
  std::fprintf(stderr, "error: %s\n", error.c_str());
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return fail("usage: check INPUT.npy PROBABILITIES.npy");
  Result<RawTensor> input = readTensor(argv[1], StorageType::U8, {1, 224, 224, 3});
  if (!input)
    return fail(input.error());
  Result<RawTensor> stored = readTensor(argv[2], StorageType::F32, {1, numClasses});
  if (!stored)
    return fail(stored.error());
  std::vector<float> expected(numClasses);
  convertToFloat(stored->type, stored->bytes.data.data(), numClasses, expected.data());

  std::string error;
  Network network(1);
  std::vector<float> probabilities = network.classify(
      reinterpret_cast<const uint8_t *>(input->bytes.data.data()), 224, 224, error);
  if (probabilities.empty())
    return fail(error);
  double worst = 0;
  for (int k = 0; k < numClasses; ++k) {
    double difference = std::fabs(static_cast<double>(probabilities[k]) - expected[k]);
    worst = std::isnan(difference) ? difference : std::max(worst, difference);
  }
  bool sameClasses = firstFive(probabilities.data()) == firstFive(expected.data());
  std::printf("result: classify_largest_difference_to_onnxruntime %.3g probability\n", worst);
  std::printf("result: classify_same_first_five_classes %d of 1\n", sameClasses);
  return worst <= tolerance && sameClasses ? 0 : 1;
}
