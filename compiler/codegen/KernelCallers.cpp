#include "compiler/codegen/KernelCallers.h"

#include "compiler/codegen/LlvmObject.h"
#include "compiler/codegen/ModuleBuilder.h"
#include "compiler/codegen/Symbols.h"

#include <set>

namespace cnnc {

std::string kernelCaller(const std::string &kernel) { return kernel + "_caller"; }

static void lowerCaller(ModuleBuilder &m, const std::string &kernel, size_t buffers) {
  auto function = m.define(kernelCaller(kernel), m.i32, {m.pointer, m.pointer}, true);
  std::vector<mlir::Value> arguments = {function.getArgument(0)};
  for (size_t index = 0; index < buffers; ++index)
    arguments.push_back(m.load(m.pointer, m.advance(function.getArgument(1),
                                                    static_cast<int64_t>(index * sizeof(void *)))));
  auto callee = m.declare(kernel, m.i32, std::vector<mlir::Type>(arguments.size(), m.pointer),
                          /*isHidden=*/true);
  m.ret(m.call(callee, arguments));
}

Result<std::string> kernelCallersObject(const NetworkPlan &plan) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  ModuleBuilder module(context);
  std::set<int> written;
  for (const FunctionPlan *function : functionsOf(plan))
    for (const KernelCall &call : function->calls)
      if (written.insert(call.kernel).second)
        lowerCaller(module, Symbols(plan).kernel(plan.kernels[static_cast<size_t>(call.kernel)]),
                    call.arguments.size());
  return compileModule(*module.take(), plan.target);
}

} // namespace cnnc
