#include "examples/lines/Perturbation.h"

#include <cmath>
#include <numeric>

static double dot(const std::vector<float> &a, const std::vector<float> &b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double norm(const std::vector<float> &values) { return std::sqrt(dot(values, values)); }

Drawing perturbed(Drawing picture, const std::vector<float> &change, float factor) {
  for (size_t i = 0; i < change.size(); ++i)
    picture.pixels[i] += factor * change[i];
  return picture;
}

/// `change`, scaled so that it just suffices: the factor is the smallest that bisection finds.
static std::vector<float> scaledToFlip(Learner &learner, const Drawing &picture, Orientation wanted,
                                       std::vector<float> change) {
  float low = 0, high = 1;
  while (high < 1000 && learner.slope(perturbed(picture, change, high), wanted).advantage <= 0)
    high *= 2;
  for (int round = 0; round < 20; ++round) {
    float middle = (low + high) / 2;
    bool flips = learner.slope(perturbed(picture, change, middle), wanted).advantage > 0;
    (flips ? high : low) = middle;
  }
  for (float &value : change)
    value *= high;
  return change;
}

// The wanted class wins where its advantage f is 0 or more. If f were linear around the picture
// with the change r, the nearest such place to the picture itself would be along its gradient g:
//
//     r' = g (g . r - f(r)) / |g|^2
//
// r goes half the way to r', again and again: where it stays, it is perpendicular to the border, as
// the shortest way to it must be.
std::vector<float> smallestPerturbation(Learner &learner, const Drawing &picture) {
  Orientation wanted = picture.orientation == Vertical ? Horizontal : Vertical;
  std::vector<float> change(picture.pixels.size(), 0.0f), best;
  for (int round = 1; round <= 200; ++round) {
    Learner::Slope slope = learner.slope(perturbed(picture, change), wanted);
    double factor =
        (dot(slope.gradient, change) - slope.advantage) / dot(slope.gradient, slope.gradient);
    for (size_t i = 0; i < change.size(); ++i)
      change[i] += (static_cast<float>(factor) * slope.gradient[i] - change[i]) / 2;
    if (round % 20 != 0)
      continue;
    std::vector<float> enough = scaledToFlip(learner, picture, wanted, change);
    if (best.empty() || norm(enough) < norm(best))
      best = enough;
  }
  return best;
}
