// The thread pool: every index once, workers distinct, errors, several pools and callers at once.
#include "cnnrt.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace {

struct PoolDeleter {
  void operator()(cnnrt_exec *pool) const { cnnrt_pool_destroy(pool); }
};
using Pool = std::unique_ptr<cnnrt_exec, PoolDeleter>;

Pool makePool(int threads) { return Pool(cnnrt_pool_create(threads)); }

int run(cnnrt_exec *exec, int n, cnnrt_task task, void *argument) {
  return exec->parallel_for(exec->pool, n, task, argument);
}

/// Counts the visits of each index, and errors in the numbering of workers.
struct Visits {
  std::vector<int> counts; // not atomic: an index visited twice at once is a race that TSan sees
  std::vector<std::atomic<int>> running;
  std::atomic<int> badWorkers{0};

  Visits(int n, int threads)
      : counts(static_cast<size_t>(n)), running(static_cast<size_t>(threads)) {}
};

int visit(void *argument, int index, int worker) {
  Visits &visits = *static_cast<Visits *>(argument);
  if (worker < 0 || worker >= static_cast<int>(visits.running.size())) {
    visits.badWorkers++;
    return 0;
  }
  std::atomic<int> &running = visits.running[static_cast<size_t>(worker)];
  if (running.fetch_add(1) != 0)
    visits.badWorkers++;
  visits.counts[static_cast<size_t>(index)]++;
  running.fetch_sub(1);
  return 0;
}

class PoolOf : public testing::TestWithParam<int> {};

} // namespace

TEST_P(PoolOf, RunsEachIndexOnceOnDistinctWorkers) {
  Pool pool = makePool(GetParam());
  ASSERT_TRUE(pool);
  EXPECT_EQ(pool->threads, GetParam());
  EXPECT_EQ(pool->cpu_features, cnnrt_cpu_features());
  for (int repetition = 0; repetition < 3000; repetition++) {
    const int n = repetition % 50;
    Visits visits(n, GetParam());
    ASSERT_EQ(run(pool.get(), n, visit, &visits), 0);
    ASSERT_EQ(visits.counts, std::vector<int>(static_cast<size_t>(n), 1));
    ASSERT_EQ(visits.badWorkers, 0);
  }
}

// Sleeping helpers wake up, too: with pauses that outlast their spinning.
TEST_P(PoolOf, WakesAfterAPause) {
  Pool pool = makePool(GetParam());
  for (int repetition = 0; repetition < 20; repetition++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    Visits visits(20, GetParam());
    ASSERT_EQ(run(pool.get(), 20, visit, &visits), 0);
    ASSERT_EQ(visits.counts, std::vector<int>(20, 1));
  }
}

TEST_P(PoolOf, AnErrorComesBackAndEndsTheLoop) {
  Pool pool = makePool(GetParam());
  for (int repetition = 0; repetition < 200; repetition++) {
    const auto failAt7 = [](void *, int index, int) { return index == 7 ? -5 : 0; };
    ASSERT_EQ(run(pool.get(), 1000, failAt7, nullptr), -5);
    Visits visits(9, GetParam());
    ASSERT_EQ(run(pool.get(), 9, visit, &visits), 0) << "the pool is as new";
    ASSERT_EQ(visits.counts, std::vector<int>(9, 1));
  }
}

// All indices fail, so each thread that works sees an error at its first one.
TEST_P(PoolOf, AfterAnErrorNoIndexIsHandedOut) {
  Pool pool = makePool(GetParam());
  std::atomic<int> started{0};
  const auto fail = [](void *argument, int, int) {
    static_cast<std::atomic<int> *>(argument)->fetch_add(1);
    return -5;
  };
  EXPECT_EQ(run(pool.get(), 1000, fail, &started), -5);
  EXPECT_LE(started, GetParam());
}

// The caller, done early, neither returns early nor misses the end when it has gone to sleep.
TEST_P(PoolOf, WaitsForSlowHelpers) {
  Pool pool = makePool(GetParam());
  const auto slowVisit = [](void *argument, int index, int worker) {
    std::this_thread::sleep_for(std::chrono::milliseconds(worker > 0 ? 3 : 1));
    return visit(argument, index, worker);
  };
  for (int repetition = 0; repetition < 10; repetition++) {
    Visits visits(9, GetParam());
    ASSERT_EQ(run(pool.get(), 9, slowVisit, &visits), 0);
    ASSERT_EQ(visits.counts, std::vector<int>(9, 1));
  }
}

TEST_P(PoolOf, ALoopWithinALoopRuns) {
  Pool pool = makePool(GetParam());
  struct Nest {
    cnnrt_exec *exec;
    std::atomic<int> visits{0};
  } nest{pool.get()};
  const auto outer = [](void *argument, int, int) {
    const auto inner = [](void *innerArgument, int, int) {
      static_cast<Nest *>(innerArgument)->visits++;
      return 0;
    };
    return run(static_cast<Nest *>(argument)->exec, 5, inner, argument);
  };
  EXPECT_EQ(run(pool.get(), 12, outer, &nest), 0);
  EXPECT_EQ(nest.visits, 60);
}

TEST_P(PoolOf, SeveralCallersAtOnce) {
  Pool pool = makePool(GetParam());
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int caller = 0; caller < 3; caller++)
    callers.emplace_back([&] {
      for (int repetition = 0; repetition < 300; repetition++) {
        Visits visits(17, GetParam());
        run(pool.get(), 17, visit, &visits);
        wrong += visits.counts != std::vector<int>(17, 1) || visits.badWorkers != 0;
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(wrong, 0);
}

INSTANTIATE_TEST_SUITE_P(Threads, PoolOf, testing::Values(1, 2, 3, 8));

// Two tasks that wait for each other end only if two threads run them: right after the creation,
// when the helper may still spin, and later, when it sleeps.
TEST(Pool, ReallyRunsInParallel) {
  Pool pool = makePool(2);
  const auto meet = [](void *argument, int, int) {
    std::atomic<int> &arrived = *static_cast<std::atomic<int> *>(argument);
    arrived++;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (arrived < 2)
      if (std::chrono::steady_clock::now() > deadline)
        return -1;
    return 0;
  };
  for (int milliseconds : {0, 0, 30, 30}) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    std::atomic<int> arrived{0};
    ASSERT_EQ(run(pool.get(), 2, meet, &arrived), 0) << "after " << milliseconds << " ms";
  }
}

TEST(Pool, IsCreatedAndDestroyedUnused) {
  for (int repetition = 0; repetition < 50; repetition++)
    EXPECT_TRUE(makePool(4));
}

TEST(Pool, RefusesImpossibleNumbers) {
  EXPECT_FALSE(cnnrt_pool_create(-1));
  EXPECT_FALSE(cnnrt_pool_create(CNNRT_MAX_THREADS + 1));
  cnnrt_pool_destroy(nullptr);
}

TEST(Pool, ZeroTakesTheCpusOfThisProcess) {
  Pool pool = makePool(0);
  ASSERT_TRUE(pool);
  EXPECT_GE(pool->threads, 1);
  EXPECT_LE(pool->threads, static_cast<int>(std::thread::hardware_concurrency()));
}
