// From a network and its loss to the functions of a library that trains.
//
// 1. In the loss, what computes something else while it is trained (batch_norm, dropout) does so;
//    other composites are expanded.
// 2. Its constants that are trained, and running statistics, get places in the block of parameters
//    and become arguments; so they do in the network.
// 3. @NAME_gradients returns the loss, the gradient of each parameter (of a running statistic: how
//    far it is to move back from the batch's) and those of the inputs. @NAME_parameter_gradients
//    does without the last, which only some callers want.
// 4. @NAME_update is a step of the optimizer on whole blocks. It carries the tables of what lies in
//    them.
#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/BorderPlaces.h"
#include "compiler/passes/BuildUpdate.h"
#include "compiler/passes/Passes.h"
#include "compiler/passes/TrainingTables.h"
#include "dialects/cnn/Differentiate.h"
#include "dialects/cnn/ExpandComposites.h"

using namespace mlir;

namespace cnnc {
#define GEN_PASS_DEF_ADDTRAINING
#include "compiler/passes/Passes.h.inc"

namespace {
/// A running statistic, and how far it is from the batch's times the batch's share.
struct Movement {
  Value running, distance;
};
} // namespace

static BlockArgument addArgument(func::FuncOp function, RankedTensorType type, BorderPlace place) {
  unsigned index = function.getNumArguments();
  LogicalResult inserted = function.insertArgument(index, type, {}, function.getLoc());
  assert(succeeded(inserted) && "a function takes any argument");
  (void)inserted;
  setPlace(function.getArgument(index), place);
  return function.getArgument(index);
}

/// True of an op some of whose parameters are not trained: it is to stay as it is.
static bool isFrozen(Operation *op) {
  return llvm::any_of(op->getOperands(), [](Value operand) {
    auto constant = operand.getDefiningOp<cnn::Constant>();
    return constant && constant.getFrozen();
  });
}

/// Replaces ops by their training form.
static SmallVector<Movement> useTrainingForms(func::FuncOp loss) {
  SmallVector<cnn::TrainingForm> ops;
  loss.walk([&](cnn::TrainingForm op) {
    if (!isFrozen(op))
      ops.push_back(op);
  });
  SmallVector<Movement> movements;
  if (ops.empty())
    return movements;
  MLIRContext *context = loss.getContext();
  Value step = addArgument(loss, RankedTensorType::get({}, IntegerType::get(context, 64)),
                           {BufferPlace::Step});
  for (auto [layer, op] : llvm::enumerate(ops)) {
    OpBuilder builder(op);
    SmallVector<cnn::RunningStatistic> statistics;
    cnn::TrainingContext training{step, static_cast<int64_t>(layer), statistics};
    op->getResult(0).replaceAllUsesWith(op.buildTrainingForm(builder, training));
    for (const cnn::RunningStatistic &statistic : statistics) {
      cnn::Term running{builder, op.getLoc(), statistic.running},
          batch{builder, op.getLoc(), statistic.batch};
      movements.push_back({statistic.running, ((running - batch) * statistic.momentum).value});
    }
    op->erase();
  }
  return movements;
}

/// Has `function` take the parameters that it uses as arguments.
static void takeParameters(func::FuncOp function, const ParameterLayout &layout) {
  for (const PlacedParameter &parameter : layout.parameters) {
    BlockArgument argument =
        addArgument(function, parameter.type, {BufferPlace::Parameters, parameter.offset});
    for (cnn::Constant constant : llvm::make_early_inc_range(function.getOps<cnn::Constant>()))
      if (constant.getName() == StringRef(parameter.name)) {
        constant.getResult().replaceAllUsesWith(argument);
        constant.erase();
      }
  }
}

namespace {
struct AddTraining : impl::AddTrainingBase<AddTraining> {
  void runOnOperation() override {
    func::FuncOp network = getNetwork(getOperation()), loss = getLoss(getOperation());
    if (!loss) {
      getOperation().emitError() << "the model says nothing about training: it needs a train block "
                                    "with a loss and an optimizer";
      return signalPassFailure();
    }
    if (failed(build(network, loss)))
      signalPassFailure();
  }

  LogicalResult build(func::FuncOp network, func::FuncOp loss) {
    cnn::OptimizerSettings optimizer = getOptimizer(loss);
    placeTargets(loss);
    TrainingTables tables;
    tables.labels = findLabels(loss);
    SmallVector<Movement> movements = useTrainingForms(loss);
    cnn::expandComposites(loss, [](cnn::Composite op) { return !isa<cnn::Differentiable>(*op); });
    ParameterLayout layout = layOutParameters(loss, optimizer, [&](Value value) {
      return llvm::any_of(movements, [&](const Movement &m) { return m.running == value; });
    });
    tables.addParameters(layout, optimizer);
    if (layout.trainedFloats() == 0)
      return loss.emitError() << "no parameter is trained";
    returnMovements(loss, layout, movements);
    takeParameters(loss, layout);
    takeParameters(network, layout);
    for (bool ofInputs : {true, false})
      if (failed(buildGradientsOf(loss, network.getName(), layout, ofInputs)))
        return failure();
    loss.erase();
    tables.attachTo(
        buildUpdate(getOperation(), network.getLoc(), network.getName(), layout, optimizer));
    return success();
  }

  static void placeTargets(func::FuncOp loss) {
    int64_t target = 0;
    for (const BorderValue &input : getInputs(loss))
      if (input.isTarget)
        setPlace(cast<BlockArgument>(input.value), {BufferPlace::Target, target++});
  }

  /// Lets the loss return, behind itself, the distance of each statistic in the layout's order.
  static void returnMovements(func::FuncOp loss, const ParameterLayout &layout,
                              ArrayRef<Movement> movements) {
    Operation *end = loss.getBody().front().getTerminator();
    for (const PlacedParameter &parameter : layout.parameters) {
      cnn::Constant constant = parameter.constant;
      auto it = llvm::find_if(movements,
                              [&](const Movement &m) { return m.running == constant.getResult(); });
      if (it != movements.end())
        end->insertOperands(end->getNumOperands(), it->distance);
    }
  }

  LogicalResult buildGradientsOf(func::FuncOp loss, StringRef name, const ParameterLayout &layout,
                                 bool ofInputs) {
    func::FuncOp function = loss.clone();
    function.setName((name + (ofInputs ? "_gradients" : "_parameter_gradients")).str());
    function->removeAttr("cnn.train");
    getOperation().push_back(function);
    Operation *end = function.getBody().front().getTerminator();
    int64_t input = 0; // Of those that have gradients.
    SmallVector<Value> wanted;
    SmallVector<BorderPlace> places = {{BufferPlace::Loss}};
    for (BlockArgument argument : function.getArguments()) {
      std::optional<BorderPlace> place = getPlace(argument);
      bool isStatistic = place && place->kind == BufferPlace::Parameters &&
                         place->number >= layout.statistics.offset;
      if (place && place->kind == BufferPlace::Parameters && !isStatistic) {
        wanted.push_back(argument);
        places.push_back({BufferPlace::Gradients, place->number});
      } else if (!place && ofInputs && isFloat(argument)) {
        wanted.push_back(argument);
        places.push_back({BufferPlace::InputGradient, input++});
      }
    }
    OpBuilder builder(end);
    SmallVector<Value> results = {end->getOperand(0)};
    auto gradients = cnn::buildGradients(builder, end->getOperand(0), wanted);
    if (failed(gradients))
      return failure();
    for (auto [value, gradient] : llvm::zip_equal(wanted, *gradients))
      results.push_back(gradient ? gradient
                                 : cnn::buildZeros(builder, value.getLoc(),
                                                   cast<RankedTensorType>(value.getType())));
    auto movement = std::next(end->operand_begin());
    for (const PlacedParameter &parameter : layout.parameters)
      if (parameter.isStatistic) {
        results.push_back(*movement++);
        places.push_back({BufferPlace::Gradients, parameter.offset});
      }
    end->setOperands(results);
    function.setType(
        builder.getFunctionType(function.getArgumentTypes(), ValueRange(results).getTypes()));
    for (auto [i, place] : llvm::enumerate(places)) {
      function.removeResultAttr(i, StringAttr::get(&getContext(), "cnn.name"));
      setResultPlace(function, static_cast<unsigned>(i), place);
      // The gradient of an input lies as the input does.
      if (place.kind == BufferPlace::InputGradient)
        if (auto input = cast<BlockArgument>(wanted[i - 1]);
            function.getArgAttr(input.getArgNumber(), "cnn.channels_last"))
          function.setResultAttr(i, "cnn.channels_last", UnitAttr::get(&getContext()));
    }
    return success();
  }

  static bool isFloat(Value value) {
    return isa<FloatType>(cast<RankedTensorType>(value.getType()).getElementType());
  }
};
} // namespace
} // namespace cnnc
