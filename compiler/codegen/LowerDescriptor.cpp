#include "compiler/codegen/LowerDescriptor.h"

#include "compiler/codegen/Symbols.h"

#include "cnnrt.h"

#include <cassert>
#include <cstring>

namespace cnnc {

namespace LLVM = mlir::LLVM;

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

int typeNumber(ElementType type) {
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
    rows.push_back(
        {m.number32(rule.expression), m.number32(rule.condition), m.number64(rule.bound)});
  return m.table(symbol, rows);
}

/// The 64 bytes that the weights must begin with; "" where they are in the library.
static std::string weightsHeader(ModuleBuilder &m, const Symbols &symbols,
                                 const NetworkPlan &plan) {
  if (!plan.weightsHeader)
    return "";
  int64_t words[sizeof(cnnrt_weights_header) / 8];
  std::memcpy(words, &*plan.weightsHeader, sizeof words);
  Row row;
  for (int64_t word : words)
    row.push_back(m.number64(word));
  return m.table(symbols.weightsHeader(), {row});
}

/// The tensors of a block of the caller.
static std::string blockTable(ModuleBuilder &m, const std::string &symbol,
                              const std::vector<BlockTensor> &tensors) {
  std::vector<Row> rows;
  for (const BlockTensor &tensor : tensors) {
    const std::string name = symbol + std::to_string(rows.size());
    std::vector<Row> dims, numbers;
    for (int64_t dim : tensor.shape) {
      dims.push_back({m.number64(dim)});
      numbers.push_back({m.number32(-1)});
    }
    rows.push_back(
        {m.address(m.text(tensor.name)), m.number32(CNNRT_F32),
         m.number32(static_cast<int64_t>(dims.size())), m.address(m.table(name + "_dims", dims)),
         m.address(m.table(name + "_dim_expressions", numbers)), m.number64(tensor.offset)});
  }
  return m.table(symbol, rows);
}

/// The fields of cnnrt_network, in its order.
static Row descriptorRow(ModuleBuilder &m, const NetworkPlan &plan, const Symbols &symbols,
                         ExpressionTable &expressions, const std::vector<SizeRule> &rules) {
  const Field none = m.address(""), run = m.address(symbols.runArrays());
  auto count = [&](size_t n) { return m.number32(static_cast<int64_t>(n)); };
  static const TrainingPlan noTraining;
  const bool trains = plan.training.has_value();
  const TrainingPlan &training = trains ? *plan.training : noTraining;
  auto ofTraining = [&](const std::string &symbol) { return trains ? m.address(symbol) : none; };
  // First of all, for they may add expressions.
  Field inputs = m.address(tensorTable(m, symbols.prefix + "input", plan.inputs, expressions));
  Field outputs = m.address(tensorTable(m, symbols.prefix + "output", plan.outputs, expressions));
  Field targets =
      m.address(tensorTable(m, symbols.prefix + "target", training.targets, expressions));
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
      count(training.parameters.size()),
      count(expressions.expressions().size()),
      inputs,
      outputs,
      m.address(blockTable(m, symbols.prefix + "parameter", training.parameters)),
      m.address(expressionTexts(m, symbols.prefix + "expressions", expressions)),
      m.address(typicalSizes(m, symbols.prefix + "typical_sizes", plan)),
      m.address(ruleTable(m, symbols.prefix + "size_checks", rules)),
      count(rules.size()),
      m.number32(0), // reserved
      m.address(symbols.expressionValue()),
      m.address(symbols.checkSizes()),
      m.address("cnnrt_status_string"),
      m.address(symbols.workspaceBytesArray()),
      plan.weightsHeader || trains ? none : run,
      trains ? run : none,
      m.number64(training.parameterFloats),
      m.number64(training.stateFloats),
      targets,
      count(training.targets.size()),
      m.number32(0), // reserved
      ofTraining(symbols.init()),
      ofTraining(symbols.gradientsArrays()),
      ofTraining(symbols.trainStepArrays()),
      m.number64(plan.weightsHeader ? static_cast<int64_t>(plan.weightsHeader->file_bytes) : 0),
      m.address(weightsHeader(m, symbols, plan)),
      plan.weightsHeader ? run : none,
      count(training.states.size()),
      m.number32(0), // reserved
      m.address(blockTable(m, symbols.prefix + "state", training.states)),
      ofTraining(symbols.trainingWorkspaceBytesArray()),
  };
}

static_assert(sizeof(void *) != 8 || sizeof(cnnrt_network) == 264,
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
