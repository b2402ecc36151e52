#include "compiler/frontend/LayerNames.h"

namespace cnnc {

Result<std::string> LayerNames::claim(const std::string &label, const std::string &word,
                                      const void *owner) {
  const std::string &base = label.empty() ? word : label;
  auto holder = taken.find(base);
  if (!label.empty() && holder != taken.end() && holder->second != owner)
    return Error{"'" + base + "' names another layer of this block; choose another label"};
  int count = ++counts[base];
  std::string name = count == 1 ? base : base + "_" + std::to_string(count);
  if (!taken.try_emplace(name, owner).second)
    return Error{"'" + name +
                 "' would be the name of this layer but is a label already; label this "
                 "one too, or choose another label there"};
  return name;
}

} // namespace cnnc
