// conv_filter_grad of few channels, whose vectors run along the rows of an image:
//
//     block[v, i, k, c, j] = sum over r, x of gradient[k, r, x L + v] input[c, r s + j, x L + v +
//     i] total[v, i, k, c, j, s] = sum over blocks of block[v, i, k, c, j] result[k, c, j, i]   =
//     sum over v, s of total[v, i, k, c, j, s]
//
// for tap (j, i), with vectors of L lanes v along a row and the rows r of a block of one image.
// Each lane has a sum of its own. Both operands are copied to planes, the input with its border and
// the gradient with zeros behind the end of each row, so that no lane need be left out.
#include "compiler/kernels/ops/Window.h"

namespace cnnc {

using namespace Halide;

static Expr divideUp(const Expr &a, int b) { return Internal::simplify((a + (b - 1)) / b); }

Value buildConvFilterGradRows(KernelBuild &build, const OpDescription &op,
                              const std::vector<Value> &operands) {
  const Value &input = operands[0], &gradient = operands[1];
  const std::vector<int64_t> &pads = op.getInts("pads"), &strides = op.getInts("strides"),
                             &dilations = op.getInts("dilations");
  const int lanes = build.parameter("lanes"), rows = build.parameter("rows"),
            sums = build.parameter("sums");
  Var v("v"), i("i"), k("k"), c("c"), j("j"), n("n"), x("x"), y("y"), row("row"), s("s");

  // What a tile of channels has beyond the last is computed and not used.
  auto channelOf = [](const Value &value, const Var &channel) {
    return min(channel, value.shape[1] - 1);
  };
  Func planes(build.name("input")), gradients(build.name("gradient"));
  Indices space = {y - static_cast<int>(pads[0]), x - static_cast<int>(pads[1])},
          extents = {input.shape[2], input.shape[3]}, inside = clampToInput(space, extents);
  planes(x, y, c, n) =
      insideInput(space, extents, input.at({n, channelOf(input, c), inside[0], inside[1]}), 0.0f);
  Indices place = {y, x}, ends = {gradient.shape[2], gradient.shape[3]},
          within = clampToInput(place, ends);
  gradients(x, y, k, n) = insideInput(
      place, ends, gradient.at({n, channelOf(gradient, k), within[0], within[1]}), 0.0f);

  RDom pixels({{0, divideUp(gradient.shape[3], lanes)}, {0, rows}}, build.name("pixels"));
  Expr atX = pixels[0] * lanes + v, atY = row * rows + pixels[1];
  Func block(build.name("block"));
  block(v, i, k, c, j, row, n) = 0.0f;
  block(v, i, k, c, j, row, n) +=
      gradients(atX, atY, k, n) *
      planes(atX + i * static_cast<int>(dilations[1]),
             atY * static_cast<int>(strides[0]) + j * static_cast<int>(dilations[0]), c, n);

  // The images are shared out to the sums; those that are none add nothing.
  Expr imagesOfSum = divideUp(gradient.shape[0], sums);
  RDom blocks({{0, divideUp(gradient.shape[2], rows)}, {0, imagesOfSum}}, build.name("blocks"));
  Expr image = s * imagesOfSum + blocks[1];
  blocks.where(image < gradient.shape[0]);
  Func total(build.name("total"));
  total(v, i, k, c, j, s) = 0.0f;
  total(v, i, k, c, j, s) += block(v, i, k, c, j, blocks[0], min(image, gradient.shape[0] - 1));

  RDom parts({{0, lanes}, {0, sums}}, build.name("parts"));
  Func result(build.name("sum"));
  result(i, j, c, k) = 0.0f;
  result(i, j, c, k) += total(parts[0], i, k, c, j, parts[1]);

  build.anchor.accumulator = block;
  build.anchor.taps = pixels;
  build.anchor.staged = planes;
  build.anchor.filterGrad.gradient = gradients;
  build.anchor.filterGrad.total = total;
  build.anchor.filterGrad.blocks = blocks;
  build.anchor.filterGrad.result = result;
  return build.define(op, build.resultShape(op),
                      [&](const Indices &at) { return result(at[3], at[2], at[1], at[0]); });
}

} // namespace cnnc
