#include "compiler/kernels/schedules/Schedules.h"

#include <algorithm>

namespace cnnc {

using namespace Halide;

#define ALGORITHM(name, Function)                                                                  \
  bool applies##Function(const KernelSpec &spec);                                                  \
  std::vector<Schedule> space##Function(const KernelSpec &spec);                                   \
  double cost##Function(const KernelSpec &spec);                                                   \
  void place##Function(KernelBuild &build);
#include "compiler/kernels/schedules/Schedules.def"

const std::vector<Algorithm> &algorithms() {
  static const std::vector<Algorithm> table = {
#define ALGORITHM(name, Function)                                                                  \
  {#name, applies##Function, space##Function, cost##Function, place##Function},
#include "compiler/kernels/schedules/Schedules.def"
  };
  return table;
}

static double approximateElements(const TensorDescription &tensor) {
  double elements = 1;
  for (int64_t dim : tensor.shape)
    elements *= dim < 0 ? 32 : static_cast<double>(dim);
  return elements;
}

// Multiplications of the anchor per call, or elements where it has none; a run-time size counts as
// 32.
static double approximateWork(const KernelSpec &spec) {
  const OpDescription &anchor = anchorOf(spec);
  double work = approximateElements(anchor.result);
  if (anchor.name == "conv" || anchor.name == "linear") {
    const TensorDescription &filter = spec.graph.tensor(anchor.operands[1]);
    return work * approximateElements(filter) / static_cast<double>(filter.shape[0]);
  }
  const TensorDescription &input = spec.graph.tensor(anchor.operands[0]);
  if (anchor.name == "conv_filter_grad") {
    const TensorDescription &gradient = spec.graph.tensor(anchor.operands[1]);
    return work * approximateElements(gradient) / static_cast<double>(gradient.shape[1]);
  }
  if (anchor.name == "matmul")
    return work * (input.shape.back() < 0 ? 32 : static_cast<double>(input.shape.back()));
  return std::max(work, approximateElements(input));
}

// True where the kernel takes long enough for threads to pay: some ten microseconds, five times
// what it takes to wake a helper that spins and to wait for it. Sums over single channels take
// about as long as eight products.
static bool worthThreads(const KernelSpec &spec) {
  const OpDescription &anchor = anchorOf(spec);
  bool depthwise = anchor.name == "conv" && spec.graph.tensor(anchor.operands[1]).shape[1] == 1;
  bool multiplies = anchor.name == "conv" || anchor.name == "conv_filter_grad" ||
                    anchor.name == "linear" || anchor.name == "matmul";
  return approximateWork(spec) >= (multiplies && !depthwise ? 5e5 : 6e4);
}

std::vector<Schedule> scheduleSpace(const KernelSpec &spec, double error) {
  std::vector<std::pair<double, const Algorithm *>> applying;
  for (const Algorithm &algorithm : algorithms())
    if (algorithm.applies(spec))
      applying.push_back({algorithm.cost(spec), &algorithm});
  std::stable_sort(applying.begin(), applying.end(),
                   [](const auto &a, const auto &b) { return a.first < b.first; });
  std::vector<Schedule> space;
  KernelSpec candidate = spec;
  for (const auto &[cost, algorithm] : applying)
    for (Schedule &schedule : algorithm->space(spec)) {
      schedule.parameters["parallel"] = worthThreads(spec);
      candidate.schedule = schedule;
      if (addedError(candidate) <= error)
        space.push_back(std::move(schedule));
    }
  if (space.empty())
    throw KernelError("no schedule for a kernel with anchor '" + anchorOf(spec).name + "'" +
                      (applying.empty() ? "" : " is exact enough"));
  return space;
}

Schedule defaultSchedule(const KernelSpec &spec, double error) {
  return scheduleSpace(spec, error).front();
}

const OpDescription &anchorOf(const KernelSpec &spec) {
  return spec.graph.ops[static_cast<size_t>(spec.anchor)];
}

int vectorWidth(int lanes, int64_t extent) {
  while (extent >= 0 && lanes > 1 && lanes > extent)
    lanes /= 2;
  return lanes;
}

int largestDivisor(int64_t extent, const std::vector<int> &candidates) {
  int best = candidates.front();
  for (int candidate : candidates)
    if (extent % candidate == 0)
      best = candidate;
  return best;
}

bool isParallel(const KernelBuild &build) { return build.parameter("parallel") != 0; }

double imbalance(int64_t units, int64_t size, int64_t parts, int threads) {
  // Of so many tasks none weighs; a large image has millions.
  if (parts * (units / size) > 32 * threads)
    return 1;
  std::vector<int64_t> busy(static_cast<size_t>(threads));
  for (int64_t part = 0; part < parts; ++part)
    for (int64_t begin = 0; begin < units; begin += size)
      *std::min_element(busy.begin(), busy.end()) += std::min(size, units - begin);
  double last = static_cast<double>(*std::max_element(busy.begin(), busy.end()));
  return last * threads / static_cast<double>(units * parts);
}

Loops loopsOf(const Value &result, int channelDim, int columnDim) {
  Loops loops;
  std::vector<Var> vars = dimVars(result.rank());
  loops.hasChannel = channelDim >= 0 && channelDim < result.rank();
  loops.hasColumn = columnDim >= 0 && columnDim < result.rank();
  if (loops.hasChannel)
    loops.channel = vars[static_cast<size_t>(channelDim)];
  if (loops.hasColumn) {
    loops.column = vars[static_cast<size_t>(columnDim)];
    loops.columnExtent = result.shape[static_cast<size_t>(columnDim)];
  }
  for (int dim = result.rank() - 1; dim >= 0; --dim)
    if (dim != channelDim && dim != columnDim)
      loops.outer.push_back(vars[static_cast<size_t>(dim)]);
  return loops;
}

Var parallelTask(const KernelBuild &build, Stage stage, const std::vector<Var> &tasks) {
  Var task = tasks.front();
  for (size_t i = 1; i < tasks.size(); ++i) {
    Var fused("task" + std::to_string(i));
    stage.fuse(task, tasks[i], fused);
    task = fused;
  }
  if (isParallel(build))
    stage.parallel(task);
  return task;
}

void forColumns(Func func, const Loops &loops, int columns,
                const std::function<void(Stage, int)> &tile) {
  if (!loops.hasColumn || columns <= 1) {
    tile(func, 1);
    return;
  }
  auto extent = Internal::as_const_int(loops.columnExtent);
  if (!extent)
    tile(func.specialize(loops.columnExtent >= columns), columns);
  tile(func, extent && *extent >= columns ? columns : 1);
}

void vectorizeFastest(const KernelBuild &build, Func func, const Var &fastest, int64_t extent,
                      int lanes) {
  int width = vectorWidth(lanes, extent);
  if (width == 1)
    return;
  // A row that is known to hold a whole vector has its last one shifted inwards, which computes
  // some elements twice: not where their inputs are overwritten.
  bool shifts = extent >= 0 && build.spec.inPlace < 0;
  TailStrategy tail = shifts ? TailStrategy::ShiftInwards : TailStrategy::GuardWithIf;
  Var vector("vector");
  func.split(fastest, fastest, vector, width, tail).vectorize(vector);
}

// Computes a Func over channels, columns and maybe more before everything else.
static void placeAtRoot(const KernelBuild &build, Func func) {
  func.compute_root();
  std::vector<Var> loops = func.args();
  if (!isParallel(build) || loops.size() < 2)
    return;
  Var inner("inner"), task = loops[1];
  if (loops.size() > 3) {
    parallelTask(build, func, {loops.begin() + 2, loops.end()});
    return;
  }
  func.split(task, task, inner, 16, TailStrategy::GuardWithIf).parallel(task);
}

void placeStaged(KernelBuild &build, Func consumer, const Var &at, bool atRoot, int64_t fewest) {
  Func staged = build.anchor.staged;
  if (!staged.defined())
    return;
  if (atRoot)
    placeAtRoot(build, staged);
  else
    staged.compute_at(consumer, at);
  const Value &from = build.anchor.stagedValue;
  int fastest = memoryOrder(from.layout, from.rank()).front();
  vectorizeFastest(build, staged, dimVars(from.rank())[static_cast<size_t>(fastest)],
                   fewest >= 0 ? fewest : from.description.shape[static_cast<size_t>(fastest)],
                   build.spec.target.lanes(sizeInBytes(from.description.elementType)));
}

} // namespace cnnc
