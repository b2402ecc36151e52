#include "compiler/codegen/LowerTraining.h"

#include "compiler/codegen/ExpressionTable.h"
#include "compiler/codegen/LowerDescriptor.h"
#include "compiler/codegen/LowerFunction.h"

#include "cnnrt_generated.h"

namespace cnnc {

namespace LLVM = mlir::LLVM;

std::vector<size_t> inputsWithGradient(const NetworkPlan &plan) {
  std::vector<size_t> inputs;
  for (size_t i = 0; i < plan.inputs.size(); ++i)
    if (plan.inputs[i].elementType == ElementType::F32)
      inputs.push_back(i);
  return inputs;
}

/// What a step keeps at the beginning of the workspace: the gradients, and behind them the loss.
static int64_t stepBytes(const TrainingPlan &training) {
  return ((training.parameterFloats + 1) * static_cast<int64_t>(sizeof(float)) + 63) / 64 * 64;
}

static mlir::Value weightsOrNone(ModuleBuilder &m, const NetworkPlan &plan,
                                 const Symbols &symbols) {
  return plan.weightBytes > 0 ? m.addressOf(symbols.weights()) : mlir::Value();
}

/// The number in memory of its own.
static mlir::Value onStack(ModuleBuilder &m, mlir::Value number) {
  mlir::Value place = m.stack(8, 8);
  m.store(number, place);
  return place;
}

// ---- Checks ------------------------------------------------------------------------------------

static void checkLabels(ModuleBuilder &m, const NetworkPlan &plan, mlir::Value targets,
                        mlir::Value sizes, StatusChain &chain) {
  auto check =
      m.declare("cnnrt_check_labels", m.i32, {m.pointer, m.i32, m.i64, m.i64, m.i64, m.i32});
  SizeEmitter emitter(m, loadSizes(m, sizes, plan.sizes.size()));
  for (const LabelCheck &labels : plan.training->labels) {
    const BorderTensor &target = plan.training->targets[static_cast<size_t>(labels.target)];
    mlir::Value numbers = m.load(m.pointer, m.advance(targets, 8 * labels.target));
    chain.check(
        m.call(check, {numbers, m.constant(m.i32, typeNumber(target.elementType)),
                       emitter.emit(elementCount(target.shape)), m.constant(m.i64, labels.classes),
                       m.constant(m.i64, labels.ignored), m.constant(m.i32, 1)}));
  }
}

static mlir::Value checkFinite(ModuleBuilder &m, mlir::Value loss) {
  auto check = m.declare("cnnrt_check_finite", m.i32, {m.pointer, m.i64});
  return m.call(check, {loss, m.constant(m.i64, 1)});
}

// ---- Gradients ---------------------------------------------------------------------------------

namespace {
/// The arguments of NAME_gradients on arrays, by number.
enum GradientArgument {
  Parameters,
  Inputs,
  Targets,
  Sizes,
  Loss,
  ParameterGradients,
  InputGradients,
  StepNumber,
  WorkspaceMemory,
  WorkspaceBytes,
  Exec,
  NumGradientArguments
};
} // namespace

static std::vector<mlir::Type> gradientTypes(ModuleBuilder &m) {
  std::vector<mlir::Type> types(NumGradientArguments, m.pointer);
  types[StepNumber] = types[WorkspaceBytes] = m.i64;
  return types;
}

/// One of the two functions behind NAME_gradients: with the gradients of inputs, or without.
static void lowerGradientsOf(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols,
                             const std::string &symbol, const FunctionPlan &function,
                             bool ofInputs) {
  auto code = m.define(symbol, m.i32, gradientTypes(m), /*isExported=*/false);
  auto argument = [&](GradientArgument index) -> mlir::Value { return code.getArgument(index); };
  mlir::Value context = m.stack(CNNRT_CONTEXT_BYTES, CNNRT_CONTEXT_ALIGNMENT);
  CallMemory memory{{{BufferPlace::Parameters, argument(Parameters)},
                     {BufferPlace::Input, argument(Inputs)},
                     {BufferPlace::Target, argument(Targets)},
                     {BufferPlace::Loss, argument(Loss)},
                     {BufferPlace::Gradients, argument(ParameterGradients)},
                     {BufferPlace::InputGradient, argument(InputGradients)},
                     {BufferPlace::Step, onStack(m, argument(StepNumber))},
                     {BufferPlace::Arena, argument(WorkspaceMemory)},
                     {BufferPlace::Weights, weightsOrNone(m, plan, symbols)}},
                    context};
  CallEmitter calls(m, plan, function, memory);
  StatusChain chain(m, code);
  chain.check(
      checkPointers(m, {argument(Parameters), argument(Loss), argument(ParameterGradients)}));
  chain.check(checkPointers(m, argument(Inputs), plan.inputs.size()));
  chain.check(checkPointers(m, argument(Targets), plan.training->targets.size()));
  if (ofInputs)
    chain.check(checkPointers(m, argument(InputGradients), inputsWithGradient(plan).size()));
  chain.check(beginCall(
      m, "cnnrt_begin_training", symbols, context,
      {argument(Sizes), argument(WorkspaceMemory), argument(WorkspaceBytes), argument(Exec)}));
  checkLabels(m, plan, argument(Targets), argument(Sizes), chain);
  lowerCalls(m, plan, function, calls, argument(Sizes), chain);
  chain.check(checkFinite(m, argument(Loss)));
  chain.finish();
}

/// int NAME_gradients_arrays(parameters, inputs, targets, sizes, loss, parameter_gradients,
///                           input_gradients, step, workspace, workspace_bytes, exec)
static void lowerGradientsArrays(ModuleBuilder &m, const NetworkPlan &plan,
                                 const Symbols &symbols) {
  const std::string all = symbols.prefix + "all_gradients",
                    ofParameters = symbols.prefix + "parameter_gradients";
  lowerGradientsOf(m, plan, symbols, all, plan.training->gradients, true);
  lowerGradientsOf(m, plan, symbols, ofParameters, plan.training->parameterGradients, false);
  auto function =
      m.define(symbols.gradientsArrays(), m.i32, gradientTypes(m), /*isExported=*/false);
  std::vector<mlir::Value> arguments(function.getArguments().begin(),
                                     function.getArguments().end());
  const auto inputs = static_cast<int64_t>(inputsWithGradient(plan).size());
  auto any = m.declare("cnnrt_any_pointer", m.i32, {m.pointer, m.i32});
  mlir::Value wanted = m.call(any, {arguments[InputGradients], m.constant(m.i32, inputs)});
  mlir::Value condition =
      LLVM::ICmpOp::create(m.builder, LLVM::ICmpPredicate::ne, wanted, m.constant(m.i32, 0));
  mlir::Block *withInputs = m.builder.createBlock(&function.getBody(), function.getBody().end());
  m.ret(m.call(m.declare(all, m.i32, {}), arguments));
  mlir::Block *without = m.builder.createBlock(&function.getBody(), function.getBody().end());
  m.ret(m.call(m.declare(ofParameters, m.i32, {}), arguments));
  m.builder.setInsertionPointToEnd(&function.getBody().front());
  LLVM::CondBrOp::create(m.builder, condition, withInputs, without);
}

// ---- A step ------------------------------------------------------------------------------------

/// What the update depends on: the learning rate, then a correction for each beta.
static mlir::Value storeScalars(ModuleBuilder &m, const NetworkPlan &plan, mlir::Value rate,
                                mlir::Value step) {
  mlir::Type f32 = m.builder.getF32Type(), f64 = m.builder.getF64Type();
  auto correction = m.declare("cnnrt_bias_correction", f32, {f64, m.i64});
  const std::vector<double> &betas = plan.training->corrections;
  mlir::Value scalars = m.stack(4 * static_cast<int64_t>(betas.size() + 1), 16);
  m.store(rate, scalars);
  for (size_t k = 0; k < betas.size(); ++k) {
    mlir::Value beta =
        LLVM::ConstantOp::create(m.builder, f64, m.builder.getF64FloatAttr(betas[k]));
    m.store(m.call(correction, {beta, step}), m.advance(scalars, 4 * static_cast<int64_t>(k + 1)));
  }
  return scalars;
}

/// int NAME_train_step_arrays(parameters, state, inputs, targets, sizes, learning_rate, step, loss,
///                            workspace, workspace_bytes, exec)
static void lowerTrainStepArrays(ModuleBuilder &m, const NetworkPlan &plan,
                                 const Symbols &symbols) {
  mlir::Type p = m.pointer, f32 = m.builder.getF32Type();
  const TrainingPlan &training = *plan.training;
  auto function = m.define(symbols.trainStepArrays(), m.i32,
                           {p, p, p, p, p, f32, m.i64, p, p, m.i64, p}, /*isExported=*/false);
  auto argument = [&](unsigned index) -> mlir::Value { return function.getArgument(index); };
  mlir::Value parameters = argument(0), state = argument(1), inputs = argument(2),
              targets = argument(3), sizes = argument(4), rate = argument(5), step = argument(6),
              loss = argument(7), workspace = argument(8);
  mlir::Value context = m.stack(CNNRT_CONTEXT_BYTES, CNNRT_CONTEXT_ALIGNMENT);
  mlir::Value arena = m.advance(workspace, stepBytes(training));
  mlir::Value ownLoss = m.advance(workspace, training.parameterFloats * 4);
  CallMemory memory{{{BufferPlace::Parameters, parameters},
                     {BufferPlace::State, state},
                     {BufferPlace::Input, inputs},
                     {BufferPlace::Target, targets},
                     {BufferPlace::Loss, ownLoss},
                     {BufferPlace::Gradients, workspace},
                     {BufferPlace::Step, onStack(m, step)},
                     {BufferPlace::Scalar, storeScalars(m, plan, rate, step)},
                     {BufferPlace::Arena, arena},
                     {BufferPlace::Weights, weightsOrNone(m, plan, symbols)}},
                    context};
  CallEmitter gradientCalls(m, plan, training.parameterGradients, memory);
  CallEmitter updateCalls(m, plan, training.update, memory);
  StatusChain chain(m, function);
  std::vector<mlir::Value> needed = {parameters, loss};
  if (training.stateFloats > 0)
    needed.push_back(state);
  chain.check(checkPointers(m, needed));
  chain.check(checkPointers(m, inputs, plan.inputs.size()));
  chain.check(checkPointers(m, targets, training.targets.size()));
  chain.check(beginCall(m, "cnnrt_begin_training", symbols, context,
                        {sizes, workspace, argument(9), argument(10)}));
  checkLabels(m, plan, targets, sizes, chain);
  lowerCalls(m, plan, training.parameterGradients, gradientCalls, sizes, chain);
  auto allReduce = m.declare("cnnrt_all_reduce", m.i32, {p, p, m.i64});
  chain.check(
      m.call(allReduce, {context, workspace, m.constant(m.i64, training.parameterFloats + 1)}));
  m.store(m.load(f32, ownLoss), loss);
  chain.check(checkFinite(m, loss));
  lowerCalls(m, plan, training.update, updateCalls, sizes, chain);
  chain.finish();
}

// ---- Before training ---------------------------------------------------------------------------

/// int NAME_init(float *parameters, float *state, uint64_t seed)
static void lowerInit(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols) {
  const TrainingPlan &training = *plan.training;
  std::vector<Row> rows;
  for (size_t i = 0; i < training.parameters.size(); ++i) {
    const BlockTensor &parameter = training.parameters[i];
    const ParameterStart &start = training.starts[i];
    int64_t count = 1;
    for (int64_t dim : parameter.shape)
      count *= dim;
    bool isCopied = start.kind == CNNRT_INIT_VALUES;
    rows.push_back({m.address(m.text(parameter.name)), m.number32(start.kind), m.number32(0),
                    m.numberDouble(start.scale), m.number64(parameter.offset), m.number64(count),
                    m.number64(parameter.shape.front()),
                    isCopied ? m.address(symbols.weights(), start.weightOffset) : m.address("")});
  }
  const std::string table = m.table(symbols.prefix + "starts", rows);
  auto function = m.define(symbols.init(), m.i32, {m.pointer, m.pointer, m.i64}, true);
  mlir::Value parameters = function.getArgument(0), state = function.getArgument(1);
  StatusChain chain(m, function);
  std::vector<mlir::Value> needed = {parameters};
  if (training.stateFloats > 0)
    needed.push_back(state);
  chain.check(checkPointers(m, needed));
  auto initialize =
      m.declare("cnnrt_initialize", m.voidType(), {m.pointer, m.i64, m.pointer, m.i32, m.i64});
  m.callVoid(initialize,
             {parameters, m.constant(m.i64, training.parameterFloats), m.addressOf(table),
              m.constant(m.i32, static_cast<int64_t>(rows.size())), function.getArgument(2)});
  if (training.stateFloats > 0)
    LLVM::MemsetOp::create(m.builder, state, m.constant(m.i8, 0),
                           m.constant(m.i64, training.stateFloats * 4), /*isVolatile=*/false);
  chain.finish();
}

// ---- Typed entries -----------------------------------------------------------------------------

namespace {
/// Takes the arguments of a typed entry one after the other.
struct ArgumentReader {
  ModuleBuilder &m;
  LLVM::LLVMFuncOp function;
  unsigned next = 0;

  mlir::Value one() { return function.getArgument(next++); }
  std::vector<mlir::Value> several(size_t count) {
    std::vector<mlir::Value> values;
    for (size_t i = 0; i < count; ++i)
      values.push_back(one());
    return values;
  }
  mlir::Value pointers(size_t count) { return storeArray(m, several(count), m.pointer); }
  mlir::Value sizes(size_t count) { return storeArray(m, several(count), m.i64); }
};

/// The types of a typed entry's arguments.
struct ArgumentTypes {
  ModuleBuilder &m;
  std::vector<mlir::Type> types = {};

  ArgumentTypes &pointers(size_t count) {
    types.insert(types.end(), count, m.pointer);
    return *this;
  }
  ArgumentTypes &add(size_t count, mlir::Type type) {
    types.insert(types.end(), count, type);
    return *this;
  }
  /// The workspace, its bytes, exec.
  ArgumentTypes &call() { return pointers(1).add(1, m.i64).pointers(1); }
};
} // namespace

/// int NAME_gradients(const float *parameters, <inputs>, <targets>, <sizes>, float *loss,
///                    float *parameter_gradients, <input gradients>, uint64_t step,
///                    void *workspace, size_t workspace_bytes, const cnnrt_exec *exec)
static void lowerGradients(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols) {
  const size_t inputs = plan.inputs.size(), targets = plan.training->targets.size(),
               sizes = plan.sizes.size(), gradients = inputsWithGradient(plan).size();
  ArgumentTypes types{m};
  types.pointers(1 + inputs + targets).add(sizes, m.i64).pointers(2 + gradients).add(1, m.i64);
  types.call();
  auto function = m.define(symbols.gradients(), m.i32, types.types, /*isExported=*/true);
  ArgumentReader read{m, function};
  std::vector<mlir::Value> arguments;
  arguments.push_back(read.one());
  arguments.push_back(read.pointers(inputs));
  arguments.push_back(read.pointers(targets));
  arguments.push_back(read.sizes(sizes));
  arguments.push_back(read.one());
  arguments.push_back(read.one());
  arguments.push_back(read.pointers(gradients));
  for (mlir::Value rest : read.several(4))
    arguments.push_back(rest);
  m.ret(m.call(m.declare(symbols.gradientsArrays(), m.i32, {}), arguments));
}

/// int NAME_train_step(float *parameters, float *state, <inputs>, <targets>, <sizes>,
///                     float learning_rate, uint64_t step, float *loss, void *workspace,
///                     size_t workspace_bytes, const cnnrt_exec *exec)
static void lowerTrainStep(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols) {
  const size_t inputs = plan.inputs.size(), targets = plan.training->targets.size(),
               sizes = plan.sizes.size();
  ArgumentTypes types{m};
  types.pointers(2 + inputs + targets).add(sizes, m.i64).add(1, m.builder.getF32Type());
  types.add(1, m.i64).pointers(1).call();
  auto function = m.define(symbols.trainStep(), m.i32, types.types, /*isExported=*/true);
  ArgumentReader read{m, function};
  std::vector<mlir::Value> arguments = read.several(2);
  arguments.push_back(read.pointers(inputs));
  arguments.push_back(read.pointers(targets));
  arguments.push_back(read.sizes(sizes));
  for (mlir::Value rest : read.several(6))
    arguments.push_back(rest);
  m.ret(m.call(m.declare(symbols.trainStepArrays(), m.i32, {}), arguments));
}

/// The gradients of a step, and what the larger of the functions needs.
static SizeExpr trainingWorkspace(const NetworkPlan &plan) {
  const TrainingPlan &training = *plan.training;
  SizeExpr largest =
      max(workspaceOf(plan, training.parameterGradients), workspaceOf(plan, training.update));
  return max(largest + stepBytes(training), workspaceOf(plan, training.gradients));
}

void lowerTraining(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols) {
  lowerGradientsArrays(m, plan, symbols);
  lowerGradients(m, plan, symbols);
  lowerTrainStepArrays(m, plan, symbols);
  lowerTrainStep(m, plan, symbols);
  lowerInit(m, plan, symbols);
  lowerWorkspaceBytes(m, plan, symbols.trainingWorkspaceBytes(),
                      symbols.trainingWorkspaceBytesArray(), trainingWorkspace(plan));
}

} // namespace cnnc
