#include "compiler/codegen/NetworkPlan.h"

namespace cnnc {

std::vector<SizeExpr> stridesOf(const BufferArgument &argument) {
  std::vector<SizeExpr> strides;
  SizeExpr stride = 1;
  for (const SizeExpr &extent : argument.extents) {
    strides.push_back(stride);
    bool isPitched = strides.size() == 1 && argument.pitch > 0;
    stride = stride * (isPitched ? SizeExpr(argument.pitch) : extent);
  }
  return strides;
}

std::vector<const FunctionPlan *> functionsOf(const NetworkPlan &plan) {
  std::vector<const FunctionPlan *> functions = {&plan.run};
  if (const auto &training = plan.training)
    functions.insert(functions.end(),
                     {&training->gradients, &training->parameterGradients, &training->update});
  return functions;
}

} // namespace cnnc
