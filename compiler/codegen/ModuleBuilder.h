// Thin helpers over MLIR's LLVM dialect, for the functions that write a network's module.
#pragma once

#include <mlir/Dialect/LLVMIR/LLVMDialect.h>
#include <mlir/IR/BuiltinOps.h>
#include <mlir/IR/ImplicitLocOpBuilder.h>
#include <mlir/IR/OwningOpRef.h>

#include <map>
#include <string>
#include <vector>

namespace cnnc {

/// A field of constant data: an integer, an address, or null.
struct Field {
  mlir::Type type;
  int64_t value = 0;
  std::string symbol; ///< Where an address is meant, `value` bytes behind that of this symbol.
};

/// The fields of a struct, laid out as C does.
using Row = std::vector<Field>;

/// A module in the LLVM dialect, to which functions and constants are added one after the other.
class ModuleBuilder {
public:
  explicit ModuleBuilder(mlir::MLIRContext &context);

  /// The finished module; the builder is of no more use.
  mlir::OwningOpRef<mlir::ModuleOp> take() { return std::move(module); }

  /// Where ops are added; define() and functions after it move it.
  mlir::ImplicitLocOpBuilder builder;
  mlir::Type i8, i32, i64, pointer;

  // Functions. Arguments and results of C functions, size_t being an i64.

  /// A function that is defined elsewhere; the same for the same name. A hidden one is linked into
  /// the same library.
  mlir::LLVM::LLVMFuncOp declare(const std::string &name, mlir::Type result,
                                 const std::vector<mlir::Type> &arguments, bool isHidden = false);
  /// Begins a function: the builder is at the start of its body. Exported, else internal.
  mlir::LLVM::LLVMFuncOp define(const std::string &name, mlir::Type result,
                                const std::vector<mlir::Type> &arguments, bool isExported);
  mlir::Value call(mlir::LLVM::LLVMFuncOp function, const std::vector<mlir::Value> &arguments);
  /// A call of a void function.
  void callVoid(mlir::LLVM::LLVMFuncOp function, const std::vector<mlir::Value> &arguments);
  void ret(mlir::Value result);
  mlir::Type voidType();

  // Values.

  mlir::Value constant(mlir::Type type, int64_t value);
  mlir::Value null();
  mlir::Value addressOf(const std::string &symbol);
  mlir::Value load(mlir::Type type, mlir::Value address);
  void store(mlir::Value value, mlir::Value address);
  /// address + offset bytes.
  mlir::Value advance(mlir::Value address, mlir::Value offset);
  mlir::Value advance(mlir::Value address, int64_t offset);
  /// Memory of the function's stack frame. Only in its entry block.
  mlir::Value stack(int64_t bytes, int64_t alignment);

  // Constant data, internal to the module.

  /// The symbol of a C string; the same for the same text.
  std::string text(const std::string &text);
  /// An array of structs (or of single fields) under the name `symbol`, which is returned; the
  /// empty string, which address() takes for null, if there are no rows.
  std::string table(const std::string &symbol, const std::vector<Row> &rows);
  /// A name for data that is defined elsewhere in the same library.
  void declareData(const std::string &symbol);

  Field number32(int64_t value) const { return {i32, value, ""}; }
  Field number64(int64_t value) const { return {i64, value, ""}; }
  /// The bits of a double.
  Field numberDouble(double value) const;
  /// `offset` bytes behind the symbol; null for the empty one.
  Field address(const std::string &symbol, int64_t offset = 0) const {
    return {pointer, offset, symbol};
  }

private:
  mlir::Value fieldValue(const Field &field);
  mlir::LLVM::GlobalOp global(const std::string &symbol, mlir::Type type,
                              mlir::LLVM::Linkage linkage, mlir::Attribute value = {});

  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::map<std::string, std::string> texts;
};

} // namespace cnnc
