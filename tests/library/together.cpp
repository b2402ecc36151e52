// Two compiled networks with two pools, and an ordinary Halide pipeline with Halide's runtime, all
// at work in one process: each gets the numbers that it gets alone.
#include "cnnrt.h"
#include "lines.h"
#include "neighbour.h"
#include "net.h"

#include <HalideBuffer.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <thread>
#include <vector>

static constexpr int rounds = 50, height = 61, width = 45;
static std::atomic<int> failures{0};

static void check(bool good, const char *what) {
  if (good)
    return;
  std::printf("%s went wrong\n", what);
  ++failures;
}

/// Runs `call(output, workspace bytes, exec)` alone on one thread, then again and again on a pool:
/// every time the same bits.
template <typename Call>
static void repeat(const char *what, size_t outputs, int threads, Call call) {
  std::vector<float> alone(outputs), together(outputs);
  check(call(alone.data(), nullptr) == CNNRT_OK, what);
  std::unique_ptr<cnnrt_exec, void (*)(cnnrt_exec *)> pool(cnnrt_pool_create(threads),
                                                           cnnrt_pool_destroy);
  for (int round = 0; round < rounds; ++round) {
    check(call(together.data(), pool.get()) == CNNRT_OK, what);
    check(alone == together, what);
  }
}

static std::unique_ptr<void, void (*)(void *)> makeWorkspace(size_t bytes) {
  return {std::aligned_alloc(64, (bytes + 63) / 64 * 64), std::free};
}

static void useLines() {
  std::mt19937 random(1);
  std::vector<float> image(height * width);
  for (float &pixel : image)
    pixel = static_cast<float>(random() % 256) / 255;
  size_t bytes = lines_workspace_bytes(1, height, width, 2);
  auto workspace = makeWorkspace(bytes);
  repeat("lines", 2, 2, [&](float *output, const cnnrt_exec *exec) {
    return lines_run(image.data(), output, 1, height, width, workspace.get(), bytes, exec);
  });
}

static void useNet() {
  std::mt19937 random(2);
  std::vector<uint8_t> image(2 * height * width * 3);
  for (uint8_t &pixel : image)
    pixel = static_cast<uint8_t>(random());
  size_t bytes = net_workspace_bytes(2, height, width, 3);
  auto workspace = makeWorkspace(bytes);
  repeat("net", 2 * 5, 3, [&](float *output, const cnnrt_exec *exec) {
    return net_run(image.data(), output, 2, height, width, workspace.get(), bytes, exec);
  });
}

static void useHalide() {
  Halide::Runtime::Buffer<float, 1> input(1000), output(1000);
  for (int i = 0; i < 1000; ++i)
    input(i) = static_cast<float>(i);
  for (int round = 0; round < rounds; ++round) {
    check(neighbour(input, output) == 0, "the Halide pipeline");
    for (int i = 0; i < 1000; ++i)
      check(output(i) == static_cast<float>(2 * i + 1), "the Halide pipeline");
  }
}

int main() {
  std::thread lines(useLines), net(useNet), halide(useHalide);
  lines.join();
  net.join();
  halide.join();
  std::printf("result: together_failures %d failures\n", failures.load());
  return failures == 0 ? 0 : 1;
}
