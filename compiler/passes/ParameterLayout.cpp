#include "compiler/passes/ParameterLayout.h"

using namespace mlir;

namespace cnnc {

const PlacedParameter *ParameterLayout::find(StringRef name) const {
  auto it = llvm::find_if(parameters, [&](const PlacedParameter &p) { return p.name == name; });
  return it == parameters.end() ? nullptr : &*it;
}

/// True of what may be trained.
static bool isParameter(cnn::Constant constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  return constant.getName() && !constant.getFrozen() && type.getElementType().isF32() &&
         type.getRank() > 0;
}

/// Gives those parameters that `isMember` a range that begins at `offset`.
static BlockRange place(std::vector<PlacedParameter> &parameters, int64_t offset,
                        function_ref<bool(const PlacedParameter &)> isMember) {
  BlockRange range{offset, 0};
  for (PlacedParameter &parameter : parameters)
    if (isMember(parameter)) {
      parameter.offset = offset + range.size;
      range.size += parameter.type.getNumElements();
    }
  return range;
}

ParameterLayout layOutParameters(func::FuncOp loss, const cnn::OptimizerSettings &optimizer,
                                 function_ref<bool(Value)> isStatistic) {
  ParameterLayout layout;
  for (cnn::Constant constant : loss.getOps<cnn::Constant>())
    if (bool isMoved = isStatistic(constant); isParameter(constant) &&
                                              (isMoved || !constant->use_empty()) &&
                                              !layout.find(*constant.getName()))
      layout.parameters.push_back({constant.getName()->str(),
                                   cast<RankedTensorType>(constant.getType()), isMoved, 0,
                                   constant});
  bool decaysAll = optimizer["decay_all"] != 0;
  auto decays = [&](const PlacedParameter &p) {
    return !p.isStatistic && (decaysAll || p.type.getRank() >= 2);
  };
  layout.decayed = place(layout.parameters, 0, decays);
  layout.plain = place(layout.parameters, layout.decayed.size,
                       [&](const PlacedParameter &p) { return !p.isStatistic && !decays(p); });
  layout.statistics = place(layout.parameters, layout.trainedFloats(),
                            [](const PlacedParameter &p) { return p.isStatistic; });
  return layout;
}

std::vector<BlockTensor> layOutStates(const ParameterLayout &layout,
                                      const cnn::OptimizerSettings &optimizer) {
  std::vector<BlockTensor> states;
  int64_t begin = 0;
  for (const std::string &state : optimizer.stateNames()) {
    for (const PlacedParameter &parameter : layout.parameters)
      if (!parameter.isStatistic)
        states.push_back({state + "." + parameter.name, parameter.type.getShape().vec(),
                          begin + parameter.offset});
    begin += layout.trainedFloats();
  }
  return states;
}

} // namespace cnnc
