// Elementwise ops, alone and in chains, and every kind of copy.
#include "tests/kernels/KernelCase.h"

#include <gtest/gtest.h>

#include <limits>

namespace cnnc {

static constexpr Layout channelsLast = Layout::ChannelsLast, rowMajor = Layout::RowMajor;

TEST(Elementwise, unary) {
  struct Row {
    const char *name;
    double low, high;
    Attributes attributes;
  };
  std::vector<Row> rows = {{"relu", -1, 1, {}},
                           {"sigmoid", -100, 100, {}},
                           {"tanh", -12, 12, {}},
                           {"exp", -5, 5, {}},
                           {"log", 0.01, 5, {}},
                           {"sqrt", 0, 5, {}},
                           {"neg", -1, 1, {}},
                           {"abs", -1, 1, {}},
                           {"step", -1, 1, {}},
                           {"hard_sigmoid", -5, 5, {{"alpha", 0.2}, {"beta", 0.5}}},
                           {"hard_swish", -5, 5, {}},
                           {"silu", -100, 100, {}},
                           {"clip", -9, 9, {{"min", 0.0}, {"max", 6.0}}},
                           {"leaky_relu", -1, 1, {{"alpha", 0.1}}}};
  for (const Row &row : rows) {
    KernelCase test(row.name);
    int x = test.input({-1, 5, -2});
    test.op(row.name, {x}, row.attributes, {-1, 5, -2})
        .range(row.low, row.high)
        .at({{1, 1}, {3, 17}})
        .check();
  }
}

TEST(Elementwise, expand) {
  for (const Ints &shape : {Ints{5, 1, -2}, Ints{}, Ints{1, 1, -1, 1}, Ints{2, 5, -1, -2}})
    for (Layout layout : {channelsLast, rowMajor}) {
      KernelCase test("expand");
      int x = test.input(shape, layout), like = test.input({2, 5, -1, -2}, layout);
      test.op("expand", {x}, {}, {2, 5, -1, -2});
      test.op("mul", {test.lastValue(), like}, {}, {2, 5, -1, -2})
          .output(layout)
          .at({{3, 7}, {1, 1}})
          .check();
    }
  KernelCase known("expand by itself");
  int x = known.input({5, 1, 7});
  known.op("expand", {x}, {}, {2, 5, 3, 7}).output(channelsLast).check();
}

// No input shows how large the result is: its buffer does.
TEST(Elementwise, expandToTheOutputsSizes) {
  for (Layout layout : {channelsLast, rowMajor}) {
    KernelCase test("expand");
    int x = test.input({1, 1, 1});
    test.op("expand", {x}, {}, {-1, -2, -3}).output(layout).at({{2, 3, 5}, {1, 1, 1}}).check();
  }
  // One size may be that of several dims.
  for (const Ints &shape : {Ints{-1, 4, -2, -2}, Ints{-1, -2, -1, -2}})
    for (Layout layout : {channelsLast, rowMajor}) {
      KernelCase test("expand to squares");
      int x = test.input({shape[0], 1, 1, 1});
      test.op("expand", {x}, {}, shape).output(layout).at({{3, 7}, {1, 1}}).check();
    }
}

TEST(Elementwise, oneHot) {
  for (ElementType type : {ElementType::I32, ElementType::I64})
    for (int64_t axis : {0, 1, 2}) {
      KernelCase test("axis " + std::to_string(axis));
      // Labels are drawn from -5 to 20: some are no class.
      int labels = test.input({-1, 7}, rowMajor, type);
      Ints shape = {-1, 7};
      shape.insert(shape.begin() + axis, 16);
      test.op("one_hot", {labels}, {{"classes", int64_t(16)}, {"axis", axis}}, shape)
          .output(rowMajor)
          .range(-0.05, 0.2)
          .at({{1}, {5}})
          .check();
    }
}

// The same numbers at the same places, however these lie in memory. Steps are drawn from
// +-2^52, of which both halves count.
TEST(Elementwise, random) {
  for (Layout layout : {channelsLast, rowMajor})
    for (Layout result : {channelsLast, rowMajor})
      for (int64_t layer : {int64_t(0), int64_t(7) << 32 | 5}) {
        KernelCase test("random numbers of layer " + std::to_string(layer));
        int step = test.input({}, rowMajor, ElementType::I64),
            like = test.input({-1, 5, -2, -3}, layout);
        test.op("random", {step, like}, {{"layer", layer}}, {-1, 5, -2, -3})
            .output(result)
            .range(-4.5e13, 4.5e13)
            .at({{2, 3, 7}, {1, 1, 1}})
            .checkSchedules(3);
      }
  KernelCase known("random numbers of known shape");
  int step = known.input({}, rowMajor, ElementType::I64), like = known.input({13, 19});
  known.op("random", {step, like}, {{"layer", int64_t(1)}}, {13, 19})
      .range(-4.5e13, 4.5e13)
      .check();
}

// As dropout's form for training has it: 1 - step(ratio - random).
TEST(Elementwise, randomMask) {
  KernelCase test("dropout's mask");
  int step = test.input({}, rowMajor, ElementType::I64),
      x = test.input({-1, 20, -2, -3}, channelsLast), ratio = test.weight({}),
      one = test.weight({});
  Ints map = {-1, 20, -2, -3};
  test.op("random", {step, x}, {{"layer", int64_t(3)}}, map);
  test.op("sub", {ratio, test.lastValue()}, {}, map);
  test.op("step", {test.lastValue()}, {}, map);
  test.op("sub", {one, test.lastValue()}, {}, map);
  test.op("mul", {test.lastValue(), x}, {}, map)
      .output(channelsLast)
      .at({{2, 3, 7}, {1, 1, 1}})
      .check();
}

TEST(Elementwise, binaryBroadcasts) {
  struct Shapes {
    Ints a, b, result;
  };
  std::vector<Shapes> all = {{{2, 5, -1, -2}, {2, 5, -1, -2}, {2, 5, -1, -2}},
                             {{2, 5, -1, -2}, {5, 1, 1}, {2, 5, -1, -2}},
                             {{2, 5, -1, -2}, {}, {2, 5, -1, -2}},
                             {{2, 5, -1, -2}, {1, 1, -1, 1}, {2, 5, -1, -2}},
                             {{2, 1, -1, -2}, {1, 5, 1, 1}, {2, 5, -1, -2}}};
  for (const char *op : {"add", "sub", "mul", "div", "minimum", "maximum", "pow"})
    for (const Shapes &shapes : all)
      for (Layout layout : {channelsLast, rowMajor}) {
        KernelCase test(op);
        int a = test.input(shapes.a, layout), b = test.input(shapes.b, layout);
        test.op(op, {a, b}, {}, shapes.result)
            .output(layout)
            .range(0.5, 2)
            .at({{3, 7}, {1, 1}})
            .check();
      }
}

TEST(Elementwise, powerOfNegativeBase) {
  KernelCase test("square");
  int x = test.input({100}), exponent = test.input({100});
  test.op("cast", {exponent}, {}, {100}, ElementType::I32);
  test.op("cast", {test.lastValue()}, {}, {100});
  test.op("pow", {x, test.lastValue()}, {}, {100}).anchor(2).range(-4, 4).check();
}

TEST(Elementwise, chain) {
  KernelCase test("scale, shift, silu");
  int x = test.input({1, 16, -1, -2}, channelsLast), scale = test.weight({16, 1, 1}),
      other = test.input({1, 16, -1, -2}, channelsLast);
  test.op("mul", {x, scale}, {}, {1, 16, -1, -2});
  test.op("add", {test.lastValue(), other}, {}, {1, 16, -1, -2});
  test.op("silu", {test.lastValue()}, {}, {1, 16, -1, -2})
      .output(channelsLast)
      .at({{5, 9}, {1, 1}})
      .check();
}

// Planes from pixels: channels that fill vectors and channels that do not, rows shorter than a
// vector.
TEST(Elementwise, turnsChannelsIntoPlanes) {
  for (int64_t channels : {1, 2, 5, 8, 20, 64}) {
    KernelCase test(std::to_string(channels) + " channels into planes");
    int x = test.input({-1, channels, -2, -3}, channelsLast), y = test.weight({channels, 1, 1});
    test.op("add", {x, y}, {}, {-1, channels, -2, -3})
        .output(rowMajor)
        .at({{2, 5, 19}, {1, 1, 1}, {1, 3, 8}})
        .check();
  }
  KernelCase line("one dim of space");
  int x = line.input({1, 20, -1}, channelsLast);
  line.op("relu", {x}, {}, {1, 20, -1}).output(rowMajor).at({{33}, {7}}).check();
}

// Each element is read and written once: a second time it would be the square of the square.
TEST(Elementwise, inPlace) {
  for (int64_t channels : {16, 21, 3})
    for (int64_t more : {0, 5}) {
      KernelCase test("square, add");
      Ints map = {2, channels, -1, -2};
      int x = test.input(map, channelsLast), other = test.input(map, channelsLast),
          scale = test.weight({channels, 1, 1});
      test.op("mul", {x, x}, {}, map);
      test.op("mul", {test.lastValue(), scale}, {}, map);
      test.op("add", {test.lastValue(), other}, {}, map).output(channelsLast);
      if (more > 0)
        test.pitched(more);
      test.inPlace(x).at({{5, 9}, {1, 1}, {7, 33}}).check();
    }
  KernelCase fixed("square of 13 x 5");
  int x = fixed.input({13, 5});
  fixed.op("mul", {x, x}, {}, {13, 5}).inPlace(x).check();
  KernelCase large("square of 3 x 100003");
  x = large.input({3, 100003});
  large.op("mul", {x, x}, {}, {3, 100003}).inPlace(x).check();
}

TEST(Elementwise, inPlaceIsChecked) {
  KernelCase test("add");
  int x = test.input({4, 8}), row = test.input({1, 8});
  test.op("add", {x, row}, {}, {4, 8});
  EXPECT_THROW(compileKernel(test.inPlace(row).finished("x86-64-avx2")), KernelError);
  KernelCase flipped("flip");
  x = flipped.input({4, 8});
  flipped.op("flip", {x}, {{"axes", Ints{0}}}, {4, 8});
  EXPECT_THROW(compileKernel(flipped.inPlace(x).finished("x86-64-avx2")), KernelError);
}

TEST(Elementwise, changesLayout) {
  KernelCase test("to ChannelsLast");
  int x = test.input({2, 20, -1, -2}, rowMajor);
  test.op("relu", {x}, {}, {2, 20, -1, -2}).output(channelsLast).at({{5, 9}, {1, 1}}).check();
}

TEST(BatchNorm, perChannel) {
  KernelCase test("batch_norm");
  int x = test.input({2, 20, -1, -2}, channelsLast);
  std::vector<int> operands = {x};
  for (int i = 0; i < 4; ++i)
    operands.push_back(test.weight({20}));
  test.op("batch_norm", operands, {{"epsilon", 1e-3}}, {2, 20, -1, -2})
      .output(channelsLast)
      .range(0.5, 1)
      .at({{5, 9}, {1, 1}})
      .check();
}

TEST(Cast, betweenTypes) {
  struct Types {
    ElementType from, to;
  };
  for (Types types : {Types{ElementType::U8, ElementType::F32},
                      {ElementType::I32, ElementType::F32},
                      {ElementType::F32, ElementType::I32},
                      {ElementType::F32, ElementType::Bool},
                      {ElementType::I64, ElementType::F32},
                      {ElementType::F32, ElementType::I64}}) {
    KernelCase test("cast");
    int x = test.input({3, -1}, rowMajor, types.from);
    test.op("cast", {x}, {}, {3, -1}, types.to).range(-100, 100).at({{1}, {33}}).check();
  }
}

TEST(Cast, pictureToFloats) {
  KernelCase test("u8 NHWC picture, scaled, as NCHW");
  int x = test.input({1, -1, -2, 3}, rowMajor, ElementType::U8), mean = test.weight({}),
      scale = test.weight({});
  test.op("cast", {x}, {}, {1, -1, -2, 3});
  test.op("sub", {test.lastValue(), mean}, {}, {1, -1, -2, 3});
  test.op("mul", {test.lastValue(), scale}, {}, {1, -1, -2, 3});
  test.op("transpose", {test.lastValue()}, {{"permutation", Ints{0, 3, 1, 2}}}, {1, 3, -1, -2})
      .output(channelsLast)
      .at({{5, 9}, {1, 1}})
      .check();
}

TEST(Copy, transpose) {
  KernelCase test("transpose");
  int x = test.input({2, -1, 5});
  test.op("transpose", {x}, {{"permutation", Ints{2, 0, 1}}}, {5, 2, -1}).at({{1}, {19}}).check();
}

TEST(Copy, reshape) {
  KernelCase test("flatten");
  int x = test.input({-1, 6, 5, 7}, channelsLast);
  test.op("reshape", {x}, {}, {-1, 210}).at({{1}, {3}}).check();
  KernelCase symbolic("flatten to an unknown size");
  x = symbolic.input({1, 6, -1, -2}, channelsLast);
  symbolic.op("reshape", {x}, {}, {1, -3}).at({{5, 7, 210}, {1, 1, 6}}).check();
}

TEST(Copy, concat) {
  for (int64_t axis : {0, 1, 3}) {
    KernelCase test("concat");
    Ints shapes[3] = {{2, 5, 3, 4}, {2, 5, 3, 4}, {2, 5, 3, 4}};
    shapes[1][static_cast<size_t>(axis)] = 1;
    shapes[2][static_cast<size_t>(axis)] = 7;
    Ints result = shapes[0];
    result[static_cast<size_t>(axis)] += 8;
    std::vector<int> operands;
    for (const Ints &shape : shapes)
      operands.push_back(test.input(shape, channelsLast));
    test.op("concat", operands, {{"axis", axis}}, result).output(channelsLast).check();
  }
}

TEST(Copy, pad) {
  for (const char *mode : {"constant", "edge", "reflect", "wrap"}) {
    KernelCase test(mode);
    int x = test.input({1, 5, -1, -2}, channelsLast);
    test.op("pad", {x},
            {{"pads", Ints{0, 0, 1, 2, 0, 0, 2, 1}}, {"mode", std::string(mode)}, {"value", 0.5}},
            {1, 5, -3, -4})
        .output(channelsLast)
        .at({{3, 4, 6, 7}, {9, 20, 12, 23}})
        .check();
  }
}

TEST(Copy, slice) {
  KernelCase test("slice");
  int x = test.input({1, 8, -1, 9}, channelsLast);
  int64_t end = std::numeric_limits<int64_t>::max();
  test.op("slice", {x},
          {{"starts", Ints{0, 2, 1, 0}}, {"ends", Ints{1, 6, end, 9}}, {"steps", Ints{1, 1, 2, 4}}},
          {1, 4, -2, 3})
      .output(channelsLast)
      .at({{5, 2}, {2, 1}})
      .check();
}

TEST(Copy, flip) {
  KernelCase test("flip");
  int x = test.input({3, 5, -1});
  test.op("flip", {x}, {{"axes", Ints{0, 2}}}, {3, 5, -1}).at({{1}, {19}}).check();
}

} // namespace cnnc
