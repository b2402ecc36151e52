#include "examples/segment/Shapes.h"
#include "examples/common/Random.h"

#include <algorithm>
#include <cmath>

constexpr float pi = 3.14159265f;

namespace {
/// A colour that goes up and down in stripes.
struct Texture {
  Colour colour, amplitude;
  float across, down, phase; ///< Radians a pixel.

  float at(int channel, int row, int column) const {
    float angle = across * static_cast<float>(column) + down * static_cast<float>(row) + phase;
    return colour[channel] + amplitude[channel] * std::sin(angle);
  }
};

struct Shape {
  PixelClass kind;
  float row, column, radius, turn;
  Texture texture;

  bool contains(int y, int x) const;
};
} // namespace

static Colour randomColour(std::mt19937 &random, float low, float high) {
  return {between(random, low, high), between(random, low, high), between(random, low, high)};
}

static float distance(const Colour &a, const Colour &b) {
  float sum = 0;
  for (int k = 0; k < 3; ++k)
    sum += std::fabs(a[k] - b[k]);
  return sum;
}

static Texture drawTexture(std::mt19937 &random, const std::vector<Colour> &others) {
  Texture texture;
  // What can not be told from its surroundings has no shape.
  do
    texture.colour = randomColour(random, 0.1f, 0.9f);
  while (std::any_of(others.begin(), others.end(),
                     [&](const Colour &other) { return distance(texture.colour, other) < 0.5f; }));
  texture.amplitude = randomColour(random, -0.12f, 0.12f);
  float frequency = between(random, 0.3f, 1.5f), direction = between(random, 0, 2 * pi);
  texture.across = frequency * std::cos(direction);
  texture.down = frequency * std::sin(direction);
  texture.phase = between(random, 0, 2 * pi);
  return texture;
}

/// All three have a regular polygon's sides at the same distance from the middle, or the circle.
bool Shape::contains(int y, int x) const {
  float down = static_cast<float>(y) - row, right = static_cast<float>(x) - column;
  if (kind == Disc)
    return down * down + right * right <= radius * radius;
  int sides = kind == Square ? 4 : 3;
  for (int side = 0; side < sides; ++side) {
    float angle = turn + 2 * pi * static_cast<float>(side) / static_cast<float>(sides);
    if (right * std::cos(angle) + down * std::sin(angle) > radius)
      return false;
  }
  return true;
}

/// True where much of one shape may hide another: nobody could tell what that is.
static bool collides(const Shape &shape, const std::vector<Shape> &others) {
  constexpr float distance = 20;
  return std::any_of(others.begin(), others.end(), [&](const Shape &other) {
    return std::hypot(shape.row - other.row, shape.column - other.column) < distance;
  });
}

static Shape drawShape(std::mt19937 &random, int side, const std::vector<Shape> &others) {
  constexpr float border = 8;
  Shape shape;
  shape.kind = static_cast<PixelClass>(1 + random() % 3);
  do {
    shape.row = between(random, border, static_cast<float>(side) - border);
    shape.column = between(random, border, static_cast<float>(side) - border);
  } while (collides(shape, others));
  // The same range of areas for all: a triangle is large for its inner circle.
  float widest = shape.kind == Triangle ? 9.0f : shape.kind == Square ? 12.0f : 13.0f;
  shape.radius = between(random, 0.6f, 1) * widest;
  shape.turn = (shape.kind == Triangle ? pi / 2 : 0) + between(random, -0.3f, 0.3f);
  return shape;
}

LabelledImage drawShapes(std::mt19937 &random, int side) {
  Texture background = drawTexture(random, {});
  std::vector<Colour> colours = {background.colour};
  std::vector<Shape> shapes;
  int count = 1 + static_cast<int>(random() % 2);
  for (int k = 0; k < count; ++k) {
    shapes.push_back(drawShape(random, side, shapes));
    shapes.back().texture = drawTexture(random, colours);
    colours.push_back(shapes.back().texture.colour);
  }
  LabelledImage result{Image(side, side), {}};
  for (int row = 0; row < side; ++row)
    for (int column = 0; column < side; ++column) {
      const Texture *texture = &background;
      PixelClass label = Background;
      for (const Shape &shape : shapes)
        if (shape.contains(row, column)) {
          texture = &shape.texture;
          label = shape.kind;
        }
      for (int k = 0; k < 3; ++k)
        result.image.at(row, column)[k] =
            texture->at(k, row, column) + between(random, -0.08f, 0.08f);
      result.labels.push_back(label);
    }
  return result;
}
