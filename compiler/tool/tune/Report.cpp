#include "compiler/tool/tune/Report.h"

#include "compiler/tool/ScheduleText.h"
#include "compiler/tool/tune/Progress.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

namespace cnnc {

static constexpr unsigned kernelWidth = 48, scheduleWidth = 30;

static std::string fixed(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1f", value);
  return text;
}

/// How much less, in percent.
static std::string gain(double before, double after) {
  return before > 0 ? fixed((1 - after / before) * 100) : "-";
}

static void row(llvm::raw_ostream &os, const std::string &kernel, const std::string &calls,
                const std::string &before, const std::string &after, const std::string &gain,
                const std::string &tried, const std::string &schedule) {
  std::string line;
  llvm::raw_string_ostream text(line);
  text << llvm::left_justify(llvm::StringRef(kernel).take_front(kernelWidth), kernelWidth)
       << llvm::right_justify(calls, 6) << llvm::right_justify(before, 10)
       << llvm::right_justify(after, 10) << llvm::right_justify(gain, 7)
       << llvm::right_justify(tried, 6) << "  "
       << llvm::StringRef(schedule).take_front(scheduleWidth);
  os << llvm::StringRef(line).rtrim() << "\n";
}

static void printKernel(const TuningProblem &problem, const TunedKernel &kernel,
                        llvm::raw_ostream &os) {
  std::string tried = std::to_string(kernel.tried), calls = std::to_string(problem.calls);
  if (kernel.before.failed())
    return row(os, problem.title, calls, "-", "-", "-", tried, kernel.before.failure);
  bool same = kernel.before.schedule == kernel.after.schedule;
  row(os, problem.title, calls, fixed(kernel.before.seconds * 1e6),
      fixed(kernel.after.seconds * 1e6), gain(kernel.before.seconds, kernel.after.seconds), tried,
      same ? "the default" : shortText(kernel.after.schedule));
}

void printReport(const TuningReport &report, llvm::raw_ostream &os) {
  row(os, "", "", "before", "after", "gain", "", "");
  row(os, "kernel", "calls", "us", "us", "%", "tried", "schedule");
  for (size_t i = 0; i < report.problems.size(); ++i)
    printKernel(report.problems[i], report.kernels[i], os);
  SearchProgress sums = sumUp(report.problems, report.kernels);
  row(os, "all calls of " + std::to_string(sums.measured) + " kernels", "",
      fixed(sums.before * 1e6), fixed(sums.after * 1e6), gain(sums.before, sums.after), "", "");
  os << report.progress.tried << " candidates tried, " << report.progress.failed << " failed, in "
     << formatDuration(report.progress.elapsed);
  if (report.untunable > 0)
    os << "; " << report.untunable << " more kernels have one schedule only";
  os << (report.interrupted ? "; interrupted\n" : "\n");
}

} // namespace cnnc
