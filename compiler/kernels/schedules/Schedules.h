// The algorithms of Schedules.def, and what their files share.
#pragma once

#include "compiler/kernels/KernelBuild.h"

namespace cnnc {

/// One algorithm: see Schedules.def.
struct Algorithm {
  const char *name;
  bool (*applies)(const KernelSpec &spec);
  std::vector<Schedule> (*space)(const KernelSpec &spec);
  /// The estimated time of the first of the space, over that of the anchor's multiplications at the
  /// CPU's peak: comparable between the algorithms that apply to a kernel. 1 where none compete.
  double (*cost)(const KernelSpec &spec);
  void (*place)(KernelBuild &build);
};

const std::vector<Algorithm> &algorithms();

/// The anchor of a kernel.
const OpDescription &anchorOf(const KernelSpec &spec);
/// The largest power of two that is no more than the extent of a dim and `lanes`; for an extent
/// known only at run time, `lanes`.
int vectorWidth(int lanes, int64_t extent);
/// The largest of `candidates` (ascending) that divides `extent`, at least the first.
int largestDivisor(int64_t extent, const std::vector<int> &candidates);
/// True where the schedule shares the kernel's work out to threads: its parameter `parallel`, which
/// each schedule of scheduleSpace has.
bool isParallel(const KernelBuild &build);

/// Time of `threads` threads that take tasks in turn, over that of one divided by their number. The
/// tasks are `parts` times the pieces of `size` units, the last of them with what is left.
double imbalance(int64_t units, int64_t size, int64_t parts, int threads);
/// The imbalances of two and of four threads as one factor of a cost. One thread counts most: a
/// program with many threads may run a network on each.
inline double onThreads(double two, double four) { return (5 + 2 * two + four) / 8; }

/// Dims of a Func as loops: the one that vectors run along, the one that register tiles run along,
/// and the others, fastest first.
struct Loops {
  Halide::Var channel, column;
  bool hasChannel = false, hasColumn = false;
  Halide::Expr columnExtent;
  std::vector<Halide::Var> outer;
};
Loops loopsOf(const Value &result, int channelDim, int columnDim);

/// Fuses the loops `tasks` (fastest first) of a stage into one, parallel where it pays; returns it.
Halide::Var parallelTask(const KernelBuild &build, Halide::Stage stage,
                         const std::vector<Halide::Var> &tasks);

/// Calls tile(stage, columns) for `func`: with the wanted columns where the row is long enough, and
/// with one column for shorter rows, which can not be told apart before run time when the extent is
/// symbolic. A tile's tail is shifted inwards, so it needs a row of at least its length.
void forColumns(Halide::Func func, const Loops &loops, int columns,
                const std::function<void(Halide::Stage, int)> &tile);

/// Computes the staged input of the anchor at `consumer`'s loop `at` (or at the root), in vectors.
/// `fewest` is the least that is computed there of the staged input's fastest dim; -1: all of it.
void placeStaged(KernelBuild &build, Halide::Func consumer, const Halide::Var &at, bool atRoot,
                 int64_t fewest = -1);

/// Splits the memory-fastest dim of an output for vectors; returns true where it could.
void vectorizeFastest(const KernelBuild &build, Halide::Func func, const Halide::Var &fastest,
                      int64_t extent, int lanes);

} // namespace cnnc
