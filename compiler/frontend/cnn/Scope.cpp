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
  std::string base = call.label.empty() ? call.callee : call.label;
  bool isNew = taken.count(base) == 0;
  if (!isNew && !call.label.empty() && taken[base] != &call)
    return emitError(locate(call.location))
           << "'" << base << "' names another layer of this block; choose another label";
  int count = ++counts[base];
  std::string name = count == 1 ? base : base + "_" + std::to_string(count);
  if (!taken.try_emplace(name, &call).second)
    return emitError(locate(call.location))
           << "'" << name << "' would be the name of this layer but is a label already; "
           << "label this one too, or choose another label there";
  return path + name;
}

} // namespace cnnc
