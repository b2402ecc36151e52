#include "compiler/codegen/LowerDescriptor.h"

#include "compiler/codegen/Symbols.h"

#include "cnnrt.h"

#include <cassert>

namespace cnnc {

namespace LLVM = mlir::LLVM;

// ---- Rules for the sizes -----------------------------------------------------------------------

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

/// The element counts of all buffers, of those that differ by a constant factor the largest.
static std::vector<SizeExpr> largestBuffers(const NetworkPlan &plan) {
  std::map<std::string, size_t> indexOfBase;
  std::vector<SizeExpr> bases;
  std::vector<int64_t> factors;
  for (const KernelCall &call : plan.calls)
    for (const BufferArgument &argument : call.arguments) {
      SizeExpr count = elementCount(argument.extents);
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

// ---- Functions ---------------------------------------------------------------------------------

/// int NAME_check_sizes(const int64_t *sizes, char *message, size_t message_bytes)
static void lowerCheckSizes(ModuleBuilder &m, const Symbols &symbols) {
  auto check = m.declare("cnnrt_check_sizes", m.i32, {m.pointer, m.pointer, m.pointer, m.i64});
  auto function =
      m.define(symbols.checkSizes(), m.i32, {m.pointer, m.pointer, m.i64}, /*isExported=*/false);
  m.ret(m.call(check, {m.addressOf(symbols.descriptor()), function.getArgument(0),
                       function.getArgument(1), function.getArgument(2)}));
}

/// int64_t NAME_expression_value(int32_t index, const int64_t *sizes): one block for each index,
/// and 0 for what is none. It is asked before the sizes have been checked.
static void lowerExpressionValue(ModuleBuilder &m, const Symbols &symbols,
                                 const ExpressionTable &expressions) {
  auto function =
      m.define(symbols.expressionValue(), m.i64, {m.i32, m.pointer}, /*isExported=*/false);
  mlir::Block *entry = m.builder.getInsertionBlock();
  std::vector<mlir::Block *> cases;
  std::vector<int32_t> indices;
  for (const SizeExpr &expression : expressions.expressions()) {
    indices.push_back(static_cast<int32_t>(cases.size()));
    cases.push_back(m.builder.createBlock(&function.getBody(), function.getBody().end()));
    std::vector<mlir::Value> sizes;
    for (int k = 0; k < expressions.numSizes(); ++k)
      sizes.push_back(m.load(m.i64, m.advance(function.getArgument(1), 8 * k)));
    SizeEmitter emitter(m, sizes, /*saturate=*/true);
    m.ret(emitter.emit(expression));
  }
  mlir::Block *none = m.builder.createBlock(&function.getBody(), function.getBody().end());
  m.ret(m.constant(m.i64, 0));
  m.builder.setInsertionPointToEnd(entry);
  LLVM::SwitchOp::create(m.builder, function.getArgument(0), none, mlir::ValueRange(), indices,
                         cases, std::vector<mlir::ValueRange>(cases.size()));
}

/// const cnnrt_network *NAME_network(void)
static void lowerNetwork(ModuleBuilder &m, const Symbols &symbols) {
  m.define(symbols.network(), m.pointer, {}, /*isExported=*/true);
  m.ret(m.addressOf(symbols.descriptor()));
}

// ---- Data --------------------------------------------------------------------------------------

static int typeNumber(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return CNNRT_F32;
  case ElementType::F64:
    return CNNRT_F64;
  case ElementType::U8:
    return CNNRT_U8;
  case ElementType::I8:
    return CNNRT_I8;
  case ElementType::I32:
    return CNNRT_I32;
  case ElementType::I64:
    return CNNRT_I64;
  case ElementType::Bool:
    return CNNRT_BOOL;
  }
  return CNNRT_F32;
}

/// A cnnrt_tensor, its arrays under names that begin with `symbol`.
static Row tensorRow(ModuleBuilder &m, const std::string &symbol, const BorderTensor &tensor,
                     ExpressionTable &expressions) {
  std::vector<Row> dims, numbers;
  for (const SizeExpr &dim : tensor.shape) {
    dims.push_back({m.number64(dim.isConstant() ? dim.value() : -1)});
    numbers.push_back({m.number32(dim.isConstant() ? -1 : expressions.add(dim))});
  }
  return {m.address(m.text(tensor.name)),
          m.number32(typeNumber(tensor.elementType)),
          m.number32(static_cast<int64_t>(dims.size())),
          m.address(m.table(symbol + "_dims", dims)),
          m.address(m.table(symbol + "_dim_expressions", numbers)),
          m.number64(0)};
}

static std::string tensorTable(ModuleBuilder &m, const std::string &symbol,
                               const std::vector<BorderTensor> &tensors,
                               ExpressionTable &expressions) {
  std::vector<Row> rows;
  for (const BorderTensor &tensor : tensors)
    rows.push_back(tensorRow(m, symbol + std::to_string(rows.size()), tensor, expressions));
  return m.table(symbol, rows);
}

static std::string expressionTexts(ModuleBuilder &m, const std::string &symbol,
                                   const ExpressionTable &expressions) {
  std::vector<Row> rows;
  for (size_t index = 0; index < expressions.expressions().size(); ++index)
    rows.push_back({m.address(m.text(expressions.text(static_cast<int>(index))))});
  return m.table(symbol, rows);
}

static std::string typicalSizes(ModuleBuilder &m, const std::string &symbol,
                                const NetworkPlan &plan) {
  assert(plan.typicalSizes.size() == plan.sizes.size() && "a typical size for each size");
  std::vector<Row> rows;
  for (int64_t size : plan.typicalSizes)
    rows.push_back({m.number64(size)});
  return m.table(symbol, rows);
}

static std::string ruleTable(ModuleBuilder &m, const std::string &symbol,
                             const std::vector<SizeRule> &rules) {
  std::vector<Row> rows;
  for (const SizeRule &rule : rules)
    rows.push_back({m.number32(rule.expression), m.number32(rule.condition),
                    m.number64(rule.bound)});
  return m.table(symbol, rows);
}

/// The fields of cnnrt_network, in its order.
static Row descriptorRow(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols,
                         ExpressionTable &expressions, const std::vector<SizeRule> &rules) {
  const Field none = m.address("");
  auto count = [&](size_t n) { return m.number32(static_cast<int64_t>(n)); };
  // First of all, for they may add expressions.
  Field inputs = m.address(tensorTable(m, symbols.prefix + "input", plan.inputs, expressions));
  Field outputs = m.address(tensorTable(m, symbols.prefix + "output", plan.outputs, expressions));
  m.declare("cnnrt_status_string", m.pointer, {m.i32});
  return {
      m.number64(sizeof(cnnrt_network)),
      m.number32(CNNRT_ABI_VERSION),
      count(plan.sizes.size()),
      m.address(m.text(plan.name)),
      m.address(m.text(plan.target.name)),
      m.number64(static_cast<int64_t>(plan.target.cpuFeatures)),
      count(plan.inputs.size()),
      count(plan.outputs.size()),
      m.number32(0), // parameters
      count(expressions.expressions().size()),
      inputs,
      outputs,
      none, // parameters
      m.address(expressionTexts(m, symbols.prefix + "expressions", expressions)),
      m.address(typicalSizes(m, symbols.prefix + "typical_sizes", plan)),
      m.address(ruleTable(m, symbols.prefix + "size_checks", rules)),
      count(rules.size()),
      m.number32(0), // reserved
      m.address(symbols.expressionValue()),
      m.address(symbols.checkSizes()),
      m.address("cnnrt_status_string"),
      m.address(symbols.workspaceBytesArray()),
      m.address(symbols.runArrays()),
      none, // run_with_parameters
      m.number64(0), // parameter_floats, state_floats, targets, ...: no training
      m.number64(0),
      none,
      m.number32(0),
      m.number32(0),
      none,
      none,
      none,
  };
}

static_assert(sizeof(void *) != 8 || sizeof(cnnrt_network) == 216,
              "cnnrt_network has changed: so must descriptorRow");
static_assert(sizeof(void *) != 8 || sizeof(cnnrt_tensor) == 40,
              "cnnrt_tensor has changed: so must tensorRow");

void lowerDescriptor(ModuleBuilder &m, const NetworkPlan &plan, ExpressionTable &expressions,
                     const std::vector<SizeRule> &rules) {
  const Symbols symbols(plan);
  Row row = descriptorRow(m, plan, symbols, expressions, rules);
  m.table(symbols.descriptor(), {row});
  lowerCheckSizes(m, symbols);
  lowerExpressionValue(m, symbols, expressions);
  lowerNetwork(m, symbols);
}

} // namespace cnnc
