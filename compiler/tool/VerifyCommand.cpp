// cnnc verify: every kernel of the compiled network against the reference, then the whole.
//
//   1. The reference computes the network in double, kernel by kernel.
//   2. Each kernel, the very object that compile packs, gets the reference's values as its inputs,
//      rounded to what the kernel reads and lying as in the network, and its result is compared.
//   3. The network function runs as a program would call it, and its outputs are compared.
#include "compiler/check/Compare.h"
#include "compiler/check/PlacedTensor.h"
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/Describe.h"
#include "compiler/reference/Reference.h"
#include "compiler/tool/Session.h"
#include "dialects/cnn/Values.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;

namespace cnnc {

namespace {

struct VerifyOptions {
  ModelOptions model;
  InputOptions inputs;
  double tolerance = 1e-4;
  int threads = 1;
};

/// What one comparison found, relative to the largest number.
struct Comparison {
  std::string name;
  double error = 0, bound = 0;
  bool passed() const { return error <= bound; } // Also false for a NaN.
};

class Verifier {
public:
  Verifier(func::FuncOp network, const Session &session, int threads)
      : network(network), plan(session.plan), loaded(*session.network), sizes(session.sizes),
        inputs(session.inputs), pool(cnnrt_pool_create(threads), cnnrt_pool_destroy) {}

  Result<std::vector<Comparison>> verify(double tolerance) {
    for (auto [i, input] : llvm::enumerate(getInputs(network)))
      logical[input.value] =
          toLogical(inputs[i], input.channelsLast ? Layout::ChannelsLast : Layout::RowMajor);
    size_t call = 0;
    for (Operation &op : network.getBody().front().without_terminator()) {
      auto fused = dyn_cast<kernel::Fused>(op);
      Status verified = fused ? verifyKernel(fused, plan.run.calls[call++]) : done();
      if (!verified)
        return Error{verified.error()};
      if (isa<kernel::ConcatView, kernel::SliceView>(op))
        evaluateView(op);
      forgetUnused(op);
    }
    if (Status verified = verifyOutputs(tolerance); !verified)
      return Error{verified.error()};
    return std::move(comparisons);
  }

private:
  const LogicalTensor &valueOf(Value value) {
    auto [it, isNew] = logical.try_emplace(value);
    if (isNew) {
      std::vector<float> storage;
      ArrayRef<float> floats = cnn::getValues(constantOf(value).getValue(), storage);
      auto type = cast<RankedTensorType>(value.getType());
      it->second = LogicalTensor(reference::Shape(type.getShape()),
                                 std::vector<double>(floats.begin(), floats.end()));
    }
    return it->second;
  }

  Status verifyKernel(kernel::Fused fused, const KernelCall &call) {
    const KernelSpec &spec = plan.kernels[static_cast<size_t>(call.kernel)].spec;
    std::vector<int64_t> kernelSizes;
    for (const SizeExpr &size : call.sizes)
      kernelSizes.push_back(size.evaluate(sizes));
    std::vector<LogicalTensor> operands;
    for (Value input : fused.getInputs())
      operands.push_back(valueOf(input));
    std::vector<PlacedTensor> buffers;
    for (size_t i = 0; i < operands.size(); ++i)
      buffers.emplace_back(toMemory(operands[i], spec.graph.inputs[i].elementType,
                                    spec.isWeight[i] ? Layout::RowMajor : spec.layouts[i]),
                           call.arguments[i].pitch, call.arguments[i].channel);
    std::vector<LogicalTensor> values =
        reference::evaluate<double>(spec.graph, std::move(operands), kernelSizes);

    HostTensor nothing =
        toMemory(values.back(), spec.graph.result().elementType, spec.outputLayout);
    std::fill(nothing.bytes.begin(), nothing.bytes.end(), '\xff'); // NaNs
    buffers.emplace_back(nothing, call.arguments.back().pitch, call.arguments.back().channel);
    PlacedTensor &result =
        spec.inPlace < 0 ? buffers.back() : buffers[static_cast<size_t>(spec.inPlace)];
    std::vector<void *> pointers;
    for (size_t i = 0; i + 1 < buffers.size(); ++i)
      pointers.push_back(pointerFor(call.arguments[i], buffers[i]));
    pointers.push_back(result.data());
    if (Status ran = loaded.callKernel(call, pointers, sizes, pool.get()); !ran)
      return ran;
    if (!result.neighboursIntact())
      return Error{call.name + " writes channels that are another kernel's"};
    compare(call.name, spec, values, toLogical(result.read(), spec.outputLayout));
    logical[fused.getResult()] = std::move(values.back());
    return done();
  }

  /// The value of a view, computed as what it stands for.
  void evaluateView(Operation &op) {
    std::vector<const LogicalTensor *> operands;
    for (Value operand : op.getOperands())
      operands.push_back(&valueOf(operand));
    const reference::Shape &shape = operands.front()->shape;
    OpDescription description;
    if (auto slice = dyn_cast<kernel::SliceView>(op)) {
      std::vector<int64_t> starts(shape.size(), 0), ends = shape;
      starts[1] = static_cast<int64_t>(slice.getChannel());
      ends[1] = starts[1] + slice.getType().getDimSize(1);
      description.name = "slice";
      description.attributes = {
          {"starts", starts}, {"ends", ends}, {"steps", std::vector<int64_t>(shape.size(), 1)}};
    } else {
      description.name = "concat";
      description.attributes = {{"axis", int64_t(1)}};
    }
    LogicalTensor value = reference::evaluate<double>(description, operands);
    logical[op.getResult(0)] = std::move(value);
  }

  /// Weights are read from where they ship, everything else from `buffer`.
  void *pointerFor(const BufferArgument &argument, PlacedTensor &buffer) const {
    if (argument.place.kind != BufferPlace::Weights)
      return buffer.data();
    auto *weights = static_cast<const char *>(loaded.weights());
    return const_cast<char *>(weights + argument.place.offset.value());
  }

  void compare(const std::string &name, const KernelSpec &spec,
               const std::vector<LogicalTensor> &values, const LogicalTensor &actual) {
    ErrorBound bound(spec.graph, values);
    double error = bound.relative(largestDifference(actual, values.back()));
    comparisons.push_back({name, error, bound.bound(spec)});
  }

  /// Frees what nothing behind `op` reads: large networks do not fit otherwise.
  void forgetUnused(Operation &op) {
    for (Value input : op.getOperands()) {
      bool last = llvm::all_of(input.getUsers(), [&](Operation *user) {
        return user == &op || user->isBeforeInBlock(&op);
      });
      if (last)
        logical.erase(input);
    }
  }

  Status verifyOutputs(double tolerance) {
    std::vector<HostTensor> outputs = makeOutputs(plan, sizes);
    if (Status ran = loaded.run(pointersTo(inputs), pointersInto(outputs), sizes, pool.get()); !ran)
      return ran;
    for (auto [i, output] : llvm::enumerate(getOutputs(network))) {
      const LogicalTensor &expected = valueOf(output.value);
      Layout layout = output.channelsLast ? Layout::ChannelsLast : Layout::RowMajor;
      double error = largestDifference(toLogical(outputs[i], layout), expected);
      double scale = largest(expected);
      comparisons.push_back(
          {"network output " + plan.outputs[i].name, scale > 0 ? error / scale : error, tolerance});
    }
    return done();
  }

  func::FuncOp network;
  const NetworkPlan &plan;
  const LoadedNetwork &loaded;
  const std::vector<int64_t> &sizes;
  const std::vector<HostTensor> &inputs;
  std::unique_ptr<cnnrt_exec, void (*)(cnnrt_exec *)> pool;
  llvm::DenseMap<Value, LogicalTensor> logical;
  std::vector<Comparison> comparisons;
};

} // namespace

/// A row per comparison, the worst of all, and the verdict.
static int report(std::vector<Comparison> comparisons) {
  int failures = 0;
  const Comparison *worst = &comparisons.front();
  for (const Comparison &comparison : comparisons) {
    llvm::outs() << llvm::format("%-40s error %9.2e  bound %9.2e  %s\n", comparison.name.c_str(),
                                 comparison.error, comparison.bound,
                                 comparison.passed() ? "ok" : "FAILED");
    failures += !comparison.passed();
    bool worse = !(comparison.error / comparison.bound <= worst->error / worst->bound);
    if (worse && !std::isnan(worst->error))
      worst = &comparison;
  }
  llvm::outs() << "worst: " << worst->name
               << llvm::format(", %.3g of its bound\n", worst->error / worst->bound);
  if (failures == 0) {
    llvm::outs() << "verified: " << comparisons.size() << " comparisons\n";
    return 0;
  }
  return fail(std::to_string(failures) + " of " + std::to_string(comparisons.size()) +
              " comparisons exceed their bound");
}

static int verify(VerifyOptions &options) {
  OwningOpRef<ModuleOp> module = options.model.read();
  if (!module)
    return 1;
  std::unique_ptr<Session> session = openSession(*module, options.model, options.inputs);
  if (!session)
    return 1;
  auto comparisons =
      Verifier(getNetwork(*module), *session, options.threads).verify(options.tolerance);
  return comparisons ? report(std::move(*comparisons)) : fail(comparisons.error());
}

void addVerifyCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App *command =
      app.add_subcommand("verify", "Check every compiled kernel against the reference");
  options->model.declare(*command);
  options->inputs.declare(*command);
  command->add_option("--tolerance", options->tolerance, "Bound of the network's outputs")
      ->check(CLI::PositiveNumber);
  command->add_option("--threads", options->threads, "Threads to run on")
      ->check(CLI::Range(1, CNNRT_MAX_THREADS));
  command->callback([options, &status] { status = verify(*options); });
}

} // namespace cnnc
