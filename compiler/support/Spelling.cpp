#include "compiler/support/Spelling.h"

#include <algorithm>
#include <numeric>

namespace cnnc {

int editDistance(const std::string &a, const std::string &b) {
  // rows[i][j] is the distance of the first i letters of `a` to the first j of `b`.
  std::vector<std::vector<int>> rows(a.size() + 1, std::vector<int>(b.size() + 1));
  std::iota(rows[0].begin(), rows[0].end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    rows[i][0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      int replaced = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      rows[i][j] = std::min({replaced, rows[i][j - 1] + 1, rows[i - 1][j] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows.back().back();
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
