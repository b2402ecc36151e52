// From a KernelSpec to an object file:
//   1. merge the dims that the kernel need not tell apart, or add one (Flatten)
//   2. a parameter per input, its strides and extents stated as far as they are known
//   3. a Func per op (KernelBuild), placed by the anchor's algorithm (schedules/)
//   4. lower, with a last pass that measures the scratch (Scratch), and compile
#include "compiler/kernels/Kernel.h"
#include "compiler/kernels/ConvKinds.h"
#include "compiler/kernels/Flatten.h"
#include "compiler/kernels/KernelBuild.h"
#include "compiler/kernels/OutputDims.h"
#include "compiler/kernels/PrefetchFilter.h"
#include "compiler/kernels/Scratch.h"
#include "compiler/kernels/SelectLanes.h"
#include "compiler/kernels/ops/Elementwise.h"
#include "compiler/kernels/schedules/Schedules.h"

#include <cstdlib>
#include <cstring>
#include <sstream>

extern char **environ;

namespace cnnc {

using namespace Halide;

// Halide heads its sentence with a line "Error: ", which would be all that a reader of the first
// line sees.
static std::string oneLine(const std::string &text) {
  const std::string heading = "Error:";
  std::istringstream words(text.rfind(heading, 0) == 0 ? text.substr(heading.size()) : text);
  std::string sentence;
  for (std::string word; words >> word;)
    sentence += (sentence.empty() ? "" : " ") + word;
  return sentence;
}

namespace {

/// The parameters of a kernel and the run-time sizes that their extents show.
struct Buffers {
  std::vector<ImageParam> parameters;
  std::map<int64_t, Expr> sizes;            ///< By the dim (< 0) of the tensor descriptions.
  std::map<std::string, int64_t> variables; ///< "input0.extent.2" -> the dim.
};

/// Halide's diagnostics go to the exception and nowhere else, as one line.
class QuietReporter : public CompileTimeErrorReporter {
  void warning(const char *) override {}
  void error(const char *message) override { throw KernelError(oneLine(message)); }
};

} // namespace

// Halide reads HL_* (targets, LLVM options, debug output) wherever it likes; none of it may reach
// us.
static void clearHalideEnvironment() {
  std::vector<std::string> names;
  for (char **entry = environ; entry && *entry; ++entry)
    if (std::strncmp(*entry, "HL_", 3) == 0)
      names.push_back(std::string(*entry, std::strchr(*entry, '=') - *entry));
  for (const std::string &name : names)
    unsetenv(name.c_str());
}

static std::vector<int64_t> memoryShape(const KernelSpec &spec, const FlatKernel &flat, int input) {
  size_t i = static_cast<size_t>(input);
  if (spec.layouts[i] != Layout::Packed)
    return inMemoryOrder(spec.layouts[i], spec.graph.inputs[i].shape);
  // A packed weight has no run-time extents, so it may be seen with as few dims as the ops use.
  std::vector<int64_t> shape = packedShape(flat.spec, input);
  return {shape.rbegin(), shape.rend()};
}

// The stride of the dim behind `dim`, which has `stride` and `extent`.
static Expr nextStride(const Expr &stride, const Expr &extent, size_t dim, int64_t pitch) {
  if (dim == 0 && pitch > 0)
    return static_cast<int>(pitch);
  return Internal::simplify(stride * extent);
}

static Buffers makeBuffers(const KernelSpec &spec, const FlatKernel &flat) {
  Buffers buffers;
  for (size_t i = 0; i < spec.graph.inputs.size(); ++i) {
    std::vector<int64_t> shape = memoryShape(spec, flat, static_cast<int>(i));
    ImageParam parameter(halideType(spec.graph.inputs[i].elementType),
                         static_cast<int>(shape.size()), "input" + std::to_string(i));
    Expr stride = 1;
    for (size_t j = 0; j < shape.size(); ++j) {
      auto dim = parameter.dim(static_cast<int>(j));
      dim.set_min(0).set_stride(stride);
      if (shape[j] >= 0)
        dim.set_extent(static_cast<int>(shape[j]));
      else if (buffers.sizes.count(shape[j]))
        dim.set_extent(buffers.sizes[shape[j]]);
      else
        buffers.sizes[shape[j]] = dim.extent();
      Expr extent = shape[j] >= 0 ? Expr(static_cast<int>(shape[j])) : buffers.sizes[shape[j]];
      stride = nextStride(stride, extent, j, spec.pitchOf(i));
      buffers.variables[parameter.name() + ".extent." + std::to_string(j)] = shape[j];
    }
    if (spec.isWeight[i])
      parameter.set_host_alignment(64);
    buffers.parameters.push_back(parameter);
  }
  if (!flat.mergedDims.empty()) {
    Expr size = 1;
    for (int64_t dim : flat.mergedDims)
      size = size * (dim >= 0 ? Expr(static_cast<int>(dim)) : buffers.sizes.at(dim));
    buffers.sizes[FlatKernel::mergedSize] = size;
  }
  return buffers;
}

static std::vector<OutputDim> constrainOutput(KernelBuild &build) {
  std::vector<OutputDim> dims;
  const Value &result = build.values.back();
  Indices shape = inMemoryOrder(build.spec.outputLayout, result.shape);
  Expr stride = 1;
  for (size_t j = 0; j < shape.size(); ++j) {
    auto dim = build.output.output_buffer().dim(static_cast<int>(j));
    dim.set_min(0).set_stride(stride);
    Expr extent = shape[j];
    auto *own = extent.as<Internal::Variable>();
    if (own && build.outputSizes.count(own->name))
      extent = dim.extent(); // In strides Halide takes it from the buffer only.
    else
      dim.set_extent(extent);
    dims.push_back({extent, stride});
    stride = nextStride(stride, extent, j, build.spec.outputPitch);
  }
  return dims;
}

// A pitch is told apart from an extent, so the innermost dim must be the channels, and known.
static void checkPitch(const TensorDescription &tensor, Layout layout, int64_t pitch) {
  if (pitch == 0)
    return;
  bool channelsLast = tensor.rank() >= 3 ? layout == Layout::ChannelsLast
                                         : tensor.rank() == 2 && layout == Layout::RowMajor;
  if (!channelsLast || tensor.shape[1] < 0)
    throw KernelError("a tensor with a pitch has its channels innermost, in a known number");
  if (pitch < tensor.shape[1])
    throw KernelError("the pitch is " + std::to_string(pitch) + ", but the tensor has " +
                      std::to_string(tensor.shape[1]) + " channels");
}

static void checkInPlace(const KernelSpec &spec) {
  if (spec.inPlace < 0)
    return;
  size_t input = static_cast<size_t>(spec.inPlace);
  if (input >= spec.graph.inputs.size() || spec.isWeight[input] ||
      !(spec.graph.inputs[input] == spec.graph.result()) ||
      spec.layouts[input] != spec.outputLayout || spec.pitchOf(input) != spec.outputPitch)
    throw KernelError("a kernel that works in place has an input that lies as its result does");
  for (const OpDescription &op : spec.graph.ops)
    if (!isElementwise(op.name))
      throw KernelError("'" + op.name + "' does not work in place");
}

static void checkSpec(const KernelSpec &spec) {
  size_t inputs = spec.graph.inputs.size(), ops = spec.graph.ops.size();
  if (spec.layouts.size() != inputs || spec.isWeight.size() != inputs)
    throw KernelError("a kernel needs a layout and a weight flag for each of its inputs");
  if (!spec.pitches.empty() && spec.pitches.size() != inputs)
    throw KernelError("a kernel needs a pitch for each of its inputs, or for none");
  for (size_t i = 0; i < inputs; ++i)
    checkPitch(spec.graph.inputs[i], spec.layouts[i], spec.pitchOf(i));
  checkPitch(spec.graph.result(), spec.outputLayout, spec.outputPitch);
  checkInPlace(spec);
  if (spec.anchor < 0 || static_cast<size_t>(spec.anchor) >= ops)
    throw KernelError("the anchor is none of the kernel's ops");
  checkConvBefore(spec);
}

static const Algorithm &algorithmOf(const KernelSpec &spec) {
  for (const Algorithm &algorithm : algorithms())
    if (spec.schedule.algorithm == algorithm.name) {
      if (algorithm.applies(spec))
        return algorithm;
      throw KernelError("schedule '" + spec.schedule.algorithm + "' does not apply to '" +
                        anchorOf(spec).name + "'");
    }
  throw KernelError("there is no schedule '" + spec.schedule.algorithm + "'");
}

static Halide::Target halideTarget(const Target &target) {
  return Halide::Target(target.halide + "-no_runtime-no_asserts-no_bounds_query-user_context");
}

KernelSpec atSizes(KernelSpec spec, const std::vector<int64_t> &sizes) {
  auto fix = [&](TensorDescription &tensor) {
    for (int64_t &dim : tensor.shape)
      if (dim < 0)
        dim = sizes[static_cast<size_t>(-1 - dim)];
  };
  for (TensorDescription &input : spec.graph.inputs)
    fix(input);
  for (OpDescription &op : spec.graph.ops)
    fix(op.result);
  return spec;
}

// True where register tiles certainly share what they read of the filter; one row of a linear does
// not.
static bool sharesFilter(const OpDescription &anchor) {
  if (anchor.name == "conv")
    return true;
  const std::vector<int64_t> &shape = anchor.result.shape;
  return shape.size() > 1 && shape[shape.size() - 2] > 1;
}

// The input that is a packed filter larger than what stays in the L2 cache; or -1.
static int streamedFilter(const KernelSpec &spec) {
  const OpDescription &anchor = anchorOf(spec);
  size_t input = anchor.operands.size() > 1 ? static_cast<size_t>(anchor.operands[1]) : SIZE_MAX;
  if (input >= spec.graph.inputs.size() || spec.layouts[input] != Layout::Packed ||
      !sharesFilter(anchor))
    return -1;
  int64_t bytes = 4;
  for (int64_t extent : packedShape(spec, static_cast<int>(input)))
    bytes *= extent;
  return bytes > spec.target.l2Bytes / 2 ? static_cast<int>(input) : -1;
}

static CompiledKernel compile(const KernelSpec &spec) {
  checkSpec(spec);
  const Algorithm &algorithm = algorithmOf(spec);
  FlatKernel flat = flatten(spec);
  Buffers buffers = makeBuffers(spec, flat);
  KernelBuild build(flat.spec, buffers.parameters, flat.bufferDims, buffers.sizes);
  buffers.variables.insert(build.outputSizes.begin(), build.outputSizes.end());
  build.build();
  algorithm.place(build);
  std::vector<OutputDim> outputDims = constrainOutput(build);

  ScratchSizes scratch;
  Pipeline pipeline(build.output);
  if (outputDims.size() != spec.graph.result().shape.size())
    pipeline.add_custom_lowering_pass(createOutputDimsPass(build.output.name(), outputDims));
  if (int filter = streamedFilter(flat.spec); filter >= 0)
    pipeline.add_custom_lowering_pass(
        createPrefetchFilterPass(buffers.parameters[static_cast<size_t>(filter)].name()));
  if (halideTarget(spec.target).has_feature(Halide::Target::RVV))
    pipeline.add_custom_lowering_pass(createSelectLanesPass());
  pipeline.add_custom_lowering_pass(createScratchPass(
      [&](const std::string &variable) {
        auto it = buffers.variables.find(variable);
        if (it == buffers.variables.end() || it->second >= 0)
          throw KernelError("the scratch depends on '" + variable + "'");
        return SizeExpr::symbol(static_cast<int>(-1 - it->second));
      },
      scratch));
  std::vector<Argument> arguments = {
      Argument("__user_context", Argument::InputScalar, type_of<void *>(), 0, ArgumentEstimates{})};
  arguments.insert(arguments.end(), build.parameters.begin(), build.parameters.end());
  Module module = pipeline.compile_to_module(arguments, "cnnrt_kernel", halideTarget(spec.target),
                                             LinkageType::External);
  Buffer<uint8_t> object = module.compile_to_buffer();
  CompiledKernel result;
  result.object.assign(reinterpret_cast<const char *>(object.data()), object.size_in_bytes());
  result.sharedScratch = scratch.shared;
  result.workerScratch = scratch.worker;
  return result;
}

CompiledKernel compileKernel(const KernelSpec &spec) {
  clearHalideEnvironment();
  static QuietReporter reporter;
  set_custom_compile_time_error_reporter(&reporter);
  try {
    return compile(spec);
  } catch (const Halide::Error &error) {
    throw KernelError(oneLine(error.what()));
  }
}

} // namespace cnnc
