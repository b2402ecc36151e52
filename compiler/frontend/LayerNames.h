// The names of layers in a network, which their parameters are called after: "conv", "conv_2",
// "stem".
#pragma once

#include "compiler/support/Result.h"

#include <map>
#include <string>

namespace cnnc {

/// The names taken in one block, or in a whole network.
class LayerNames {
public:
  /// The name of a layer: its label, or without one its word; from the second of them on with a
  /// number. `owner` tells calls apart: a label that its owner brings again (in a `repeat`) is
  /// numbered, brought by another it is an error.
  Result<std::string> claim(const std::string &label, const std::string &word, const void *owner);

private:
  std::map<std::string, int> counts;         ///< Per label or word.
  std::map<std::string, const void *> taken; ///< Names, and who took them.
};

} // namespace cnnc
