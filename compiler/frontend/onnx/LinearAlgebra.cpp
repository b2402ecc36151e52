// Gemm and MatMul: `linear` where the second matrix is known when compiling, else `matmul`.
#include "compiler/frontend/onnx/OnnxOps.h"

using namespace mlir;

namespace cnnc::onnximport {

/// `scale` times a matrix [rows, columns], transposed or not.
static std::vector<float> scaled(const FloatTensor &matrix, bool transposed, float scale) {
  constexpr int64_t block = 64; // so that both matrices are read and written by whole cache lines
  int64_t rows = matrix.shape[0], columns = matrix.shape[1];
  std::vector<float> result(matrix.size);
  for (int64_t row0 = 0; row0 < rows; row0 += block)
    for (int64_t column0 = 0; column0 < columns; column0 += block)
      for (int64_t row = row0; row < std::min(row0 + block, rows); ++row)
        for (int64_t column = column0; column < std::min(column0 + block, columns); ++column) {
          int64_t place = transposed ? column * rows + row : row * columns + column;
          result[place] = scale * matrix.data[row * columns + column];
        }
  return result;
}

static Value buildTranspose(Node &node, Value matrix) {
  return node.build<cnn::Transpose>(matrix, node.intsAttr("permutation", {1, 0}));
}

static Value buildScale(Node &node, Value value, float scale) {
  if (scale == 1 || !value)
    return value;
  return node.build<cnn::Mul>({value, node.buildConstant({}, std::vector<float>{scale})});
}

/// The second operand as the weight of `linear`, which is [columns of the result, rows].
static Value buildWeight(Node &node, const FloatTensor &matrix, bool isWeightForm, float scale) {
  if (isWeightForm && scale == 1)
    return node.floats(1);
  if (node.keepsWeights()) {
    Value weight = node.floats(1);
    return buildScale(node, isWeightForm ? weight : buildTranspose(node, weight), scale);
  }
  int64_t rows = matrix.shape[0], columns = matrix.shape[1];
  SmallVector<int64_t> shape = {isWeightForm ? rows : columns, isWeightForm ? columns : rows};
  auto values = std::make_shared<std::vector<float>>(scaled(matrix, !isWeightForm, scale));
  FloatTensor weight{{shape.begin(), shape.end()}, values->data(), matrix.size, values};
  return node.buildConstant(weight, node.inputName(1));
}

/// C of a Gemm as the bias of `linear`: one number per column, of a constant; or null, where it is
/// to be added.
static Value buildBias(Node &node, const FloatTensor &c, int64_t columns, float beta) {
  bool isVector = c.shape.empty() || c.shape.back() == c.size;
  if (!isVector || (c.size != columns && c.size != 1))
    return {};
  if (beta == 1 && c.shape.size() == 1 && c.size == columns)
    return node.floats(2);
  if (node.keepsWeights())
    return {};
  std::vector<float> values(columns);
  for (int64_t i = 0; i < columns; ++i)
    values[i] = beta * c.data[c.size == 1 ? 0 : i];
  return node.buildConstant(columns, std::move(values));
}

static bool checkMatrices(Node &node, ArrayRef<Value> operands) {
  for (Value operand : operands) {
    if (!operand || typeOf(operand).getRank() == 2)
      continue;
    node.error() << "its operands must be matrices, but one is " << cnn::toString(typeOf(operand));
  }
  return !node.failed();
}

// y = alpha A' B' + beta C, where A' and B' are transposed or not, and C broadcasts.
void importGemm(Node &node) {
  Value a = node.floats(0), b = node.floats(1);
  float alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  bool transA = node.getInt("transA", 0), transB = node.getInt("transB", 0);
  if (!checkMatrices(node, {a, b}))
    return;
  if (transA)
    a = buildTranspose(node, a);
  bool hasC = node.hasInput(2) && beta != 0;
  std::optional<FloatTensor> matrix = node.constant(1), c = hasC ? node.constant(2) : std::nullopt;
  if (!matrix) {
    Value product = node.build<cnn::MatMul>({a, transB ? buildTranspose(node, b) : b});
    product = buildScale(node, product, alpha);
    if (hasC)
      product = node.build<cnn::Add>({product, buildScale(node, node.floats(2), beta)});
    return node.yield(0, product);
  }
  SmallVector<Value> operands = {a, buildWeight(node, *matrix, transB, alpha)};
  Value bias = c ? buildBias(node, *c, matrix->shape[transB ? 0 : 1], beta) : Value();
  if (bias)
    operands.push_back(bias);
  Value result = node.build<cnn::Linear>(operands);
  if (hasC && !bias)
    result = node.build<cnn::Add>({result, buildScale(node, node.floats(2), beta)});
  node.yield(0, result);
}

/// A vector as the matrix of one row or column that MatMul takes it for.
static Value buildMatrix(Node &node, Value value, bool isRow) {
  if (!value || typeOf(value).getRank() != 1)
    return value;
  Size size = cnn::sizesOf(value)[0], one = node.number(1);
  return node.buildReshape(value, isRow ? ArrayRef<Size>{one, size} : ArrayRef<Size>{size, one});
}

// As numpy: the leading dims broadcast; a vector is a row on the left and a column on the right,
// and its dim of size 1 does not appear in the result.
void importMatMul(Node &node) {
  Value a = node.floats(0), b = node.floats(1);
  if (node.failed())
    return;
  std::optional<FloatTensor> matrix = node.constant(1);
  if (matrix && matrix->shape.size() == 2) {
    Value weight = buildWeight(node, *matrix, /*isWeightForm=*/false, /*scale=*/1);
    return node.yield(0, node.build<cnn::Linear>({a, weight}));
  }
  bool isRow = typeOf(a).getRank() == 1, isColumn = typeOf(b).getRank() == 1;
  Value product =
      node.build<cnn::MatMul>({buildMatrix(node, a, true), buildMatrix(node, b, false)});
  if (!product || (!isRow && !isColumn))
    return node.yield(0, product);
  SmallVector<Size> sizes = cnn::sizesOf(product);
  if (isColumn)
    sizes.pop_back();
  if (isRow)
    sizes.erase(sizes.end() - (isColumn ? 1 : 2));
  node.yield(0, node.buildReshape(product, sizes));
}

} // namespace cnnc::onnximport
