// Trains LeNet on several processes, each of which has a part of every batch; the network library
// has the gradients averaged by a hook of this program, which is MPI_Allreduce.
#include "examples/digits/Lenet.h"

#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

constexpr int batchOfProcess = 50;
constexpr uint64_t epochs = 8;
constexpr float largestRate = 0.03f; // For one process; it grows with the root of their number.

namespace {
/// This process among the others.
struct Process {
  int rank, count;
};
} // namespace

/// Ends all processes.
static void fail(const char *message) {
  std::fprintf(stderr, "error: %s\n", message);
  MPI_Abort(MPI_COMM_WORLD, 1);
  std::exit(1);
}

/// The hook: the mean over all processes. MPI sums in an order of its own, but hands every process
/// the same numbers.
static int average(void *, float *values, int64_t count) {
  int status = MPI_Allreduce(MPI_IN_PLACE, values, static_cast<int>(count), MPI_FLOAT, MPI_SUM,
                             MPI_COMM_WORLD);
  int processes;
  MPI_Comm_size(MPI_COMM_WORLD, &processes);
  for (int64_t i = 0; i < count; ++i)
    values[i] /= static_cast<float>(processes);
  return status;
}

static const cnnrt_exec *averaging() {
  static const cnnrt_exec exec = [] {
    cnnrt_exec hooks = {};
    hooks.struct_size = sizeof hooks;
    hooks.threads = 1;
    hooks.all_reduce = average;
    return hooks;
  }();
  return &exec;
}

/// One step of all processes on a batch that all have drawn: each takes its part.
static void stepTogether(Trainer &lenet, const Digits &batch, float rate, const Process &process) {
  size_t first = static_cast<size_t>(process.rank) * batchOfProcess;
  trainStep(lenet, part(batch, first, batchOfProcess), rate);
}

/// The processes together, beside one process with all of their batch.
static void compareWithOne(const Digits &digits, const Process &process) {
  constexpr int steps = 20;
  Batches batches(digits, static_cast<size_t>(batchOfProcess * process.count), 1);
  Trainer together = makeLenet(1, averaging()), alone = makeLenet(1);
  const std::vector<float> start = alone.parameters();
  for (int step = 0; step < steps; ++step) {
    Digits batch = batches.next();
    stepTogether(together, batch, largestRate, process);
    trainStep(alone, batch, largestRate);
  }
  float difference = 0, moved = 0;
  for (size_t i = 0; i < start.size(); ++i) {
    float one = alone.parameters()[i];
    difference = std::max(difference, std::fabs(together.parameters()[i] - one));
    moved = std::max(moved, std::fabs(one - start[i]));
  }
  if (process.rank != 0)
    return;
  std::printf("result: difference from one process %.1e\n", static_cast<double>(difference));
  std::printf("result: parameters moved by up to %.2f in these %d steps\n",
              static_cast<double>(moved), steps);
}

/// How many processes have not the very parameters of the first one.
static int countOtherBits(const Trainer &lenet, const Process &process) {
  std::vector<float> first = lenet.parameters();
  MPI_Bcast(first.data(), static_cast<int>(first.size()), MPI_FLOAT, 0, MPI_COMM_WORLD);
  int differs = first != lenet.parameters(), sum = 0;
  MPI_Allreduce(&differs, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  return sum;
}

static void trainTogether(const Digits &digits, const Digits &heldOut, const Process &process) {
  size_t size = static_cast<size_t>(batchOfProcess * process.count);
  Batches batches(digits, size, 1);
  Trainer lenet = makeLenet(1, averaging());
  const uint64_t steps = epochs * (digits.size() / size);
  float rate = largestRate * std::sqrt(static_cast<float>(process.count));
  double start = MPI_Wtime();
  while (lenet.steps < steps)
    stepTogether(lenet, batches.next(), cosineRate(rate, lenet.steps, steps), process);
  double seconds = MPI_Wtime() - start;
  int others = countOtherBits(lenet, process);
  double accuracy = measureAccuracy(lenet, heldOut);
  if (process.rank != 0)
    return;
  std::printf("result: held-out accuracy %.2f %%\n", accuracy);
  std::printf("result: training time %.1f s\n", seconds);
  std::printf("result: processes of other bits %d\n", others);
}

/// The time of the fastest of many steps on `batch`, in milliseconds: what else runs on the machine
/// only makes steps slower.
static double timeOfStep(const Digits &batch, const cnnrt_exec *exec) {
  Trainer lenet = makeLenet(1, exec);
  double fastest = 0;
  for (int i = 0; i < 300; ++i) {
    double start = MPI_Wtime();
    trainStep(lenet, batch, largestRate);
    double time = 1000 * (MPI_Wtime() - start);
    fastest = i == 0 ? time : std::min(fastest, time);
  }
  return fastest;
}

/// Weak scaling: as much work for each process, however many there are.
static void measureScaling(const Digits &digits, const Process &process) {
  Digits batch = part(digits, static_cast<size_t>(process.rank) * batchOfProcess, batchOfProcess);
  double alone = process.rank == 0 ? timeOfStep(batch, nullptr) : 0;
  MPI_Barrier(MPI_COMM_WORLD);
  double together = timeOfStep(batch, averaging());
  if (process.rank != 0)
    return;
  std::printf("result: step of one process %.2f ms\n", alone);
  std::printf("result: step of %d processes, each with as many digits, %.2f ms\n", process.count,
              together);
  std::printf("result: weak scaling %.0f %%\n", 100 * alone / together);
}

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  Process process;
  MPI_Comm_rank(MPI_COMM_WORLD, &process.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &process.count);
  Digits digits, heldOut;
  if (!loadDigits(DATA, digits, heldOut))
    fail(DATA " has no images.bin and labels.bin that fit");
  if (static_cast<size_t>(process.count) * batchOfProcess > digits.size())
    fail("there are more processes than batches");
  if (process.rank == 0)
    std::printf("result: processes %d\n", process.count);
  compareWithOne(digits, process);
  trainTogether(digits, heldOut, process);
  measureScaling(digits, process);
  MPI_Finalize();
  return 0;
}
