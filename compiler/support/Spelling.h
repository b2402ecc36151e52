// "did you mean": the name that a user probably had in mind.
#pragma once

#include <string>
#include <vector>

namespace cnnc {

/// How many letters must be inserted, removed, replaced or exchanged with their neighbours to turn
/// `a` into `b`.
int editDistance(const std::string &a, const std::string &b);

/// The candidate nearest to `word`, the first of equals; empty when none is near enough to be a
/// slip of the pen: at most a third of the word's letters may differ, and at least one always may.
std::string nearestName(const std::string &word, const std::vector<std::string> &candidates);

/// The end of a sentence about an unknown name: "; did you mean 'relu'?" when a candidate is near,
/// else "; there are 'a', 'b' and 7 more" (the first few), or "; there are none".
std::string suggestion(const std::string &word, const std::vector<std::string> &candidates);

} // namespace cnnc
