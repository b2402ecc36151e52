// How little must change for the network to change its mind?
#pragma once

#include "examples/lines/Learner.h"

/// A change of `picture`, as small in the L2 norm as the search finds one, with which the network
/// takes it for the other orientation. It must take `picture` itself for what was drawn.
std::vector<float> smallestPerturbation(Learner &learner, const Drawing &picture);

/// `picture` + factor * `change`.
Drawing perturbed(Drawing picture, const std::vector<float> &change, float factor = 1);

/// The L2 norm.
double norm(const std::vector<float> &values);
