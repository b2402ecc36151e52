// Every form of layer on one core: its time, and for the compute-bound ones the share of the FMA
// peak, which is measured around each layer and checked against clock times FMA width.
//
//     bench_layers [TARGET] [--only=SUBSTRING] [--schedules] [--set=NAME=VALUE,...] [--cold]
//
// With --schedules every schedule of the space is timed, and the best shown beside the default;
// with --set the default with other values of its parameters. With --cold filters come from
// memory, as in a network that has more of them than the caches hold.
#include "compiler/support/Peak.h"
#include "tests/kernels/LoadedKernel.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <sstream>
#include <sys/mman.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

using namespace cnnc;
using Ints = std::vector<int64_t>;

namespace {

/// A layer to measure: a conv (or linear) over `input`, maybe with a pool after it.
struct Layer {
  std::string name;
  Ints input; ///< N C space..., or N K for linear
  Ints filter;
  int64_t stride = 1, dilation = 1, groups = 1;
  Ints pads = {}; ///< Begins = ends, per spatial dim; empty: keeps the size
  bool symbolic = false, computeBound = true;
  int64_t pool = 0; ///< Of a max_pool after it with stride 2, 2 or 3 (then padded by 1); 0: none.
  Layout inputLayout = Layout::ChannelsLast;
  bool filterGrad = false; ///< The gradient with respect to the filter instead of the layer.
};

/// The spec of a layer, the sizes of its symbols, its operations.
struct Problem {
  KernelSpec spec;
  Ints sizes;
  double operations;
};

} // namespace

static std::vector<Layer> formLayers() {
  std::vector<Layer> layers = {
      {"3x3 stride 1", {1, 64, 56, 56}, {64, 64, 3, 3}},
      {"3x3 stride 2", {1, 128, 56, 56}, {128, 128, 3, 3}, 2},
      {"7x7 stride 2 from 3 channels", {1, 3, 224, 224}, {64, 3, 7, 7}, 2},
      {"1x1", {1, 128, 28, 28}, {128, 128, 1, 1}},
      {"dilated 3x3", {1, 64, 56, 56}, {64, 64, 3, 3}, 1, 2},
      {"grouped 3x3, 4 groups", {1, 128, 28, 28}, {128, 32, 3, 3}, 1, 1, 4},
      {"grouped 3x3, 32 groups of 4", {1, 128, 56, 56}, {128, 4, 3, 3}, 1, 1, 32},
      {"grouped 3x3, 32 groups of 8", {1, 256, 28, 28}, {256, 8, 3, 3}, 1, 1, 32},
      {"1x7", {1, 128, 17, 17}, {128, 128, 1, 7}},
      {"7x1", {1, 128, 17, 17}, {128, 128, 7, 1}},
      {"5x5", {1, 32, 28, 28}, {64, 32, 5, 5}},
      {"odd channels, 37 to 45", {1, 37, 40, 40}, {45, 37, 3, 3}},
      {"few channels, 16 to 10", {1, 16, 64, 64}, {10, 16, 3, 3}},
      {"1-D, 3 taps", {1, 64, 4000}, {64, 64, 3}},
      {"1-D, 9 taps", {1, 64, 4000}, {64, 64, 9}},
      {"3-D, 3x3x3", {1, 32, 16, 28, 28}, {32, 32, 3, 3, 3}},
  };
  layers.push_back({"3x3, relu, max_pool 2x2", {1, 64, 112, 112}, {128, 64, 3, 3}});
  layers.back().pool = 2;
  layers.push_back({"7x7 stride 2, relu, max_pool 3x3", {1, 3, 224, 224}, {64, 3, 7, 7}, 2});
  layers.back().pool = 3;
  for (Layer layer : {layers[0], layers[3], layers[2]}) {
    layer.name += ", symbolic size";
    layer.symbolic = true;
    layers.push_back(layer);
  }
  layers.push_back({"7x7 stride 2 from NCHW", {1, 3, 224, 224}, {64, 3, 7, 7}, 2});
  layers.back().inputLayout = Layout::RowMajor;
  layers.push_back({"depthwise 3x3", {1, 96, 56, 56}, {96, 1, 3, 3}, 1, 1, 96});
  layers.back().computeBound = false;
  layers.push_back({"depthwise 3x3 stride 2", {1, 96, 112, 112}, {96, 1, 3, 3}, 2, 1, 96});
  layers.back().computeBound = false;
  for (auto [channels, size, kernel] : {std::tuple{192, 28, 3},
                                        {384, 14, 3},
                                        {960, 7, 3},
                                        {240, 28, 5},
                                        {672, 14, 5},
                                        {1152, 7, 5}}) {
    std::string extent = std::to_string(kernel);
    layers.push_back({"depthwise " + extent + "x" + extent + " " + std::to_string(channels) + "@" +
                          std::to_string(size),
                      {1, channels, size, size},
                      {channels, 1, kernel, kernel},
                      1,
                      1,
                      channels});
    layers.back().computeBound = false;
  }
  layers.push_back({"linear, batch 1", {1, 2048}, {1000, 2048}});
  layers.back().computeBound = false;
  layers.push_back({"linear, batch 64", {64, 1024}, {1024, 1024}});
  return layers;
}

// Gradients with respect to filters: of residual networks' convolutions, and of small networks'.
static std::vector<Layer> filterGradLayers() {
  std::vector<Layer> layers;
  auto add = [&](const std::string &name, Ints input, Ints filter, int64_t stride = 1,
                 int64_t groups = 1) {
    layers.push_back(
        {"filter grad " + name, std::move(input), std::move(filter), stride, 1, groups});
    layers.back().filterGrad = true;
  };
  for (int64_t batch : {1, 8}) {
    std::string suffix = ", batch " + std::to_string(batch);
    for (auto [channels, size] : {std::pair{64, 56}, {128, 28}, {256, 14}, {512, 7}})
      add("3x3 " + std::to_string(channels) + "@" + std::to_string(size) + suffix,
          {batch, channels, size, size}, {channels, channels, 3, 3});
    add("1x1 64>256@56" + suffix, {batch, 64, 56, 56}, {256, 64, 1, 1});
    add("1x1 256>64@56" + suffix, {batch, 256, 56, 56}, {64, 256, 1, 1});
    add("3x3 128@56 stride 2" + suffix, {batch, 128, 56, 56}, {128, 128, 3, 3}, 2);
    add("7x7 3>64@224 stride 2" + suffix, {batch, 3, 224, 224}, {64, 3, 7, 7}, 2);
    add("depthwise 3x3 96@56" + suffix, {batch, 96, 56, 56}, {96, 1, 3, 3}, 1, 96);
    layers.back().computeBound = false;
  }
  add("3x3 16@32, batch 32", {32, 16, 32, 32}, {16, 16, 3, 3});
  add("3x3 64@8, batch 32", {32, 64, 8, 8}, {64, 64, 3, 3});
  add("5x5 1>6@28, batch 64", {64, 1, 28, 28}, {6, 1, 5, 5});
  add("5x5 6>16@14, batch 64", {64, 6, 14, 14}, {16, 6, 5, 5});
  return layers;
}

// The distinct convolutions of ResNet-50 at 224x224.
static std::vector<Layer> resnetLayers() {
  std::vector<Layer> layers;
  auto add = [&](int64_t size, int64_t in, int64_t out, int64_t kernel, int64_t stride) {
    std::string name = "resnet50 " + std::to_string(size) + " " + std::to_string(in) + ">" +
                       std::to_string(out) + " " + std::to_string(kernel) + "x" +
                       std::to_string(kernel) + (stride > 1 ? " s2" : "");
    layers.push_back({name, {1, in, size, size}, {out, in, kernel, kernel}, stride});
  };
  add(224, 3, 64, 7, 2);
  int64_t size = 56, in = 64;
  for (int64_t width : {64, 128, 256, 512}) {
    bool first = width == 64;
    add(size, in, width, 1, 1);
    add(size, width, width, 3, first ? 1 : 2);
    add(size, in, 4 * width, 1, first ? 1 : 2);
    size = first ? size : size / 2;
    if (first)
      add(size, 4 * width, width, 1, 1);
    else {
      add(size, 4 * width, width, 1, 1);
      add(size, width, width, 3, 1);
    }
    add(size, width, 4 * width, 1, 1);
    in = 4 * width;
  }
  return layers;
}

// The 3x3 convolutions of VGG-16 and of a U-Net, and those of deep residual networks: from large
// maps of few channels to filters that no cache holds.
static std::vector<Layer> winogradLayers() {
  std::vector<Layer> layers;
  for (auto [in, out, size] : {std::tuple{32, 32, 256},
                               {64, 64, 224},
                               {64, 128, 112},
                               {128, 128, 112},
                               {64, 64, 56},
                               {128, 256, 56},
                               {256, 256, 56},
                               {128, 128, 28},
                               {256, 256, 28},
                               {256, 512, 28},
                               {512, 512, 28},
                               {256, 256, 14},
                               {512, 512, 14},
                               {512, 512, 16},
                               {512, 512, 7}})
    layers.push_back(
        {"winograd " + std::to_string(in) + ">" + std::to_string(out) + "@" + std::to_string(size),
         {1, in, size, size},
         {out, in, 3, 3}});
  return layers;
}

static Problem problemOf(const Layer &layer, const Target &target) {
  Problem problem;
  KernelSpec &spec = problem.spec;
  bool isLinear = layer.filter.size() == 2;
  size_t space = layer.filter.size() - 2;
  Ints input = layer.input, output = {layer.input[0], layer.filter[0]}, pads;
  problem.operations = 2.0 * static_cast<double>(layer.filter[0] * layer.input[0]);
  for (size_t s = 0; s < space; ++s) {
    int64_t span = (layer.filter[s + 2] - 1) * layer.dilation + 1;
    pads.push_back(layer.pads.empty() ? span / 2 : layer.pads[s]);
    output.push_back((layer.input[s + 2] + 2 * pads[s] - span) / layer.stride + 1);
    problem.operations *= static_cast<double>(output.back());
  }
  for (size_t dim = 1; dim < layer.filter.size(); ++dim)
    problem.operations *= static_cast<double>(layer.filter[dim]);
  pads.insert(pads.end(), pads.begin(), pads.begin() + static_cast<long>(space));
  Ints map = output;
  if (layer.symbolic)
    for (size_t s = 0; s < space; ++s) {
      problem.sizes.insert(problem.sizes.end(), {input[s + 2], output[s + 2]});
      input[s + 2] = -1 - 2 * static_cast<int64_t>(s);
      map[s + 2] = output[s + 2] == layer.input[s + 2] ? input[s + 2] : input[s + 2] - 1;
    }
  spec.graph.inputs = {{ElementType::F32, input},
                       {ElementType::F32, layer.filter},
                       {ElementType::F32, {layer.filter[0]}}};
  spec.layouts = {isLinear ? Layout::RowMajor : layer.inputLayout, Layout::Packed,
                  Layout::RowMajor};
  spec.isWeight = {false, true, true};
  spec.outputLayout = isLinear ? Layout::RowMajor : Layout::ChannelsLast;
  OpDescription op{isLinear ? "linear" : "conv", {0, 1, 2}, {}, {ElementType::F32, map}};
  if (!isLinear)
    op.attributes = {{"strides", Ints(space, layer.stride)},
                     {"dilations", Ints(space, layer.dilation)},
                     {"pads", pads},
                     {"auto_pad", std::string("explicit")},
                     {"groups", layer.groups}};
  spec.graph.ops = {op, {"relu", {3}, {}, {ElementType::F32, map}}};
  if (layer.pool > 0) {
    Ints pooled = map;
    for (size_t s = 0; s < space; ++s)
      pooled[s + 2] /= 2;
    spec.graph.ops.push_back({"max_pool",
                              {4},
                              {{"kernel_shape", Ints(space, layer.pool)},
                               {"strides", Ints(space, 2)},
                               {"dilations", Ints(space, 1)},
                               {"pads", Ints(2 * space, layer.pool - 2)},
                               {"auto_pad", std::string("explicit")},
                               {"ceil_mode", false}},
                              {ElementType::F32, pooled}});
  }
  spec.target = target;
  return problem;
}

// The same layer's gradient with respect to its filter.
static Problem filterGradOf(Problem problem) {
  KernelSpec &spec = problem.spec;
  OpDescription op = spec.graph.ops.front();
  Ints filter = spec.graph.inputs[1].shape;
  spec.graph.inputs = {spec.graph.inputs[0], op.result};
  spec.layouts = {spec.layouts[0], Layout::ChannelsLast};
  spec.isWeight = {false, false};
  op.name = "conv_filter_grad";
  op.operands = {0, 1};
  op.attributes["kernel_shape"] = Ints(filter.begin() + 2, filter.end());
  op.result.shape = filter;
  spec.graph.ops = {op};
  return problem;
}

namespace {

/// Memory as weights of a network have it: in large pages.
class LargePages {
public:
  explicit LargePages(size_t bytes) : bytes((bytes + page - 1) / page * page) {
    start.reset(static_cast<float *>(std::aligned_alloc(page, this->bytes)));
    madvise(start.get(), this->bytes, MADV_HUGEPAGE);
  }
  float *data() const { return start.get(); }
  /// Takes it out of all caches.
  void flush() const {
#ifdef __SSE2__
    for (size_t i = 0; i < bytes; i += 64)
      _mm_clflush(reinterpret_cast<const char *>(start.get()) + i);
    _mm_mfence();
#endif
  }

private:
  struct Free {
    void operator()(float *memory) const { std::free(memory); }
  };
  static constexpr size_t page = 2 << 20;
  size_t bytes;
  std::unique_ptr<float, Free> start;
};

} // namespace

// Seconds of one call with inputs of small random numbers.
static double measure(const Problem &problem, double minimumSeconds, bool cold) {
  const KernelSpec &spec = problem.spec;
  LoadedKernel kernel(spec);
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> random(-1, 1);
  std::vector<LargePages> data;
  std::vector<std::vector<halide_dimension_t>> dims(spec.graph.inputs.size() + 1);
  std::vector<halide_buffer_t> buffers;
  auto add = [&](const Ints &shape) {
    int64_t size = 1;
    for (int64_t extent : shape)
      size *= extent;
    data.emplace_back(static_cast<size_t>(size + 16) * sizeof(float));
    std::generate_n(data.back().data(), size, [&] { return random(generator); });
    buffers.push_back(
        describeBuffer(data.back().data(), shape, ElementType::F32, dims[buffers.size()]));
  };
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i) {
    Ints packed = packedShape(spec, static_cast<int>(i));
    add(spec.layouts[i] == Layout::Packed
            ? Ints(packed.rbegin(), packed.rend())
            : memoryExtents(spec.graph.inputs[i].shape, spec.layouts[i], problem.sizes));
  }
  add(memoryExtents(spec.graph.result().shape, spec.outputLayout, problem.sizes));
  auto flushFilter = [&] { data[1].flush(); };
  return kernel.secondsPerCall(buffers, problem.sizes, minimumSeconds,
                               cold ? flushFilter : std::function<void()>());
}

static std::string toString(const Schedule &schedule) {
  std::string text = schedule.algorithm;
  for (const auto &[name, value] : schedule.parameters)
    text += " " + name.substr(0, 1) + std::to_string(value);
  return text;
}

// Changes parameters as "columns=16,vectors=1" says; false where it names none of the schedule's.
static bool change(Schedule &schedule, const std::string &changes) {
  std::stringstream stream(changes);
  for (std::string item; std::getline(stream, item, ',');) {
    size_t equals = std::min(item.find('='), item.size() - 1);
    auto parameter = schedule.parameters.find(item.substr(0, equals));
    if (parameter == schedule.parameters.end())
      return false;
    parameter->second = std::atoll(item.c_str() + equals + 1);
  }
  return true;
}

// False where the layer's default schedule has no such parameters.
static bool report(const Layer &layer, const Target &target, bool allSchedules, bool cold,
                   const std::string &changes) {
  Problem problem = problemOf(layer, target);
  if (layer.filterGrad)
    problem = filterGradOf(problem);
  std::vector<Schedule> space = scheduleSpace(problem.spec);
  if (!allSchedules)
    space.resize(1);
  if (!change(space.front(), changes))
    return false;
  double bestShare = 0;
  for (const Schedule &schedule : space) {
    problem.spec.schedule = schedule;
    double peak = measureFmaPeak(target.vectorBytes);
    double seconds = measure(problem, allSchedules ? 0.05 : 0.3, cold);
    peak = std::max(peak, measureFmaPeak(target.vectorBytes));
    double share = problem.operations / seconds / peak;
    bool first = &schedule == &space.front();
    if (first || share > bestShare) {
      bestShare = std::max(share, bestShare);
      std::printf("%-34s %9.1f us %7.1f GFLOP/s %6.1f %% of peak   %s\n", layer.name.c_str(),
                  seconds * 1e6, problem.operations / seconds * 1e-9, share * 100,
                  toString(schedule).c_str());
    }
    if (first && layer.computeBound)
      std::printf("result: %s share of peak %.1f %%\n", layer.name.c_str(), share * 100);
    std::fflush(stdout);
  }
  return true;
}

int main(int argc, char **argv) {
  std::string name = "host", only, changes;
  bool allSchedules = false, cold = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--only=", 7) == 0)
      only = argv[i] + 7;
    else if (std::strncmp(argv[i], "--set=", 6) == 0)
      changes = argv[i] + 6;
    else if (std::strcmp(argv[i], "--cold") == 0)
      cold = true;
    else if (std::strcmp(argv[i], "--schedules") == 0)
      allSchedules = true;
    else
      name = argv[i];
  }
  const Target *target = findTarget(name);
  if (!target || !runsHere(*target)) {
    std::fprintf(stderr, "error: this machine does not run code for '%s'\n", name.c_str());
    return 1;
  }
  double clock = measureClock(), peak = measureFmaPeak(target->vectorBytes);
  std::printf("%s: clock %.2f GHz, FMA peak %.1f GFLOP/s on one core\n", target->name.c_str(),
              clock * 1e-9, peak * 1e-9);
  std::printf("result: peak per cycle %.1f flop\n", peak / clock);
  std::vector<Layer> layers = formLayers();
  for (const std::vector<Layer> &more : {resnetLayers(), winogradLayers(), filterGradLayers()})
    layers.insert(layers.end(), more.begin(), more.end());
  int reported = 0;
  for (const Layer &layer : layers)
    if (layer.name.find(only) != std::string::npos)
      reported += report(layer, *target, allSchedules, cold, changes);
  if (reported == 0) {
    std::fprintf(stderr, "error: no layer has '%s' in its name and the parameters '%s'\n",
                 only.c_str(), changes.c_str());
    return 1;
  }
  return 0;
}
