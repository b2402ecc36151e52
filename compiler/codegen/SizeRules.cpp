#include "compiler/codegen/SizeRules.h"

#include "cnnrt.h"

#include <algorithm>

namespace cnnc {

/// What fits Halide's 32 bits.
static constexpr int64_t mostElements = 2147483647;

static bool holds(int64_t value, int condition, int64_t bound) {
  switch (condition) {
  case CNNRT_AT_LEAST:
    return value >= bound;
  case CNNRT_AT_MOST:
    return value <= bound;
  case CNNRT_EQUAL:
    return value == bound;
  default:
    return value % bound == 0;
  }
}

namespace {
/// Collects the rules; what is wrong whatever the sizes becomes an error.
struct RuleCollector {
  ExpressionTable &expressions;
  std::vector<SizeRule> rules;
  std::string error;

  void add(const SizeExpr &value, int condition, int64_t bound, const std::string &demand) {
    if (!value.isConstant())
      rules.push_back({expressions.add(value), condition, bound});
    else if (!holds(value.value(), condition, bound) && error.empty())
      error = "a size of the network is " + std::to_string(value.value()) + ", it must be " +
              demand + " " + std::to_string(bound);
  }

  void add(const SizeCheck &check) {
    bool isSize = check.value.kind() == SizeExpr::Symbol; // Those are at least 1 in any case.
    if (!isSize || check.least > 1)
      add(check.value, CNNRT_AT_LEAST, check.least, "at least");
    if (!check.multipleOf.isConstant())
      add(mod(check.value, check.multipleOf), CNNRT_EQUAL, 0, "equal to");
    else if (check.multipleOf != 1)
      add(check.value, CNNRT_MULTIPLE_OF, check.multipleOf.value(), "a multiple of");
  }
};
} // namespace

/// The elements from the first to the last of the argument, those of a larger tensor between.
static SizeExpr spannedElements(const BufferArgument &argument) {
  std::vector<SizeExpr> extents = argument.extents;
  if (argument.pitch > 0)
    extents.front() = argument.pitch;
  return elementCount(extents);
}

static std::vector<const BufferArgument *> allBuffers(const NetworkPlan &plan) {
  std::vector<const BufferArgument *> buffers;
  for (const FunctionPlan *function : functionsOf(plan))
    for (const KernelCall &call : function->calls)
      for (const BufferArgument &argument : call.arguments)
        buffers.push_back(&argument);
  return buffers;
}

/// The element counts of all buffers, of those that differ by a constant factor the largest.
static std::vector<SizeExpr> largestBuffers(const NetworkPlan &plan) {
  std::map<std::string, size_t> indexOfBase;
  std::vector<SizeExpr> bases;
  std::vector<int64_t> factors;
  for (const BufferArgument *argument : allBuffers(plan)) {
    SizeExpr count = spannedElements(*argument);
    bool hasFactor = count.kind() == SizeExpr::Mul && count.rhs().isConstant();
    int64_t factor = count.isConstant() ? count.value() : hasFactor ? count.rhs().value() : 1;
    SizeExpr base = count.isConstant() ? SizeExpr(1) : hasFactor ? count.lhs() : count;
    auto [entry, isNew] = indexOfBase.insert({base.toString(), bases.size()});
    if (isNew) {
      bases.push_back(base);
      factors.push_back(factor);
    }
    factors[entry->second] = std::max(factors[entry->second], factor);
  }
  for (size_t index = 0; index < bases.size(); ++index)
    bases[index] = bases[index] * factors[index];
  return bases;
}

Result<std::vector<SizeRule>> sizeRules(const NetworkPlan &plan, ExpressionTable &expressions) {
  RuleCollector collector{expressions, {}, ""};
  for (const SizeCheck &check : plan.checks)
    collector.add(check);
  if (!collector.error.empty())
    return Error{collector.error};
  for (const SizeExpr &count : largestBuffers(plan)) {
    if (count.isConstant() && count.value() > mostElements)
      return Error{"a tensor of the network has " + std::to_string(count.value()) +
                   " elements, it can have at most 2147483647; use smaller sizes or batches"};
    collector.add(count, CNNRT_AT_MOST, mostElements, "at most");
  }
  return collector.rules;
}

} // namespace cnnc
