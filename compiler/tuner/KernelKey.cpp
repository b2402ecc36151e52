#include "compiler/tuner/KernelKey.h"

#include "compiler/codegen/KernelBytes.h"

#include <llvm/ADT/StringRef.h>
#include <llvm/TargetParser/Host.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>

namespace cnnc {

std::string hostCpu() { return llvm::sys::getHostCPUName().str(); }

std::string kernelKey(const KernelSpec &spec, const std::vector<int64_t> &sizes) {
  KernelSpec bare = spec;
  bare.schedule = {};
  // What the table of targets says about caches is a guess that may change; what is measured is
  // not.
  bare.target = Target();
  bare.target.name = spec.target.name;
  std::string text = bare.toText();
  for (int64_t size : sizes)
    text += " " + std::to_string(size);
  return contentHash(text).substr(0, 32);
}

static std::string shapeText(const TensorDescription &tensor) {
  std::string text;
  for (int64_t dim : tensor.shape)
    text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text.empty() ? "1" : text;
}

std::string kernelTitle(const KernelSpec &spec, const std::vector<int64_t> &sizes) {
  const KernelSpec fixed = atSizes(spec, sizes);
  std::string ops;
  for (const OpDescription &op : fixed.graph.ops)
    ops += (ops.empty() ? "" : "+") + op.name;
  const OpDescription &anchor = fixed.graph.ops[static_cast<size_t>(fixed.anchor)];
  std::string text = ops + " " + shapeText(fixed.graph.tensor(anchor.operands[0]));
  if (anchor.operands.size() > 1)
    text += " by " + shapeText(fixed.graph.tensor(anchor.operands[1]));
  return text;
}

std::string toText(const Schedule &schedule) {
  std::string text = schedule.algorithm;
  for (const auto &[name, value] : schedule.parameters)
    text += " " + name + "=" + std::to_string(value);
  return text;
}

/// Adds "columns=6" to the parameters.
static bool parseParameter(const std::string &word, Schedule &schedule) {
  size_t equals = word.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == word.size())
    return false;
  char *end = nullptr;
  errno = 0;
  long long value = std::strtoll(word.c_str() + equals + 1, &end, 10);
  schedule.parameters[word.substr(0, equals)] = value;
  return *end == '\0' && errno == 0;
}

std::optional<Schedule> parseSchedule(const std::string &text) {
  std::istringstream words(text);
  Schedule schedule;
  std::string word;
  if (!(words >> schedule.algorithm))
    return std::nullopt;
  while (words >> word)
    if (!parseParameter(word, schedule))
      return std::nullopt;
  return toText(schedule) == text ? std::optional(schedule) : std::nullopt;
}

} // namespace cnnc
