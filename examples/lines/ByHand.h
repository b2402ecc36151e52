// The network with the weights that weights.py sets.
#pragma once

#include <cstdint>

/// Runs the compiled network on 10 000 pictures, one at a time, shows two of them, and prints the
/// errors and the time. False after a message.
bool tryHandMadeWeights(uint32_t seed);
