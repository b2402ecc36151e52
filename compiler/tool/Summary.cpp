#include "compiler/tool/Summary.h"

#include "compiler/frontend/NetworkFunction.h"
#include "compiler/passes/Describe.h"
#include "compiler/support/Work.h"

#include "llvm/Support/Format.h"

#include <array>

using namespace mlir;

namespace cnnc {

namespace {

/// How far a value sees in the input: `size` elements along each side, its neighbour `jump`
/// further.
struct Field {
  int64_t size = 1, jump = 1;
};

class Summary {
public:
  Summary(func::FuncOp network, raw_ostream &os)
      : network(network), names(getSizeNames(network)), typical(getTypicalSizes(network)), os(os) {}

  void print() {
    row({"layer", "result", "filter", "parameters", "multiply-adds", "sees"});
    for (Operation &op : network.getBody().front())
      if (isa<cnn::CNNDialect>(op.getDialect()) && !isa<cnn::Constant>(op))
        printOp(op);
    row({"all", "", "", std::to_string(parameters), std::to_string(multiplyAdds), ""});
  }

private:
  void printOp(Operation &op) {
    int64_t own = 0;
    std::string filter;
    for (Value operand : op.getOperands())
      if (constantOf(operand)) {
        own += cast<RankedTensorType>(operand.getType()).getNumElements();
        if (filter.empty())
          filter = text(operand);
      }
    int64_t work = multiplyAddsOf(op);
    parameters += own;
    multiplyAdds += work;
    Field field = fieldOf(op);
    fields[op.getResult(0)] = field;
    std::string sees = field.size > 1 ? std::to_string(field.size) : "";
    std::string kind = op.getName().stripDialect().str(), name = getName(op).str();
    row({name.empty() ? kind : name + ": " + kind, text(op.getResult(0)), filter,
         own ? std::to_string(own) : "", work ? std::to_string(work) : "", sees});
  }

  int64_t multiplyAddsOf(Operation &op) {
    std::vector<std::vector<int64_t>> operands;
    for (Value operand : op.getOperands())
      operands.push_back(shapeOf(operand));
    return countMultiplyAdds(op.getName().stripDialect().str(), operands, shapeOf(op.getResult(0)));
  }

  std::vector<int64_t> shapeOf(Value value) {
    std::vector<int64_t> shape;
    for (cnn::Size size : cnn::sizesOf(value))
      shape.push_back(toSizeExpr(size).evaluate(typical));
    return shape;
  }

  /// Along the first spatial dim; ops without windows see what their inputs see.
  Field fieldOf(Operation &op) {
    Field field;
    for (Value operand : op.getOperands())
      if (fields.count(operand) && fields[operand].size >= field.size)
        field = fields[operand];
    int64_t kernel = 1;
    if (auto shape = op.getAttrOfType<DenseI64ArrayAttr>("kernel_shape"))
      kernel = shape[0];
    else if (isa<cnn::Conv, cnn::TrueConv>(op))
      kernel = cast<RankedTensorType>(op.getOperand(1).getType()).getDimSize(2);
    if (auto dilations = op.getAttrOfType<DenseI64ArrayAttr>("dilations"))
      field.size += (kernel - 1) * dilations[0] * field.jump;
    if (auto strides = op.getAttrOfType<DenseI64ArrayAttr>("strides"))
      field.jump *= strides[0];
    return field;
  }

  /// "N x 64 x 112 x 112": symbolic sizes by name, expressions of them at the typical size.
  std::string text(Value value) {
    std::string result;
    for (cnn::Size size : cnn::sizesOf(value)) {
      auto symbol = dyn_cast<AffineSymbolExpr>(size);
      std::string dim =
          symbol ? names[symbol.getPosition()] : std::to_string(toSizeExpr(size).evaluate(typical));
      result += (result.empty() ? "" : "x") + dim;
    }
    return result;
  }

  void row(const std::array<std::string, 6> &cells) {
    os << llvm::format("%-38s %-20s %-18s %12s %14s %6s\n", cells[0].c_str(), cells[1].c_str(),
                       cells[2].c_str(), cells[3].c_str(), cells[4].c_str(), cells[5].c_str());
  }

  func::FuncOp network;
  std::vector<std::string> names;
  std::vector<int64_t> typical;
  raw_ostream &os;
  DenseMap<Value, Field> fields;
  int64_t parameters = 0, multiplyAdds = 0;
};

} // namespace

void printSummary(ModuleOp module, raw_ostream &os) { Summary(getNetwork(module), os).print(); }

} // namespace cnnc
