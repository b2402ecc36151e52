// The network of lines.cnn with parameters that it learns: the whole use of its training library.
#pragma once

#include "examples/common/Trainer.h"
#include "examples/lines/Drawing.h"

#include <string>
#include <vector>

/// A network and its optimizer. All pictures handed to one call have the same size. A call that
/// fails ends the program with a message.
class Learner {
public:
  /// Random parameters.
  explicit Learner(uint64_t seed);

  /// One step of the optimizer; the loss before it.
  float trainStep(const std::vector<Drawing> &pictures, float learningRate);

  /// How right the network is.
  struct Score {
    int errors;  ///< Pictures that are taken for something else than was drawn.
    double loss; ///< Mean cross entropy.
  };

  /// How right the network is on `pictures`.
  Score test(const std::vector<Drawing> &pictures);

  /// How far the network is from taking a picture for something.
  struct Slope {
    double advantage;            ///< Logit of `wanted` minus the other's: above 0, it is taken so.
    std::vector<float> gradient; ///< Of the advantage, for each pixel.
  };

  /// How far the network is from taking `picture`, whatever was drawn, for `wanted`.
  Slope slope(const Drawing &picture, Orientation wanted);

  /// A parameter by its name, such as "conv.filter".
  const float *parameter(const std::string &name) const { return trainer.parameter(name); }

private:
  Trainer trainer;
};
