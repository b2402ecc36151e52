// Whole calls of a network: results, every status, hooks, two pools at once.
#include "HandWrittenNetwork.h"
#include "cnnrt_generated.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

/// A call with memory of its own, right in every point until a test changes one.
struct Call {
  int64_t h = 13, w = 24;
  int threads = 1;
  const cnnrt_exec *exec = nullptr;
  std::vector<float> x, y;
  std::vector<char> memory;
  char *workspace = nullptr;
  size_t workspaceBytes = 0;

  explicit Call(const cnnrt_exec *exec = nullptr) : exec(exec) {
    threads = exec ? exec->threads : 1;
    for (int64_t i = 0; i < h * w; i++)
      x.push_back(static_cast<float>(i % 17) - 8);
    y.assign(static_cast<size_t>(h * w / 4), -1);
    workspaceBytes = shrink_workspace_bytes(h, w, threads);
    memory.assign(workspaceBytes + 128, 0x55);
    const size_t misaligned = reinterpret_cast<uintptr_t>(memory.data()) % 64;
    workspace = memory.data() + (64 - misaligned) % 64;
  }

  int run() { return shrink_run(x.data(), y.data(), h, w, workspace, workspaceBytes, exec); }

  std::vector<float> expected() const {
    std::vector<float> sums;
    for (size_t i = 0; i < x.size(); i += 4)
      sums.push_back(2 * (x[i] + x[i + 1] + x[i + 2] + x[i + 3]));
    return sums;
  }
  bool outputUntouched() const {
    return std::all_of(y.begin(), y.end(), [](float value) { return value == -1; });
  }
  bool nothingWrittenBehind() const {
    for (const char *p = workspace + workspaceBytes; p < memory.data() + memory.size(); p++)
      if (*p != 0x55)
        return false;
    return true;
  }
};

cnnrt_exec oneThread() {
  cnnrt_exec exec = {};
  exec.struct_size = sizeof exec;
  exec.threads = 1;
  return exec;
}

struct PoolDeleter {
  void operator()(cnnrt_exec *pool) const { cnnrt_pool_destroy(pool); }
};

} // namespace

#define EXPECT_REFUSED(call, status)                                                               \
  do {                                                                                             \
    EXPECT_EQ((call).run(), status);                                                               \
    EXPECT_TRUE((call).outputUntouched());                                                         \
  } while (false)

TEST(Call, GivesTheSameResultOnAnyNumberOfThreads) {
  for (int threads : {0, 1, 2, 3, 8}) {
    std::unique_ptr<cnnrt_exec, PoolDeleter> pool(threads ? cnnrt_pool_create(threads) : nullptr);
    for (int repetition = 0; repetition < 50; repetition++) {
      Call call(pool.get());
      ASSERT_EQ(call.run(), CNNRT_OK);
      ASSERT_EQ(call.y, call.expected()) << threads << " threads";
      ASSERT_TRUE(call.nothingWrittenBehind()) << threads << " threads";
    }
  }
}

TEST(Call, RefusesNullPointers) {
  Call call;
  const int64_t h = call.h, w = call.w;
  const size_t bytes = call.workspaceBytes;
  EXPECT_EQ(shrink_run(nullptr, call.y.data(), h, w, call.workspace, bytes, nullptr),
            CNNRT_NULL_POINTER);
  EXPECT_EQ(shrink_run(call.x.data(), nullptr, h, w, call.workspace, bytes, nullptr),
            CNNRT_NULL_POINTER);
  call.workspace = nullptr;
  EXPECT_REFUSED(call, CNNRT_NULL_POINTER);

  const cnnrt_network *network = shrink_network();
  const void *inputs[] = {call.x.data()};
  void *outputs[] = {call.y.data()};
  const int64_t sizes[] = {h, w};
  char *workspace = Call().workspace;
  EXPECT_EQ(network->run(nullptr, outputs, sizes, workspace, bytes, nullptr), CNNRT_NULL_POINTER);
  EXPECT_EQ(network->run(inputs, nullptr, sizes, workspace, bytes, nullptr), CNNRT_NULL_POINTER);
  EXPECT_EQ(network->run(inputs, outputs, nullptr, workspace, bytes, nullptr), CNNRT_NULL_POINTER);
}

TEST(Call, RefusesBadSizes) {
  Call call;
  call.h = 0;
  EXPECT_REFUSED(call, CNNRT_BAD_SIZE);
  call.h = INT64_MAX;
  EXPECT_REFUSED(call, CNNRT_BAD_SIZE);
  call.h = 13;
  call.w = 25;
  EXPECT_REFUSED(call, CNNRT_UNSUPPORTED_SIZE);
  call.h = call.w = 1 << 20;
  EXPECT_REFUSED(call, CNNRT_TOO_LARGE);
}

TEST(Call, RefusesABadWorkspace) {
  Call call;
  call.workspaceBytes--;
  EXPECT_REFUSED(call, CNNRT_WORKSPACE_TOO_SMALL);
  call.workspaceBytes++;
  call.workspace += 32;
  EXPECT_REFUSED(call, CNNRT_WORKSPACE_MISALIGNED);
}

TEST(Call, NeedsAWorkspaceForItsThreads) {
  cnnrt_exec *pool = cnnrt_pool_create(2);
  Call call;
  call.exec = pool;
  EXPECT_REFUSED(call, CNNRT_WORKSPACE_TOO_SMALL);
  EXPECT_GT(shrink_workspace_bytes(call.h, call.w, 2), shrink_workspace_bytes(call.h, call.w, 1));
  cnnrt_pool_destroy(pool);
}

TEST(Call, RefusesABadExec) {
  cnnrt_exec exec = oneThread();
  Call call(&exec);
  for (int threads : {0, -1, CNNRT_MAX_THREADS + 1}) {
    exec.threads = threads;
    exec.parallel_for = [](void *, int, cnnrt_task, void *) { return 0; };
    EXPECT_REFUSED(call, CNNRT_BAD_THREADS);
    EXPECT_EQ(shrink_workspace_bytes(call.h, call.w, threads), 0u);
  }
  exec.threads = 2;
  exec.parallel_for = nullptr;
  EXPECT_REFUSED(call, CNNRT_BAD_EXEC);
  exec = oneThread();
  exec.struct_size = 0;
  EXPECT_REFUSED(call, CNNRT_BAD_EXEC);
}

TEST(Call, ReportsAHookThatFails) {
  cnnrt_exec exec = oneThread();
  exec.threads = 2;
  exec.parallel_for = [](void *, int, cnnrt_task, void *) -> int { return CNNRT_PARALLEL_FAILED; };
  Call call(&exec);
  EXPECT_EQ(call.run(), CNNRT_PARALLEL_FAILED);
}

TEST(Call, TellsTheProfilerOfEachKernel) {
  cnnrt_exec exec = oneThread();
  std::string events;
  exec.profile = [](void *context, const char *kernel, int event) {
    *static_cast<std::string *>(context) +=
        (event == CNNRT_KERNEL_BEGIN ? "<" : ">") + std::string(kernel) + " ";
  };
  exec.profile_context = &events;
  Call call(&exec);
  EXPECT_EQ(call.run(), CNNRT_OK);
  EXPECT_EQ(events, "<double >double <sum >sum ");
}

// A program compiled before the hooks existed passes a shorter struct.
TEST(Call, ReadsNothingBehindAShorterExec) {
  cnnrt_exec exec = oneThread();
  exec.struct_size = offsetof(cnnrt_exec, profile);
  exec.profile = [](void *, const char *, int) { FAIL() << "read behind the struct"; };
  exec.cpu_features = CNNRT_CPU_KNOWN;
  Call call(&exec);
  EXPECT_EQ(call.run(), CNNRT_OK);
}

TEST(Network, IsCheckedForVersionAndCpu) {
  cnnrt_network network = *shrink_network();
  EXPECT_EQ(cnnrt_check_network(&network), CNNRT_OK);
  EXPECT_EQ(cnnrt_check_network(nullptr), CNNRT_NULL_POINTER);

  network.cpu_features = UINT64_C(1) << 62; // no CPU has it
  EXPECT_EQ(cnnrt_check_network(&network), CNNRT_UNSUPPORTED_CPU);
  network.cpu_features = cnnrt_cpu_features();
  EXPECT_EQ(cnnrt_check_network(&network), CNNRT_OK);

  network.abi_version++;
  EXPECT_EQ(cnnrt_check_network(&network), CNNRT_ABI_MISMATCH);
  network = *shrink_network();
  network.struct_size = offsetof(cnnrt_network, train_step);
  EXPECT_EQ(cnnrt_check_network(&network), CNNRT_ABI_MISMATCH);
}

// A library compiled before weights could be in a file has a shorter descriptor.
TEST(Network, MayEndBeforeNewerFields) {
  cnnrt_network network = *shrink_network();
  network.struct_size = offsetof(cnnrt_network, weight_bytes);
  EXPECT_EQ(cnnrt_check_network(&network), CNNRT_OK);
}

// What exec says of the CPU is believed, so that it need not be asked in every call.
TEST(Network, TakesTheCpuFeaturesOfExec) {
  cnnrt_network network = *shrink_network();
  network.cpu_features = UINT64_C(1) << 62;
  cnnrt_exec exec = oneThread();
  Call call(&exec);
  const int64_t sizes[] = {call.h, call.w};
  cnnrt_context context;
  const auto begin = [&] {
    return cnnrt_begin(&context, &network, sizes, call.workspace, call.workspaceBytes, &exec);
  };
  EXPECT_EQ(begin(), CNNRT_UNSUPPORTED_CPU);
  exec.cpu_features = network.cpu_features | CNNRT_CPU_KNOWN;
  EXPECT_EQ(begin(), CNNRT_OK);
}

TEST(Network, HasAWorkspaceOfItsOwnForTraining) {
  cnnrt_network network = *shrink_network();
  network.training_workspace_bytes = [](const int64_t *, int threads) -> size_t {
    return 4096 * static_cast<size_t>(threads);
  };
  Call call;
  const int64_t sizes[] = {call.h, call.w};
  alignas(64) static char workspace[4096];
  cnnrt_context context;
  EXPECT_EQ(cnnrt_begin_training(&context, &network, sizes, workspace, 4095, nullptr),
            CNNRT_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(cnnrt_begin_training(&context, &network, sizes, workspace, 4096, nullptr), CNNRT_OK);
  EXPECT_EQ(cnnrt_begin_training(&context, &network, nullptr, workspace, 4096, nullptr),
            CNNRT_NULL_POINTER);
}

TEST(Network, RunsByItsDescriptorAlone) {
  const cnnrt_network *network = shrink_network();
  Call call;
  const int64_t sizes[] = {call.h, call.w};
  const void *inputs[] = {call.x.data()};
  void *outputs[] = {call.y.data()};
  ASSERT_EQ(network->workspace_bytes(sizes, 1), call.workspaceBytes);
  EXPECT_EQ(network->run(inputs, outputs, sizes, call.workspace, call.workspaceBytes, nullptr),
            CNNRT_OK);
  EXPECT_EQ(call.y, call.expected());
  EXPECT_STREQ(network->status_string(CNNRT_OK), "no error");
}

TEST(TwoPools, WorkSideBySide) {
  int wrong[2] = {0, 0};
  const auto work = [&](int which) {
    std::unique_ptr<cnnrt_exec, PoolDeleter> pool(cnnrt_pool_create(2 + which));
    for (int repetition = 0; repetition < 300; repetition++) {
      Call call(pool.get());
      wrong[which] += call.run() != CNNRT_OK || call.y != call.expected();
    }
  };
  std::thread first(work, 0), second(work, 1);
  first.join();
  second.join();
  EXPECT_EQ(wrong[0], 0);
  EXPECT_EQ(wrong[1], 0);
}
