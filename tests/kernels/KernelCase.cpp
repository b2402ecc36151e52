#include "tests/kernels/KernelCase.h"
#include "compiler/reference/Reference.h"
#include "tests/kernels/LoadedKernel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <set>
#include <sys/mman.h>

namespace cnnc {

using reference::Tensor;

Attributes windowAttributes(int space, Attributes changes) {
  size_t dims = static_cast<size_t>(space);
  changes.insert({{"strides", Ints(dims, 1)},
                  {"dilations", Ints(dims, 1)},
                  {"pads", Ints(2 * dims, 0)},
                  {"auto_pad", std::string("explicit")}});
  return changes;
}

Attributes convAttributes(int space, Attributes changes) {
  changes.insert({"groups", int64_t(1)});
  return windowAttributes(space, std::move(changes));
}

Schedule smallWinograd(int64_t outputs, int64_t tileColumns) {
  return {"winograd",
          {{"output_rows", outputs},
           {"output_columns", outputs},
           {"tile_rows", 2},
           {"tile_columns", tileColumns},
           {"channel_tasks", 1},
           {"lanes", 8},
           {"vectors", 2},
           {"columns", 3},
           {"parallel", 1}}};
}

KernelCase::KernelCase(const std::string &name) : name(name) {
  spec.outputLayout = Layout::RowMajor;
  for (const char *target : {"x86-64-avx512", "x86-64-avx2", "arm-64-linux"})
    if (runsHere(*findTarget(target)))
      targets.push_back(target);
}

int KernelCase::input(Ints shape, Layout layout, ElementType type) {
  spec.graph.inputs.push_back({type, std::move(shape)});
  spec.layouts.push_back(layout);
  spec.isWeight.push_back(false);
  return lastValue();
}

int KernelCase::weight(Ints shape) {
  int value = input(std::move(shape));
  spec.isWeight.back() = true;
  return value;
}

KernelCase &KernelCase::op(const std::string &opName, std::vector<int> operands,
                           Attributes attributes, Ints result, ElementType type) {
  spec.graph.ops.push_back({opName, std::move(operands), std::move(attributes), {type, result}});
  spec.outputLayout = Layout::RowMajor;
  return *this;
}

KernelCase &KernelCase::output(Layout layout) {
  spec.outputLayout = layout;
  return *this;
}
KernelCase &KernelCase::pitched(int64_t more) {
  auto canHave = [](const TensorDescription &tensor, Layout layout) {
    return tensor.rank() == 2 || (tensor.rank() >= 3 && layout == Layout::ChannelsLast);
  };
  spec.pitches.assign(spec.graph.inputs.size(), 0);
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i)
    if (!spec.isWeight[i] && canHave(spec.graph.inputs[i], spec.layouts[i]))
      spec.pitches[i] = spec.graph.inputs[i].shape[1] + more;
  if (canHave(spec.graph.result(), spec.outputLayout))
    spec.outputPitch = spec.graph.result().shape[1] + more;
  return *this;
}
KernelCase &KernelCase::inPlace(int input) {
  spec.inPlace = input;
  return *this;
}
KernelCase &KernelCase::anchor(int op) {
  spec.anchor = op;
  return *this;
}
KernelCase &KernelCase::at(std::vector<Ints> runTimeSizes) {
  sizes = std::move(runTimeSizes);
  return *this;
}
KernelCase &KernelCase::schedule(const Schedule &schedule) {
  spec.schedule = schedule;
  return *this;
}
KernelCase &KernelCase::target(const std::string &targetName) {
  targets = {targetName};
  return *this;
}
KernelCase &KernelCase::range(double l, double h) {
  low = l;
  high = h;
  return *this;
}

KernelSpec KernelCase::finished(const std::string &targetName) const {
  KernelSpec result = spec;
  result.target = *findTarget(targetName);
  if (result.schedule.algorithm.empty())
    result.schedule = defaultSchedule(result);
  for (const OpDescription &op : result.graph.ops) {
    if (op.name != "conv" && op.name != "linear" && op.name != "matmul")
      continue;
    size_t filter = static_cast<size_t>(op.operands[1]);
    bool isBatch = op.name == "matmul" && result.graph.tensor(op.operands[1]).rank() > 2;
    if (filter < result.isWeight.size() && result.isWeight[filter] && !isBatch)
      result.layouts[filter] = Layout::Packed;
  }
  return result;
}

namespace {

/// Memory whose end (or begin) borders on a page that must not be touched.
class GuardedMemory {
public:
  GuardedMemory(size_t bytes, size_t alignment, bool atEnd) {
    size_t page = 4096;
    size_t inner = (bytes + page - 1) / page * page + page;
    total = inner + 2 * page;
    base = static_cast<uint8_t *>(
        mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base, page, PROT_NONE);
    mprotect(base + page + inner, page, PROT_NONE);
    data = atEnd ? base + page + (inner - bytes) / alignment * alignment : base + page;
  }
  GuardedMemory(GuardedMemory &&other)
      : data(other.data), base(std::exchange(other.base, nullptr)), total(other.total) {}
  ~GuardedMemory() {
    if (base)
      munmap(base, total);
  }
  uint8_t *data;

private:
  uint8_t *base;
  size_t total;
};

} // namespace

static void store(ElementType type, double value, uint8_t *to, size_t i) {
  switch (type) {
  case ElementType::F32:
    reinterpret_cast<float *>(to)[i] = static_cast<float>(value);
    break;
  case ElementType::F64:
    reinterpret_cast<double *>(to)[i] = value;
    break;
  case ElementType::U8:
  case ElementType::Bool:
    to[i] = static_cast<uint8_t>(value);
    break;
  case ElementType::I8:
    to[i] = static_cast<uint8_t>(static_cast<int8_t>(value));
    break;
  case ElementType::I32:
    reinterpret_cast<int32_t *>(to)[i] = static_cast<int32_t>(value);
    break;
  case ElementType::I64:
    reinterpret_cast<int64_t *>(to)[i] = static_cast<int64_t>(value);
    break;
  }
}

static double load(ElementType type, const uint8_t *from, size_t i) {
  switch (type) {
  case ElementType::F32:
    return reinterpret_cast<const float *>(from)[i];
  case ElementType::F64:
    return reinterpret_cast<const double *>(from)[i];
  case ElementType::U8:
  case ElementType::Bool:
    return from[i];
  case ElementType::I8:
    return static_cast<int8_t>(from[i]);
  case ElementType::I32:
    return reinterpret_cast<const int32_t *>(from)[i];
  case ElementType::I64:
    return static_cast<double>(reinterpret_cast<const int64_t *>(from)[i]);
  }
  return 0;
}

// For each element in memory order its index in logical, row-major order.
static std::vector<size_t> memoryToLogical(const Ints &shape, Layout layout) {
  size_t count = 1;
  for (int64_t dim : shape)
    count *= static_cast<size_t>(dim);
  std::vector<size_t> order(count);
  bool moved = layout == Layout::ChannelsLast && shape.size() >= 3;
  size_t n = moved ? size_t(shape[0]) : 1, c = moved ? size_t(shape[1]) : 1;
  size_t space = count / std::max<size_t>(n * c, 1);
  for (size_t i = 0; i < count; ++i) {
    size_t channel = i % c, pixel = i / c % space, image = i / (c * space);
    order[i] = moved ? (image * c + channel) * space + pixel : i;
  }
  return order;
}

namespace {

/// Where the elements of a tensor lie, which are numbered as if it were dense: at the begin of its
/// pixels or, to border on what follows, at their end.
struct Placement {
  size_t channels = 1, pitch = 1, first = 0;

  Placement(const Ints &shape, int64_t pitchOrDense, bool atEnd) {
    if (pitchOrDense == 0)
      return;
    channels = static_cast<size_t>(shape[1]);
    pitch = static_cast<size_t>(pitchOrDense);
    first = atEnd ? pitch - channels : 0;
  }
  /// Elements of memory for so many of the tensor.
  size_t total(size_t elements) const { return elements / channels * pitch; }
  /// Where element `i` lies.
  size_t at(size_t i) const { return i / channels * pitch + first + i % channels; }
  /// True where place `i` belongs to the tensor.
  bool holds(size_t i) const { return i % pitch >= first && i % pitch < first + channels; }
};

} // namespace

static double randomValue(ElementType type, std::mt19937 &generator, double low, double high) {
  double value = std::uniform_real_distribution<double>(low, high)(generator);
  if (type == ElementType::F32)
    return static_cast<float>(value);
  if (type == ElementType::F64)
    return value;
  if (type == ElementType::Bool)
    return value > 0;
  return type == ElementType::U8 ? std::floor(std::abs(std::fmod(value, 1.0)) * 256)
                                 : std::floor(value * 100);
}

// Terms that add up in one element of the result, over all ops of the kernel.
static double summands(const OpGraph &graph, const std::vector<Tensor<double>> &values) {
  double terms = 4;
  for (const OpDescription &op : graph.ops) {
    const Ints &first = values[static_cast<size_t>(op.operands[0])].shape;
    if (op.name == "conv" || op.name == "linear") {
      const Tensor<double> &filter = values[static_cast<size_t>(op.operands[1])];
      terms += static_cast<double>(filter.size() / filter.shape[0]);
    } else if (op.name == "conv_filter_grad") {
      const Tensor<double> &gradient = values[static_cast<size_t>(op.operands[1])];
      terms += static_cast<double>(gradient.size() / gradient.shape[1]);
    } else if (op.name == "matmul" || op.name == "softmax" || op.name == "log_softmax") {
      terms += static_cast<double>(first.back() + (op.name == "matmul" ? 0 : 100));
    } else if (op.name == "reduce_mean" || op.name == "reduce_sum" || op.name == "avg_pool") {
      for (int64_t dim : first)
        terms += static_cast<double>(dim);
    }
  }
  return terms;
}

namespace {

/// One run: inputs in guarded memory, the reference's result, and the comparison.
class Trial {
public:
  Trial(const KernelSpec &spec, const Ints &sizes, double low, double high, unsigned seed,
        bool guardEnd)
      : spec(spec), sizes(sizes), guardEnd(guardEnd) {
    std::mt19937 generator(seed);
    std::vector<Tensor<double>> inputs;
    for (size_t i = 0; i < spec.graph.inputs.size(); ++i) {
      inputs.push_back(randomTensor(spec.graph.inputs[i], generator, low, high));
      addInput(i, inputs.back());
    }
    values = reference::evaluate<double>(spec.graph, inputs, sizes);
    const Tensor<double> &result = values.back();
    ElementType type = spec.graph.result().elementType;
    outputBytes = outputPlacement().total(static_cast<size_t>(result.size())) *
                  static_cast<size_t>(sizeInBytes(type));
    if (spec.inPlace >= 0) {
      output = memory[static_cast<size_t>(spec.inPlace)].data;
      buffers.push_back(buffers[static_cast<size_t>(spec.inPlace)]);
      return;
    }
    memory.emplace_back(outputBytes, 4, guardEnd);
    output = memory.back().data;
    std::memset(output, 0xff, outputBytes);
    addBuffer(outputPlacement(), memoryExtents(result.shape, spec.outputLayout, sizes), type,
              spec.outputPitch);
  }

  std::string run(const LoadedKernel &kernel, int threads) {
    return kernel.run(buffers, sizes, threads);
  }

  /// The result in logical order.
  std::vector<double> result() const {
    const Tensor<double> &expected = values.back();
    std::vector<size_t> order = memoryToLogical(expected.shape, spec.outputLayout);
    std::vector<double> out(order.size());
    for (size_t i = 0; i < order.size(); ++i)
      out[order[i]] = load(spec.graph.result().elementType, output, outputPlacement().at(i));
    return out;
  }

  /// True where nothing was written between the pixels of the result.
  bool neighboursIntact() const {
    size_t elementBytes = static_cast<size_t>(sizeInBytes(spec.graph.result().elementType));
    for (size_t byte = 0; byte < outputBytes; ++byte)
      if (!outputPlacement().holds(byte / elementBytes) && output[byte] != 0xff)
        return false;
    return true;
  }

  /// Empty, or where the result is off by more than rounding explains.
  std::string compare() const {
    const Tensor<double> &expected = values.back();
    std::vector<double> actual = result();
    double scale = 1e-3;
    for (double v : expected.values)
      scale = std::max(scale, std::abs(v));
    bool isFloat = spec.graph.result().elementType == ElementType::F32;
    double relative = 8 * 0x1p-24 * std::sqrt(summands(spec.graph, values)) + addedError(spec);
    double bound = isFloat ? relative * scale : 0;
    for (size_t i = 0; i < actual.size(); ++i)
      if (!(std::abs(actual[i] - expected.values[i]) <= bound))
        return "element " + std::to_string(i) + " of " + std::to_string(actual.size()) + " is " +
               std::to_string(actual[i]) + ", not " + std::to_string(expected.values[i]) +
               " (bound " + std::to_string(bound) + ")";
    return "";
  }

private:
  Tensor<double> randomTensor(const TensorDescription &description, std::mt19937 &generator,
                              double low, double high) const {
    Ints shape;
    for (int64_t dim : description.shape)
      shape.push_back(dim >= 0 ? dim : sizes.at(static_cast<size_t>(-1 - dim)));
    Tensor<double> tensor(shape);
    for (double &value : tensor.values)
      value = randomValue(description.elementType, generator, low, high);
    return tensor;
  }

  Placement outputPlacement() const {
    return Placement(values.back().shape, spec.outputPitch, guardEnd);
  }

  void addInput(size_t i, const Tensor<double> &tensor) {
    ElementType type = spec.graph.inputs[i].elementType;
    size_t alignment = spec.isWeight[i] ? 64 : static_cast<size_t>(sizeInBytes(type));
    if (spec.layouts[i] == Layout::Packed) {
      std::vector<float> logical(tensor.values.begin(), tensor.values.end());
      std::vector<float> packed = packWeight(spec, static_cast<int>(i), logical.data());
      Ints shape = packedShape(spec, static_cast<int>(i));
      memory.emplace_back(packed.size() * 4, alignment, guardEnd);
      std::memcpy(memory.back().data, packed.data(), packed.size() * 4);
      addBuffer(Placement(shape, 0, guardEnd), {shape.rbegin(), shape.rend()}, type, 0);
      return;
    }
    Placement placement(tensor.shape, spec.pitchOf(i), guardEnd);
    size_t bytes = placement.total(static_cast<size_t>(tensor.size())) *
                   static_cast<size_t>(sizeInBytes(type));
    memory.emplace_back(bytes, alignment, guardEnd);
    std::memset(memory.back().data, 0xff, bytes); // NaNs between the pixels.
    std::vector<size_t> order = memoryToLogical(tensor.shape, spec.layouts[i]);
    for (size_t j = 0; j < order.size(); ++j)
      store(type, tensor.values[order[j]], memory.back().data, placement.at(j));
    addBuffer(placement, memoryExtents(tensor.shape, spec.layouts[i], sizes), type,
              spec.pitchOf(i));
  }

  /// The buffer of the tensor that lies in the last memory.
  void addBuffer(const Placement &placement, const Ints &memoryShape, ElementType type,
                 int64_t pitch) {
    dims.emplace_back(new std::vector<halide_dimension_t>);
    uint8_t *begin = memory.back().data + placement.at(0) * static_cast<size_t>(sizeInBytes(type));
    buffers.push_back(describeBuffer(begin, memoryShape, type, *dims.back(), pitch));
  }

  const KernelSpec &spec;
  const Ints &sizes;
  bool guardEnd;
  std::vector<GuardedMemory> memory; ///< Of the inputs, then of a result that overwrites none.
  uint8_t *output = nullptr;         ///< The larger tensor that the result is a part of, or itself.
  size_t outputBytes = 0;            ///< Of that.
  std::vector<std::unique_ptr<std::vector<halide_dimension_t>>> dims;
  std::vector<halide_buffer_t> buffers;
  std::vector<Tensor<double>> values;
};

} // namespace

static std::string toString(const Schedule &schedule) {
  std::string text = schedule.algorithm;
  for (const auto &[parameter, value] : schedule.parameters)
    text += " " + parameter + "=" + std::to_string(value);
  return text;
}

void KernelCase::checkCompiled(const KernelSpec &compiled) {
  std::string what = name + " for " + compiled.target.name + ", " + toString(compiled.schedule);
  SCOPED_TRACE(what);
  try {
    LoadedKernel kernel(compiled);
    for (const Ints &size : sizes) {
      SCOPED_TRACE("sizes " + ::testing::PrintToString(size));
      std::vector<double> firstOutput;
      for (int threads : {1, 2}) {
        Trial trial(compiled, size, low, high, 17, threads == 1);
        EXPECT_EQ(trial.run(kernel, threads), "");
        EXPECT_EQ(trial.compare(), "");
        EXPECT_TRUE(trial.neighboursIntact()) << "written between the pixels of the result";
        if (threads == 1)
          firstOutput = trial.result();
        EXPECT_TRUE(trial.result() == firstOutput) << "two threads give another result than one";
      }
    }
  } catch (const KernelError &error) {
    ADD_FAILURE() << error.what();
  }
}

void KernelCase::check() {
  for (const std::string &target : targets)
    checkCompiled(finished(target));
}

std::set<std::string> KernelCase::checkEachAlgorithm() {
  std::set<std::string> all;
  for (const std::string &target : targets) {
    KernelSpec candidate = spec;
    candidate.target = *findTarget(target);
    std::set<std::string> seen;
    for (const Schedule &schedule : scheduleSpace(candidate)) {
      if (!seen.insert(schedule.algorithm).second)
        continue;
      KernelCase one = *this;
      one.schedule(schedule);
      one.checkCompiled(one.finished(target));
    }
    all.insert(seen.begin(), seen.end());
  }
  return all;
}

void KernelCase::checkAlgorithms(const std::vector<std::string> &algorithms) {
  EXPECT_EQ(checkEachAlgorithm(), std::set<std::string>(algorithms.begin(), algorithms.end()))
      << name;
}

void KernelCase::checkSchedules(int count) {
  for (const std::string &target : targets) {
    KernelSpec candidate = spec;
    candidate.target = *findTarget(target);
    std::vector<Schedule> space = scheduleSpace(candidate);
    size_t step = std::max<size_t>(1, space.size() / static_cast<size_t>(count));
    for (size_t i = 0; i < space.size(); i += step) {
      KernelCase one = *this;
      one.schedule(space[i]);
      checkCompiled(one.finished(target));
    }
  }
}

} // namespace cnnc
