#include "compiler/passes/BuildUpdate.h"

#include "compiler/passes/BorderPlaces.h"

using namespace mlir;
using namespace cnnc::cnn;

namespace cnnc {

namespace {
/// Ranges of one block after the other become arguments and results.
class UpdateBuilder {
public:
  UpdateBuilder(func::FuncOp function, const ParameterLayout &layout,
                const OptimizerSettings &optimizer)
      : function(function), layout(layout), optimizer(optimizer),
        builder(OpBuilder::atBlockEnd(&function.getBody().front())) {}

  void build();

private:
  struct Range {
    BlockRange place;
    Term parameter, gradient;
    bool decays;
  };

  Term addArgument(ArrayRef<int64_t> shape, BorderPlace place);
  Term addRange(BufferPlace::Kind block, int64_t offset, int64_t size) {
    return addArgument({size}, {block, offset});
  }
  Term addScalar(int64_t number) { return addArgument({}, {BufferPlace::Scalar, number}); }
  void addResult(const Term &value, BufferPlace::Kind block, int64_t offset);
  void clip(SmallVectorImpl<Range> &ranges);
  void updateRange(const Range &range, const Term &rate, ArrayRef<Term> corrections);

  func::FuncOp function;
  const ParameterLayout &layout;
  const OptimizerSettings &optimizer;
  OpBuilder builder;
  SmallVector<Value> results;
  SmallVector<BorderPlace> places; ///< Of the results.
};
} // namespace

Term UpdateBuilder::addArgument(ArrayRef<int64_t> shape, BorderPlace place) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  Location location = function.getLoc();
  BlockArgument argument = function.getBody().front().addArgument(type, location);
  function.setType(builder.getFunctionType(function.getBody().front().getArgumentTypes(), {}));
  setPlace(argument, place);
  return {builder, location, argument};
}

void UpdateBuilder::addResult(const Term &value, BufferPlace::Kind block, int64_t offset) {
  results.push_back(value.value);
  places.push_back({block, offset});
}

/// What clip_norm and clip_value make of the gradients.
void UpdateBuilder::clip(SmallVectorImpl<Range> &ranges) {
  if (double most = optimizer["clip_norm"]; most > 0) {
    Location location = function.getLoc();
    Value sum;
    for (const Range &range : ranges) {
      Term square = range.gradient * range.gradient;
      Value squares = ReduceSum::create(builder, location, square.value, ArrayRef<int64_t>{0});
      sum = sum ? Add::create(builder, location, sum, squares).getResult() : squares;
    }
    // 1 up to the norm `most`, then most / norm.
    Term norm = Term{builder, location, sum}.apply<Sqrt>();
    Term factor = norm.number(most) / norm.apply<Maximum>(norm.number(most));
    for (Range &range : ranges)
      range.gradient.value = (range.gradient * factor).value;
  }
  if (double most = optimizer["clip_value"]; most > 0)
    for (Range &range : ranges) {
      Term &g = range.gradient;
      g.value = g.apply<Minimum>(g.number(most)).apply<Maximum>(g.number(-most)).value;
    }
}

void UpdateBuilder::updateRange(const Range &range, const Term &rate, ArrayRef<Term> corrections) {
  OptimizerSettings settings = optimizer;
  if (!range.decays && settings.optimizer().findArgument("weight_decay"))
    settings.set("weight_decay", 0);
  auto offsetOfState = [&](size_t state) {
    return static_cast<int64_t>(state) * layout.trainedFloats() + range.place.offset;
  };
  UpdateInputs inputs{range.parameter, range.gradient, {}, rate, {}};
  for (size_t k = 0; k < settings.stateNames().size(); ++k)
    inputs.states.push_back(addRange(BufferPlace::State, offsetOfState(k), range.place.size));
  for (const Term &correction : corrections)
    inputs.corrections.push_back(correction);
  UpdateResults next = settings.build(inputs);
  addResult(next.parameter, BufferPlace::Parameters, range.place.offset);
  for (auto [k, state] : llvm::enumerate(next.states))
    addResult(state, BufferPlace::State, offsetOfState(k));
}

void UpdateBuilder::build() {
  Term rate = addScalar(0);
  SmallVector<Term> corrections;
  for (size_t k = 0; k < optimizer.optimizer().betas.size(); ++k)
    corrections.push_back(addScalar(static_cast<int64_t>(k) + 1));
  auto addRanges = [&](BlockRange place, bool decays) {
    return Range{place, addRange(BufferPlace::Parameters, place.offset, place.size),
                 addRange(BufferPlace::Gradients, place.offset, place.size), decays};
  };
  SmallVector<Range> ranges;
  for (auto [place, decays] : {std::pair(layout.decayed, true), std::pair(layout.plain, false)})
    if (place.size > 0)
      ranges.push_back(addRanges(place, decays));
  clip(ranges);
  for (const Range &range : ranges)
    updateRange(range, rate, corrections);
  // What stands in a statistic's place among the gradients is its distance to the batch's, times
  // the share of the batch.
  if (layout.statistics.size > 0) {
    Range range = addRanges(layout.statistics, false);
    addResult(range.parameter - range.gradient, BufferPlace::Parameters, range.place.offset);
  }
  func::ReturnOp::create(builder, function.getLoc(), results);
  function.setType(
      builder.getFunctionType(function.getArgumentTypes(), ValueRange(results).getTypes()));
  for (auto [i, place] : llvm::enumerate(places))
    setResultPlace(function, static_cast<unsigned>(i), place);
}

func::FuncOp buildUpdate(ModuleOp module, Location location, StringRef name,
                         const ParameterLayout &layout, const OptimizerSettings &optimizer) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto function = func::FuncOp::create(builder, location, (name + "_update").str(),
                                       builder.getFunctionType({}, {}));
  function.addEntryBlock();
  UpdateBuilder(function, layout, optimizer).build();
  return function;
}

} // namespace cnnc
