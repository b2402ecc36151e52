#include "compiler/frontend/cnn/Scope.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace cnnc {

const CallValue *Scope::find(const std::string &name) const {
  auto it = values.find(name);
  return it == values.end() ? nullptr : &it->second;
}

std::vector<std::string> Scope::valueNames() const {
  std::vector<std::string> names;
  for (const auto &[name, value] : values)
    names.push_back(name);
  return names;
}

FailureOr<std::string> Scope::claimPath(const syntax::Call &call) {
  Result<std::string> name = layers.claim(call.label, call.callee, &call);
  if (!name)
    return emitError(locate(call.location)) << name.error();
  return path + *name;
}

} // namespace cnnc
