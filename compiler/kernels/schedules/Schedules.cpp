#include "compiler/kernels/schedules/Schedules.h"
#include "compiler/support/Work.h"

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

// A tensor's shape with 32 for what is known only at run time.
static std::vector<int64_t> approximateShape(const TensorDescription &tensor) {
  std::vector<int64_t> shape = tensor.shape;
  std::replace_if(
      shape.begin(), shape.end(), [](int64_t dim) { return dim < 0; }, 32);
  return shape;
}

static double approximateElements(const TensorDescription &tensor) {
  double elements = 1;
  for (int64_t dim : approximateShape(tensor))
    elements *= static_cast<double>(dim);
  return elements;
}

// True where the kernel takes long enough for threads to pay: some ten microseconds, five times
// what it takes to wake a helper that spins and to wait for it. What counts is the anchor's
// multiplications, or elements where it has none. Sums over single channels take about as long as
// eight products.
static bool worthThreads(const KernelSpec &spec) {
  const OpDescription &anchor = anchorOf(spec);
  std::vector<std::vector<int64_t>> operands;
  for (int operand : anchor.operands)
    operands.push_back(approximateShape(spec.graph.tensor(operand)));
  double elements = approximateElements(anchor.result);
  int64_t products = productsPerElement(anchor.name, operands);
  if (products == 0)
    return std::max(elements, approximateElements(spec.graph.tensor(anchor.operands[0]))) >= 6e4;
  bool singleChannels = anchor.name == "conv" && operands[1][1] == 1;
  return elements * static_cast<double>(products) >= (singleChannels ? 6e4 : 5e5);
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
