// matmul: numpy's, c[..., m, n] = sum over k of a[..., m, k] * b[..., k, n]; dims before the last
// two broadcast; an operand of rank 1 is a row (a) or a column (b) and its dim of extent 1 is not
// in the result.
#include "compiler/kernels/ops/Contraction.h"
#include "compiler/kernels/ops/Elementwise.h"

namespace cnnc {

using namespace Halide;

namespace {

/// Coordinates of one operand: batch dims aligned at the end and broadcast, then the matrix's own.
struct Operand {
  const Value &value;

  Expr at(const Indices &batch, const Indices &matrix) const {
    size_t own = static_cast<size_t>(value.rank()) - matrix.size();
    Indices coordinates;
    for (size_t dim = 0; dim < own; ++dim)
      coordinates.push_back(value.description.shape[dim] == 1 ? Expr(0)
                                                              : batch[batch.size() - own + dim]);
    coordinates.insert(coordinates.end(), matrix.begin(), matrix.end());
    return value.at(coordinates);
  }
};

} // namespace

// The result's shape when the inputs alone must tell it.
static Indices inferredShape(const Value &a, const Value &b, bool row, bool column) {
  const Value &longer = a.rank() >= b.rank() ? a : b;
  Indices shape(longer.shape.begin(), longer.shape.end() - std::min(2, longer.rank()));
  if (!row)
    shape.push_back(a.shape[static_cast<size_t>(a.rank() - 2)]);
  if (!column)
    shape.push_back(b.shape.back());
  return shape;
}

Value buildMatMul(KernelBuild &build, const OpDescription &op, const std::vector<Value> &operands) {
  if (!build.atAnchor())
    throw KernelError("a matmul must be the anchor of its kernel");
  Value a = stagedInput(build, operands[0], operands[0].layout, nullptr);
  const Value &b = operands[1];
  bool row = a.rank() == 1, column = b.rank() == 1;
  int rank = static_cast<int>(op.result.shape.size());
  int batchRank = rank - (row ? 0 : 1) - (column ? 0 : 1);
  int tile = channelTile(build);
  Expr channels = column ? Expr(1) : b.shape.back();
  int outer = b.layout == Layout::Packed ? 0 : batchRank;
  Func filter = packedFilter(
      build, b, channels, 1, outer,
      [&](const Expr &channel, const Indices &taps, const Indices &batch) {
        return Operand{b}.at(batch, column ? Indices{taps[0]} : Indices{taps[0], channel});
      });

  RDom taps(Region{{0, a.shape.back()}}, build.name("taps"));
  std::vector<Var> vars = dimVars(rank);
  Indices at(vars.begin(), vars.end());
  Indices batch(at.begin(), at.begin() + batchRank);
  Expr n = column ? Expr(0) : at.back();
  Indices filterAt = {n % tile, taps[0], n / tile};
  if (outer)
    filterAt.insert(filterAt.end(), batch.begin(), batch.end());
  Indices matrix = {taps[0]};
  if (!row)
    matrix.insert(matrix.begin(), at[static_cast<size_t>(batchRank)]);
  Func sum(build.name("sum"));
  std::vector<Var> arguments = inMemoryOrder(Layout::RowMajor, vars);
  sum(arguments) = 0.0f;
  sum(arguments) += filter(filterAt) * Operand{a}.at(batch, matrix);
  build.anchor.accumulator = sum;
  build.anchor.taps = taps;
  build.anchor.channelDim = column ? -1 : rank - 1;
  build.anchor.columnDim = row ? -1 : batchRank;
  Indices inferred = inferredShape(operands[0], b, row, column);
  return build.define(op, build.resultShape(op, inferred),
                      [&](const Indices &at) { return sum(inMemoryOrder(Layout::RowMajor, at)); });
}

} // namespace cnnc
