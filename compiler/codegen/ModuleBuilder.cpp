#include "compiler/codegen/ModuleBuilder.h"

#include <cstring>

namespace cnnc {

namespace LLVM = mlir::LLVM;

ModuleBuilder::ModuleBuilder(mlir::MLIRContext &context)
    : builder(mlir::UnknownLoc::get(&context), &context) {
  context.loadDialect<LLVM::LLVMDialect>();
  module = mlir::ModuleOp::create(builder.getLoc());
  i8 = builder.getI8Type();
  i32 = builder.getI32Type();
  i64 = builder.getI64Type();
  pointer = LLVM::LLVMPointerType::get(&context);
}

// ---- Functions ---------------------------------------------------------------------------------

mlir::Type ModuleBuilder::voidType() { return LLVM::LLVMVoidType::get(builder.getContext()); }

LLVM::LLVMFuncOp ModuleBuilder::declare(const std::string &name, mlir::Type result,
                                        const std::vector<mlir::Type> &arguments, bool isHidden) {
  if (auto declared = module->lookupSymbol<LLVM::LLVMFuncOp>(name))
    return declared;
  mlir::OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(module->getBody());
  auto type = LLVM::LLVMFunctionType::get(result, arguments);
  auto function = LLVM::LLVMFuncOp::create(builder, name, type, LLVM::Linkage::External, isHidden);
  function.setNoUnwind(true);
  if (isHidden)
    function.setVisibility_(LLVM::Visibility::Hidden);
  return function;
}

LLVM::LLVMFuncOp ModuleBuilder::define(const std::string &name, mlir::Type result,
                                       const std::vector<mlir::Type> &arguments, bool isExported) {
  LLVM::LLVMFuncOp function = declare(name, result, arguments);
  function.setLinkage(isExported ? LLVM::Linkage::External : LLVM::Linkage::Internal);
  function.setDsoLocal(!isExported);
  builder.setInsertionPointToStart(function.addEntryBlock(builder));
  return function;
}

mlir::Value ModuleBuilder::call(LLVM::LLVMFuncOp function,
                                const std::vector<mlir::Value> &arguments) {
  return LLVM::CallOp::create(builder, function, arguments).getResult();
}

void ModuleBuilder::callVoid(LLVM::LLVMFuncOp function, const std::vector<mlir::Value> &arguments) {
  LLVM::CallOp::create(builder, function, arguments);
}

void ModuleBuilder::ret(mlir::Value result) { LLVM::ReturnOp::create(builder, result); }

// ---- Values ------------------------------------------------------------------------------------

mlir::Value ModuleBuilder::constant(mlir::Type type, int64_t value) {
  return LLVM::ConstantOp::create(builder, type, builder.getIntegerAttr(type, value));
}

mlir::Value ModuleBuilder::null() { return LLVM::ZeroOp::create(builder, pointer); }

mlir::Value ModuleBuilder::addressOf(const std::string &symbol) {
  return LLVM::AddressOfOp::create(builder, pointer, symbol);
}

mlir::Value ModuleBuilder::load(mlir::Type type, mlir::Value address) {
  return LLVM::LoadOp::create(builder, type, address);
}

void ModuleBuilder::store(mlir::Value value, mlir::Value address) {
  LLVM::StoreOp::create(builder, value, address);
}

mlir::Value ModuleBuilder::advance(mlir::Value address, mlir::Value offset) {
  return LLVM::GEPOp::create(builder, pointer, i8, address, mlir::ValueRange(offset));
}

mlir::Value ModuleBuilder::advance(mlir::Value address, int64_t offset) {
  return offset == 0 ? address : advance(address, constant(i64, offset));
}

mlir::Value ModuleBuilder::stack(int64_t bytes, int64_t alignment) {
  return LLVM::AllocaOp::create(builder, pointer, i8, constant(i64, bytes),
                                static_cast<unsigned>(alignment));
}

// ---- Constant data -----------------------------------------------------------------------------

LLVM::GlobalOp ModuleBuilder::global(const std::string &symbol, mlir::Type type,
                                     LLVM::Linkage linkage, mlir::Attribute value) {
  mlir::OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(module->getBody());
  return LLVM::GlobalOp::create(builder, type, /*isConstant=*/true, linkage, symbol, value);
}

std::string ModuleBuilder::text(const std::string &text) {
  auto [entry, isNew] = texts.insert({text, "text_" + std::to_string(texts.size())});
  if (isNew) {
    std::string bytes = text + '\0';
    auto type = LLVM::LLVMArrayType::get(i8, static_cast<unsigned>(bytes.size()));
    auto constant =
        global(entry->second, type, LLVM::Linkage::Private, builder.getStringAttr(bytes));
    constant.setUnnamedAddr(LLVM::UnnamedAddr::Global);
  }
  return entry->second;
}

Field ModuleBuilder::numberDouble(double value) const {
  int64_t bits;
  static_assert(sizeof bits == sizeof value, "a double has 64 bits");
  std::memcpy(&bits, &value, sizeof bits);
  return number64(bits);
}

mlir::Value ModuleBuilder::fieldValue(const Field &field) {
  if (field.type != pointer)
    return constant(field.type, field.value);
  return field.symbol.empty() ? null() : advance(addressOf(field.symbol), field.value);
}

std::string ModuleBuilder::table(const std::string &symbol, const std::vector<Row> &rows) {
  if (rows.empty())
    return "";
  std::vector<mlir::Type> types;
  for (const Field &field : rows.front())
    types.push_back(field.type);
  auto rowType = LLVM::LLVMStructType::getLiteral(builder.getContext(), types);
  auto type = LLVM::LLVMArrayType::get(rowType, static_cast<unsigned>(rows.size()));
  LLVM::GlobalOp data = global(symbol, type, LLVM::Linkage::Internal);
  data.setDsoLocal(true);

  mlir::OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&data.getInitializerRegion());
  mlir::Value value = LLVM::UndefOp::create(builder, type);
  for (size_t row = 0; row < rows.size(); ++row)
    for (size_t field = 0; field < types.size(); ++field)
      value = LLVM::InsertValueOp::create(
          builder, value, fieldValue(rows[row][field]),
          mlir::ArrayRef<int64_t>{static_cast<int64_t>(row), static_cast<int64_t>(field)});
  ret(value);
  return symbol;
}

void ModuleBuilder::declareData(const std::string &symbol) {
  LLVM::GlobalOp data = global(symbol, i8, LLVM::Linkage::External);
  data.setVisibility_(LLVM::Visibility::Hidden);
  data.setDsoLocal(true);
  data.setAlignment(64);
}

} // namespace cnnc
