// Scratch memory and parallel loops as kernels use them.
#include "cnnrt_generated.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace {

constexpr size_t blockBytes = 64 + CNNRT_BLOCK_HEADER; // the least that a block takes

alignas(64) char memory[1 << 16];

/// A context with a kernel begun in `memory`.
struct Kernel {
  cnnrt_context context = {};

  explicit Kernel(size_t sharedBytes, size_t workerBytes = 0, const cnnrt_exec *exec = nullptr) {
    context.exec = exec;
    context.threads = exec ? exec->threads : 1;
    cnnrt_begin_kernel(&context, "test", memory, sharedBytes, workerBytes);
  }
  char *take(size_t bytes) { return static_cast<char *>(cnnrt_malloc(&context, bytes)); }
  void free(void *pointer) { cnnrt_free(&context, pointer); }
  int end(int result = 0) { return cnnrt_end_kernel(&context, result); }
};

} // namespace

TEST(Scratch, BlocksAreAlignedAndApart) {
  Kernel kernel(4 * blockBytes);
  char *a = kernel.take(1), *b = kernel.take(64), *c = kernel.take(0);
  for (char *block : {a, b, c})
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 64, 0u);
  EXPECT_GE(b - a, 64);
  EXPECT_GE(c - b, 64);
  EXPECT_EQ(kernel.end(), CNNRT_OK);
}

TEST(Scratch, TakesExactlyWhatIsStated) {
  Kernel kernel(2 * blockBytes);
  EXPECT_TRUE(kernel.take(64));
  EXPECT_TRUE(kernel.take(33));
  EXPECT_FALSE(kernel.take(1));
  EXPECT_EQ(kernel.end(), CNNRT_SCRATCH_EXHAUSTED);
}

TEST(Scratch, HugeRequestsDoNotWrapAround) {
  for (size_t bytes : {SIZE_MAX, SIZE_MAX - 63, SIZE_MAX - 127, SIZE_MAX / 2 + 1}) {
    Kernel kernel(2 * blockBytes);
    EXPECT_FALSE(kernel.take(bytes)) << bytes;
    EXPECT_EQ(kernel.end(), CNNRT_SCRATCH_EXHAUSTED);
  }
}

TEST(Scratch, LastInFirstOut) {
  Kernel kernel(2 * blockBytes);
  char *a = kernel.take(64), *b = kernel.take(64);
  kernel.free(b);
  EXPECT_EQ(kernel.take(64), b);
  kernel.free(b);
  kernel.free(a);
  EXPECT_EQ(kernel.take(128 + 64), a) << "both blocks are one again";
}

TEST(Scratch, FirstInFirstOut) {
  Kernel kernel(2 * blockBytes);
  char *a = kernel.take(64), *b = kernel.take(64);
  kernel.free(a);
  EXPECT_FALSE(kernel.take(1)) << "a lies under b";
  kernel.free(b);
  EXPECT_EQ(kernel.take(64), a);
}

TEST(Scratch, FreeOfNullIsNothing) {
  Kernel kernel(blockBytes);
  kernel.free(nullptr);
  EXPECT_TRUE(kernel.take(64));
}

TEST(Scratch, IsWholeAgainForTheNextKernel) {
  Kernel kernel(blockBytes);
  EXPECT_TRUE(kernel.take(64));
  EXPECT_EQ(kernel.end(), CNNRT_OK);
  cnnrt_begin_kernel(&kernel.context, "next", memory, blockBytes, 0);
  EXPECT_TRUE(kernel.take(64)) << "a block that was left behind is gone";
}

// Any order of free returns everything in the end, and no two live blocks overlap.
TEST(Scratch, RandomOrders) {
  const unsigned seed = 7;
  std::mt19937 random(seed);
  for (int repetition = 0; repetition < 200; repetition++) {
    Kernel kernel(sizeof memory);
    struct Block {
      char *begin;
      size_t bytes;
      char mark;
    };
    std::vector<Block> live;
    for (int step = 0; step < 100; step++) {
      if (live.size() < 8 && random() % 2) {
        const size_t bytes = random() % 300;
        live.push_back({kernel.take(bytes), bytes, static_cast<char>(step)});
        ASSERT_TRUE(live.back().begin) << "seed " << seed << " repetition " << repetition;
        memset(live.back().begin, step, bytes);
      } else if (!live.empty()) {
        const size_t chosen = random() % live.size();
        const Block block = live[chosen];
        for (size_t i = 0; i < block.bytes; i++)
          ASSERT_EQ(block.begin[i], block.mark) << "seed " << seed << " repetition " << repetition;
        kernel.free(block.begin);
        live.erase(live.begin() + static_cast<long>(chosen));
      }
    }
    for (const Block &block : live)
      kernel.free(block.begin);
    EXPECT_EQ(kernel.context.next, memory);
  }
}

// ---- Loops ----

namespace {

/// Runs tasks in reverse order, giving out workers in turn: a hook of the caller's.
int backwards(void *, int n, cnnrt_task task, void *argument) {
  for (int i = n - 1; i >= 0; i--)
    if (int result = task(argument, i, i % 3))
      return result;
  return 0;
}

cnnrt_exec threeWorkers() {
  cnnrt_exec exec = {};
  exec.struct_size = sizeof exec;
  exec.threads = 3;
  exec.parallel_for = backwards;
  return exec;
}

struct Record {
  std::vector<int> indices;
  std::vector<char *> blocks;
};

int recordTask(void *context, int index, uint8_t *closure) {
  Record *record = reinterpret_cast<Record *>(closure);
  char *block = static_cast<char *>(cnnrt_malloc(context, 64));
  record->indices.push_back(index);
  record->blocks.push_back(block);
  cnnrt_free(context, block);
  return 0;
}

int nestedTask(void *context, int index, uint8_t *closure) {
  void *outer = cnnrt_malloc(context, 64);
  const int result = cnnrt_do_par_for(context, recordTask, 10 * index, 2, closure);
  cnnrt_free(context, outer);
  return result;
}

int failAt4(void *, int index, uint8_t *) { return index == 4 ? -23 : 0; }

int takeTooMuch(void *context, int, uint8_t *) { return cnnrt_malloc(context, 1 << 20) ? 0 : -1; }

uint8_t *closureOf(Record &record) { return reinterpret_cast<uint8_t *>(&record); }

} // namespace

TEST(Loop, RunsInOrderOnOneThread) {
  Kernel kernel(0, blockBytes);
  Record record;
  EXPECT_EQ(cnnrt_do_par_for(&kernel.context, recordTask, 5, 3, closureOf(record)), 0);
  EXPECT_EQ(record.indices, (std::vector<int>{5, 6, 7}));
  EXPECT_EQ(record.blocks, std::vector<char *>(3, memory + CNNRT_BLOCK_HEADER));
}

TEST(Loop, EmptyAndNegativeSizesRunNothing) {
  const cnnrt_exec exec = threeWorkers();
  Kernel kernel(0, blockBytes, &exec);
  Record record;
  EXPECT_EQ(cnnrt_do_par_for(&kernel.context, recordTask, 0, 0, closureOf(record)), 0);
  EXPECT_EQ(cnnrt_do_par_for(&kernel.context, recordTask, 0, -3, closureOf(record)), 0);
  EXPECT_TRUE(record.indices.empty());
}

TEST(Loop, EachWorkerHasItsSlice) {
  const cnnrt_exec exec = threeWorkers();
  Kernel kernel(128, blockBytes, &exec);
  Record record;
  EXPECT_EQ(cnnrt_do_par_for(&kernel.context, recordTask, 0, 6, closureOf(record)), 0);
  EXPECT_EQ(record.indices, (std::vector<int>{5, 4, 3, 2, 1, 0}));
  for (size_t i = 0; i < 6; i++) {
    const size_t worker = static_cast<size_t>(record.indices[i]) % 3;
    EXPECT_EQ(record.blocks[i], memory + 128 + worker * blockBytes + CNNRT_BLOCK_HEADER);
  }
}

TEST(Loop, NestedRunsInPlaceInTheSameSlice) {
  const cnnrt_exec exec = threeWorkers();
  Kernel kernel(0, 2 * blockBytes, &exec);
  Record record;
  EXPECT_EQ(cnnrt_do_par_for(&kernel.context, nestedTask, 1, 3, closureOf(record)), 0);
  EXPECT_EQ(record.indices, (std::vector<int>{30, 31, 20, 21, 10, 11}));
  EXPECT_EQ(record.blocks[0], memory + 2 * 2 * blockBytes + blockBytes + CNNRT_BLOCK_HEADER);
}

TEST(Loop, AFailedTaskEndsTheKernel) {
  const cnnrt_exec exec = threeWorkers();
  for (const cnnrt_exec *e : {static_cast<const cnnrt_exec *>(nullptr), &exec}) {
    Kernel kernel(0, blockBytes, e);
    const int result = cnnrt_do_par_for(&kernel.context, failAt4, 0, 8, nullptr);
    EXPECT_EQ(result, -23);
    EXPECT_EQ(kernel.end(result), CNNRT_KERNEL_FAILED);
  }
}

TEST(Loop, ExhaustedScratchOfATaskIsReported) {
  const cnnrt_exec exec = threeWorkers();
  Kernel kernel(0, blockBytes, &exec);
  const int result = cnnrt_do_par_for(&kernel.context, takeTooMuch, 0, 4, nullptr);
  EXPECT_EQ(kernel.end(result), CNNRT_SCRATCH_EXHAUSTED);
}

TEST(Loop, AWorkerBeyondTheThreadsIsRefused) {
  cnnrt_exec exec = threeWorkers();
  exec.threads = 2; // but the hook names three
  Kernel kernel(0, blockBytes, &exec);
  Record record;
  const int result = cnnrt_do_par_for(&kernel.context, recordTask, 0, 6, closureOf(record));
  EXPECT_EQ(kernel.end(result), CNNRT_PARALLEL_FAILED);
  EXPECT_TRUE(record.indices.empty());
}
