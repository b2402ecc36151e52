// The table of op builders, driven by Ops.def and Elementwise.def.
#include "compiler/kernels/KernelBuild.h"
#include "compiler/kernels/ops/Elementwise.h"

#include <map>

namespace cnnc {

#define OP(name, Function)                                                                         \
  Value build##Function(KernelBuild &, const OpDescription &, const std::vector<Value> &);
#include "compiler/kernels/Ops.def"

static const std::map<std::string, OpBuilder> &table() {
  static const std::map<std::string, OpBuilder> builders = {
#define OP(name, Function) {#name, build##Function},
#include "compiler/kernels/Ops.def"
#define UNARY(name, expression) {#name, buildElementwise},
#define BINARY(name, expression) {#name, buildElementwise},
#include "compiler/kernels/Elementwise.def"
  };
  return builders;
}

OpBuilder findOpBuilder(const std::string &name) {
  auto it = table().find(name);
  return it == table().end() ? nullptr : it->second;
}

std::vector<std::string> opsWithKernel() {
  std::vector<std::string> names;
  for (const auto &entry : table())
    names.push_back(entry.first);
  return names;
}

} // namespace cnnc
