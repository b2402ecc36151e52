#include "compiler/tool/tune/Progress.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace cnnc {

static constexpr double secondsBetweenLines = 10, secondsBetweenDrawings = 0.1;
static constexpr int barWidth = 20;

CLI::Validator isDuration() {
  auto transform = [](std::string &text) -> std::string {
    char *end = nullptr;
    double value = std::strtod(text.c_str(), &end);
    std::string unit = end;
    double factor = unit == "h" ? 3600 : unit == "m" ? 60 : unit == "s" || unit.empty() ? 1 : 0;
    double seconds = value * factor;
    if (end == text.c_str() || !(seconds > 0 && seconds <= 7 * 24 * 3600))
      return "takes a time like 90s, 2m or 1h but got '" + text + "'";
    text = std::to_string(seconds);
    return {};
  };
  return CLI::Validator(transform, "TIME", "duration");
}

std::string formatDuration(double seconds) {
  int whole = static_cast<int>(std::max(0.0, seconds) + 0.5);
  std::string text;
  llvm::raw_string_ostream os(text);
  if (whole < 60)
    os << whole << " s";
  else
    os << llvm::format("%d:%02d min", whole / 60, whole % 60);
  return text;
}

ProgressDisplay::ProgressDisplay(double budget) : budget(budget), isTerminal(isatty(2)) {}

/// "12 of 24 kernels, 130 candidates, 12.3 % less time; 1:05 min left".
static std::string lineOf(const SearchProgress &progress, double budget) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << progress.measured << " of " << progress.kernels << " kernels, " << progress.tried
     << (progress.tried == 1 ? " candidate" : " candidates");
  if (progress.before > 0)
    os << llvm::format(", %.1f %% less time", (1 - progress.after / progress.before) * 100);
  os << "; " << formatDuration(budget - progress.elapsed) << " left";
  return text;
}

static std::string barOf(double share) {
  int full = static_cast<int>(std::min(1.0, share) * barWidth);
  return "[" + std::string(static_cast<size_t>(full), '=') +
         std::string(static_cast<size_t>(barWidth - full), ' ') + "] ";
}

void ProgressDisplay::show(const SearchProgress &progress) {
  last = progress;
  double pause = isTerminal ? secondsBetweenDrawings : secondsBetweenLines;
  if (progress.elapsed - shownAt < pause)
    return;
  shownAt = progress.elapsed;
  if (isTerminal)
    llvm::errs() << "\r\033[K" << barOf(progress.elapsed / budget);
  llvm::errs() << lineOf(progress, budget) << (isTerminal ? "" : "\n");
  llvm::errs().flush();
}

SearchProgress ProgressDisplay::finish() {
  if (isTerminal)
    llvm::errs() << "\r\033[K";
  return last;
}

} // namespace cnnc
