#include "compiler/support/Spelling.h"

#include <algorithm>
#include <numeric>

namespace cnnc {

int editDistance(const std::string &a, const std::string &b) {
  // row[j] is the distance of the part of `a` read so far to the first j letters of `b`.
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    int diagonal = row[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      int replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string nearestName(const std::string &word, const std::vector<std::string> &candidates) {
  std::string nearest;
  int best = std::max(1, static_cast<int>(word.size()) / 3) + 1;
  for (const std::string &candidate : candidates) {
    int distance = editDistance(word, candidate);
    if (distance >= best)
      continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string suggestion(const std::string &word, const std::vector<std::string> &candidates) {
  constexpr size_t listed = 8;
  std::string nearest = nearestName(word, candidates);
  if (!nearest.empty())
    return "; did you mean '" + nearest + "'?";
  if (candidates.empty())
    return "; there are none";
  std::string text = candidates.size() == 1 ? "; there is only " : "; there are ";
  for (size_t i = 0; i < std::min(candidates.size(), listed); ++i)
    text += (i ? ", '" : "'") + candidates[i] + "'";
  if (candidates.size() > listed)
    text += " and " + std::to_string(candidates.size() - listed) + " more";
  return text;
}

} // namespace cnnc
