// Losses, each a single number, and the distributions that labels stand for.
//
//   one_hot:               1 at the label's place along the new dim, 0 elsewhere
//   cross_entropy:         mean over positions of - sum over k of q[k] log p[k], p = softmax(x),
//   and q
//                          the distribution of the target, a part of it spread evenly by smoothing
//   binary_cross_entropy:  mean of - t log s - (1 - t) log(1 - s), s = 1 / (1 + exp(-x))
//   mean_squared_error, mean_absolute_error, huber: means of functions of the distance
//   dice:                  mean over n, c of 1 - (2 sum p t + e) / (sum p + sum t + e), e a
//   constant
#include "compiler/reference/Ops.h"

#include <algorithm>
#include <cmath>

namespace cnnc::reference::ops {

template <typename T> static Tensor<T> number(double value) {
  return Tensor<T>(Shape{}, std::vector<T>{static_cast<T>(value)});
}

template <typename T> Tensor<T> one_hot(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &labels = *operands[0];
  int64_t classes = op.getInt("classes");
  size_t axis = static_cast<size_t>(op.getInt("axis"));
  Shape shape = labels.shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), classes);
  Tensor<T> result(shape);
  int64_t inner = product(labels.shape, axis, labels.rank());
  for (int64_t i = 0; i < labels.size(); ++i) {
    int64_t label = static_cast<int64_t>(labels.data()[i]);
    if (label >= 0 && label < classes)
      result.data()[(i / inner * classes + label) * inner + i % inner] = 1;
  }
  return result;
}

/// The losses of all positions, of which the mean is taken over `count`.
struct EntropySum {
  double sum = 0, count = 0;
};

template <typename T>
static void addPosition(EntropySum &total, const T *x, int64_t classes, int64_t stride,
                        const std::vector<double> &q) {
  double largest = x[0], exponentials = 0;
  for (int64_t k = 0; k < classes; ++k)
    largest = std::max<double>(largest, x[k * stride]);
  for (int64_t k = 0; k < classes; ++k)
    exponentials += std::exp(x[k * stride] - largest);
  for (int64_t k = 0; k < classes; ++k)
    total.sum -= q[static_cast<size_t>(k)] * (x[k * stride] - largest - std::log(exponentials));
  total.count += 1;
}

template <typename T>
Tensor<T> cross_entropy(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &x = *operands[0], &target = *operands[1];
  size_t axis = static_cast<size_t>(op.getInt("axis"));
  int64_t classes = x.shape[axis], stride = product(x.shape, axis + 1, x.rank());
  double smoothing = op.getFloat("label_smoothing");
  EntropySum total;
  for (int64_t i = 0; i < x.size() / classes; ++i) {
    int64_t first = i / stride * classes * stride + i % stride;
    std::vector<double> q(static_cast<size_t>(classes));
    int64_t label = 0;
    if (target.rank() == x.rank()) {
      for (int64_t k = 0; k < classes; ++k)
        q[static_cast<size_t>(k)] = target.data()[first + k * stride];
    } else if (label = static_cast<int64_t>(target.data()[i]);
               label >= 0 && label < classes && label != op.getInt("ignore_index")) {
      q[static_cast<size_t>(label)] = 1;
    } else {
      continue; // Not a class, or the one to ignore: left out.
    }
    double whole = 0;
    for (double share : q)
      whole += share;
    for (double &share : q)
      share = (1 - smoothing) * share + smoothing * whole / static_cast<double>(classes);
    addPosition(total, x.data() + first, classes, stride, q);
  }
  return number<T>(total.sum / total.count);
}

/// The mean over all elements of f(x, t).
template <typename T, typename Function>
static Tensor<T> meanLoss(const Operands<T> &operands, const Function &f) {
  const Tensor<T> &x = *operands[0], &t = *operands[1];
  double sum = 0;
  for (size_t i = 0; i < x.values.size(); ++i)
    sum += f(static_cast<double>(x.values[i]), static_cast<double>(t.values[i]));
  return number<T>(sum / static_cast<double>(x.size()));
}

template <typename T>
Tensor<T> binary_cross_entropy(const OpDescription &, const Operands<T> &operands) {
  // log(1 + exp(z)) without overflow
  auto softplus = [](double z) { return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))); };
  return meanLoss(operands,
                  [&](double x, double t) { return t * softplus(-x) + (1 - t) * softplus(x); });
}

template <typename T>
Tensor<T> mean_squared_error(const OpDescription &, const Operands<T> &operands) {
  return meanLoss(operands, [](double y, double t) { return (y - t) * (y - t); });
}

template <typename T>
Tensor<T> mean_absolute_error(const OpDescription &, const Operands<T> &operands) {
  return meanLoss(operands, [](double y, double t) { return std::abs(y - t); });
}

template <typename T> Tensor<T> huber(const OpDescription &op, const Operands<T> &operands) {
  double delta = op.getFloat("delta");
  return meanLoss(operands, [&](double y, double t) {
    double d = std::abs(y - t);
    return d <= delta ? d * d / 2 : delta * (d - delta / 2);
  });
}

template <typename T> Tensor<T> dice(const OpDescription &op, const Operands<T> &operands) {
  const Tensor<T> &p = *operands[0], &t = *operands[1];
  double smoothing = op.getFloat("smoothing"), sum = 0;
  int64_t planes = p.shape[0] * p.shape[1], plane = p.size() / planes;
  for (int64_t i = 0; i < planes; ++i) {
    double both = 0, all = 0;
    for (int64_t at = i * plane; at < (i + 1) * plane; ++at) {
      both += static_cast<double>(p.data()[at]) * t.data()[at];
      all += static_cast<double>(p.data()[at]) + t.data()[at];
    }
    sum += 1 - (2 * both + smoothing) / (all + smoothing);
  }
  return number<T>(sum / static_cast<double>(planes));
}

REFERENCE_INSTANTIATE(one_hot)
REFERENCE_INSTANTIATE(cross_entropy)
REFERENCE_INSTANTIATE(binary_cross_entropy)
REFERENCE_INSTANTIATE(mean_squared_error)
REFERENCE_INSTANTIATE(mean_absolute_error)
REFERENCE_INSTANTIATE(huber)
REFERENCE_INSTANTIATE(dice)

} // namespace cnnc::reference::ops
