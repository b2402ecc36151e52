#include "compiler/frontend/cnn/Arithmetic.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;

namespace cnnc {

bool isComparison(StringRef operation) {
  return llvm::is_contained({"==", "!=", "<", "<=", ">", ">="}, operation);
}

template <typename T> static bool compare(StringRef operation, T left, T right) {
  if (operation == "==")
    return left == right;
  if (operation == "!=")
    return left != right;
  if (operation == "<")
    return left < right;
  if (operation == "<=")
    return left <= right;
  return operation == ">" ? left > right : left >= right;
}

static InFlightDiagnostic divisionByZero(Location location) {
  return emitError(location) << "division by zero";
}

//===-- Whole numbers -------------------------------------------------------===//

static FailureOr<CallValue> divide(StringRef operation, int64_t left, int64_t right,
                                   Location location) {
  if (right == 0)
    return divisionByZero(location);
  // The one quotient of 64-bit numbers that is none: it goes the way of what does not divide.
  bool overflows = left == std::numeric_limits<int64_t>::min() && right == -1;
  if (overflows || (operation == "/" && left % right != 0))
    return CallValue(static_cast<double>(left) / static_cast<double>(right));
  int64_t quotient = llvm::divideFloorSigned(left, right);
  return CallValue(operation == "%" ? left - quotient * right : quotient);
}

static FailureOr<CallValue> calculateWhole(StringRef operation, int64_t left, int64_t right,
                                           Location location) {
  if (isComparison(operation))
    return CallValue(compare(operation, left, right));
  if (operation == "/" || operation == "//" || operation == "%")
    return divide(operation, left, right, location);
  int64_t result = 0;
  bool overflows = operation == "+"   ? llvm::AddOverflow(left, right, result)
                   : operation == "-" ? llvm::SubOverflow(left, right, result)
                                      : llvm::MulOverflow(left, right, result);
  if (overflows)
    return emitError(location) << left << " " << operation << " " << right << " is beyond 64 bits";
  return CallValue(result);
}

//===-- Fractions -----------------------------------------------------------===//

static FailureOr<CallValue> calculateFraction(StringRef operation, double left, double right,
                                              Location location) {
  if (isComparison(operation))
    return CallValue(compare(operation, left, right));
  if (operation == "+")
    return CallValue(left + right);
  if (operation == "-")
    return CallValue(left - right);
  if (operation == "*")
    return CallValue(left * right);
  if (right == 0)
    return divisionByZero(location);
  if (operation == "/")
    return CallValue(left / right);
  double quotient = std::floor(left / right);
  return CallValue(operation == "%" ? left - quotient * right : quotient);
}

//===-- Sizes known only at run time ----------------------------------------===//

// Numbers beside symbolic sizes stay small, so that expressions never overflow.
static constexpr int64_t mostBesideSize = int64_t(1) << 31;

static cnn::Size toSize(const CallValue &value, MLIRContext *context) {
  if (const cnn::Size *size = value.getIf<cnn::Size>())
    return *size;
  const int64_t *number = value.getIf<int64_t>();
  bool fits = number && std::abs(*number) <= mostBesideSize;
  return fits ? getAffineConstantExpr(*number, context) : cnn::Size();
}

static FailureOr<CallValue> calculateSize(StringRef operation, const CallValue &leftValue,
                                          const CallValue &rightValue, ArrayRef<std::string> names,
                                          Location location) {
  MLIRContext *context = location.getContext();
  cnn::Size left = toSize(leftValue, context), right = toSize(rightValue, context);
  if (!left || !right)
    return emitError(location)
           << "a size known only at run time is calculated with whole numbers up "
              "to "
           << mostBesideSize << " but this is " << describe(left ? rightValue : leftValue);
  std::string unknown = spellSize(cnn::known(left) ? right : left, names);
  if (isComparison(operation))
    return emitError(location) << unknown << " is known only at run time and can not be compared; "
                               << "fix it when compiling, or in the input's type";
  if (operation == "+")
    return fromSize(left + right);
  if (operation == "-")
    return fromSize(left - right);
  if (operation == "*")
    return fromSize(left * right);
  if (operation == "/")
    return emitError(location) << unknown
                               << " is known only at run time and may not divide evenly; "
                               << "// divides rounding down";
  std::optional<int64_t> divisor = cnn::known(right);
  if (!divisor || *divisor < 1)
    return emitError(location)
           << "a size known only at run time is divided by numbers from 1 on, not "
           << "by " << spellSize(right, names);
  return fromSize(operation == "%" ? left % right : left.floorDiv(right));
}

//===-- All -----------------------------------------------------------------===//

FailureOr<CallValue> calculate(StringRef operation, const CallValue &left, const CallValue &right,
                               ArrayRef<std::string> sizeNames, Location location) {
  if (left.getIf<cnn::Size>() || right.getIf<cnn::Size>())
    return calculateSize(operation, left, right, sizeNames, location);
  if (left.getIf<int64_t>() && right.getIf<int64_t>())
    return calculateWhole(operation, *left.getIf<int64_t>(), *right.getIf<int64_t>(), location);
  if (left.isNumber() && right.isNumber())
    return calculateFraction(operation, left.toDouble(), right.toDouble(), location);
  bool isEquality = operation == "==" || operation == "!=";
  const NameValue *leftName = left.getIf<NameValue>(), *rightName = right.getIf<NameValue>();
  if (isEquality && left.getIf<bool>() && right.getIf<bool>())
    return CallValue(compare(operation, *left.getIf<bool>(), *right.getIf<bool>()));
  // Values of arguments such as pad may be names or not: a number is not `same`.
  if (isEquality && (leftName || rightName))
    return CallValue((leftName && rightName && leftName->text == rightName->text) ==
                     (operation == "=="));
  return emitError(location) << "'" << operation << "' has no meaning between " << describe(left)
                             << " and " << describe(right);
}

} // namespace cnnc
