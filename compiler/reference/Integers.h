// What happens to a value that an integer type can not hold.
#pragma once

#include "compiler/support/OpDescription.h"

#include <algorithm>
#include <cmath>

namespace cnnc::reference {

inline bool isFloat(ElementType type) {
  return type == ElementType::F32 || type == ElementType::F64;
}

/// The smallest and largest value of an integer type (the largest i64 rounds to 2^63 in double).
struct IntegerRange {
  double min, max;
};

inline IntegerRange rangeOf(ElementType type) {
  if (type == ElementType::U8)
    return {0, 255};
  double half = std::ldexp(1.0, static_cast<int>(8 * sizeInBytes(type)) - 1);
  return {-half, half - 1};
}

/// Truncated toward zero, then clamped to the type's range; NaN gives 0. To bool: is it not 0?
inline double saturate(ElementType type, double x) {
  if (type == ElementType::Bool)
    return x != 0;
  if (std::isnan(x))
    return 0;
  IntegerRange range = rangeOf(type);
  return std::clamp(std::trunc(x), range.min, range.max);
}

/// Truncated toward zero, then modulo 2^bits, as machine arithmetic does. To bool: is it not 0?
inline double wrapAround(ElementType type, double x) {
  if (type == ElementType::Bool)
    return x != 0;
  IntegerRange range = rangeOf(type);
  double whole = std::trunc(x);
  if (whole >= range.min && whole <= range.max)
    return whole;
  double period = std::ldexp(1.0, static_cast<int>(8 * sizeInBytes(type)));
  return whole - period * std::floor((whole - range.min) / period);
}

} // namespace cnnc::reference
