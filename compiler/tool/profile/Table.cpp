#include "compiler/tool/profile/Profile.h"

#include "compiler/tool/ScheduleText.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

#include <array>

namespace cnnc {

namespace {

/// The widths of the columns of numbers, a blank before each included. The two of names share what
/// is left of 120, and the schedule gets its width first.
constexpr std::array<int, 9> numberWidths = {9, 10, 6, 8, 6, 8, 6, 8, 9};
constexpr int namesWidth = 120 - (9 + 10 + 6 + 8 + 6 + 8 + 6 + 8 + 9) - 1, leastScheduleWidth = 20;

/// A number, or a dash where there is none.
std::string fixed(std::optional<double> value, int digits) {
  if (!value)
    return "-";
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.*f", digits, *value);
  return text;
}

/// The end of a text, where names differ; dots say that it was cut.
std::string cutFront(const std::string &text, int width) {
  size_t most = static_cast<size_t>(width);
  return text.size() <= most ? text : ".." + text.substr(text.size() - most + 2);
}
std::string cutBack(const std::string &text, int width) {
  size_t most = static_cast<size_t>(width);
  return text.size() <= most ? text : text.substr(0, most - 2) + "..";
}

/// "stage.conv: conv+relu".
std::string nameOf(const KernelProfile &kernel) {
  return (kernel.layer.empty() ? "" : kernel.layer + ": ") + llvm::join(kernel.ops, "+");
}

class Table {
public:
  Table(const Profile &profile, llvm::raw_ostream &os) : profile(profile), os(os) {
    int layer = 15, schedule = 8; // Of the headings and the last row.
    for (const KernelProfile &kernel : profile.kernels) {
      layer = std::max(layer, static_cast<int>(nameOf(kernel).size()));
      schedule = std::max(schedule, static_cast<int>(shortText(kernel.schedule).size()));
    }
    schedules = std::min(schedule, std::max(leastScheduleWidth, namesWidth - layer));
    layers = std::min(layer, namesWidth - schedules);
  }

  void print() {
    row("", "", {"least", "median", "share", "", "peak", "", "", "scratch", "place"});
    row("layer: ops", "schedule",
        {"us", "us", "%", "GFLOP/s", "%", "MB", "GB/s", "KB", "arena KB"});
    for (const KernelProfile &kernel : profile.kernels)
      row(cutFront(nameOf(kernel), layers), cutBack(shortText(kernel.schedule), schedules),
          numbers(kernel.seconds, kernel.share, kernel.multiplyAdds, kernel.bytes,
                  fixed(kernel.scratchBytes / 1e3, 1),
                  kernel.output.empty() ? fixed(kernel.arenaOffset / 1e3, 1)
                                        : cutBack("=" + kernel.output, 8)));
    row("all " + std::to_string(profile.kernels.size()) + " kernels", "",
        numbers(profile.allKernels, 1, profile.multiplyAdds(), profile.bytes(), "", ""));
  }

private:
  using Cells = std::array<std::string, numberWidths.size()>;

  Cells numbers(const Times &seconds, double share, int64_t multiplyAdds, int64_t bytes,
                const std::string &scratch, const std::string &place) const {
    std::optional<double> operations = rate(multiplyAdds, seconds.least), ofPeak;
    if (operations && profile.peak)
      ofPeak = *operations / *profile.peak * 100;
    if (operations)
      operations = *operations * 1e-9;
    double megabytes = static_cast<double>(bytes) / 1e6;
    return {fixed(seconds.least * 1e6, 1),
            fixed(seconds.median * 1e6, 1),
            fixed(share * 100, 1),
            fixed(operations, 1),
            fixed(ofPeak, 1),
            fixed(megabytes, 2),
            fixed(megabytes / 1e3 / seconds.least, 1),
            scratch,
            place};
  }

  void row(const std::string &layer, const std::string &schedule, const Cells &cells) {
    std::string line;
    llvm::raw_string_ostream text(line);
    text << llvm::left_justify(layer, static_cast<unsigned>(layers)) << " "
         << llvm::left_justify(schedule, static_cast<unsigned>(schedules));
    for (size_t i = 0; i < cells.size(); ++i)
      text << llvm::right_justify(cells[i], static_cast<unsigned>(numberWidths[i]));
    os << llvm::StringRef(line).rtrim() << "\n";
  }

  const Profile &profile;
  llvm::raw_ostream &os;
  int layers, schedules;
};

} // namespace

void printTable(const Profile &profile, llvm::raw_ostream &os) {
  os << profile.network;
  for (const auto &[name, value] : profile.sizes)
    os << " " << name << "=" << value;
  os << " for " << profile.target << " on " << profile.cpu << "\n"
     << profile.threads << (profile.threads == 1 ? " thread, " : " threads, ") << profile.rounds
     << (profile.rounds == 1 ? " round: " : " rounds: ")
     << llvm::format("a run takes %.3f ms, median %.3f ms", profile.run.least * 1e3,
                     profile.run.median * 1e3);
  if (std::optional<double> operations = rate(profile.multiplyAdds(), profile.run.least))
    os << llvm::format("; %.1f GFLOP/s", *operations * 1e-9);
  if (profile.peak)
    os << llvm::format("; the peak is %.1f GFLOP/s", *profile.peak * 1e-9);
  os << llvm::format("\narena %.1f KB", profile.arenaBytes / 1e3);
  if (profile.arenaLowerBound > 0)
    os << llvm::format(", %.3f times the least possible %.1f KB",
                       static_cast<double>(profile.arenaBytes) /
                           static_cast<double>(profile.arenaLowerBound),
                       profile.arenaLowerBound / 1e3);
  os << llvm::format("; workspace %.1f KB; weights %.1f KB\n\n", profile.workspaceBytes / 1e3,
                     profile.weightBytes / 1e3);
  Table(profile, os).print();
}

} // namespace cnnc
