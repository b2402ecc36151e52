#include "compiler/tool/train/Progress.h"

#include "compiler/tool/tune/Progress.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

#include <unistd.h>

namespace cnnc {

static constexpr double secondsBetweenRedraws = 0.1;

TrainingDisplay::TrainingDisplay(bool isQuiet) : isQuiet(isQuiet), isTerminal(isatty(2)) {}

void TrainingDisplay::show(const StepProgress &progress) {
  if (isQuiet || !isTerminal)
    return;
  std::chrono::duration<double> now = std::chrono::steady_clock::now().time_since_epoch();
  if (now.count() - shownAt < secondsBetweenRedraws)
    return;
  shownAt = now.count();
  llvm::errs() << "\r\033[Kepoch " << progress.epoch + 1 << "/" << progress.epochs << ", batch "
               << progress.batch << "/" << progress.batches
               << llvm::format(", loss %.4g, %.0f samples/s, ", progress.loss,
                               progress.samplesPerSecond)
               << formatDuration(progress.secondsLeft) << " left";
  llvm::errs().flush();
}

void TrainingDisplay::show(const EpochResult &result) {
  if (isQuiet)
    return;
  finish();
  llvm::errs() << "epoch " << result.epoch + 1 << "/" << result.epochs
               << llvm::format(": loss %.4g", result.loss);
  if (result.validationLoss)
    llvm::errs() << llvm::format(", validation loss %.4g", *result.validationLoss);
  if (result.accuracy)
    llvm::errs() << llvm::format(", accuracy %.4f", *result.accuracy);
  llvm::errs() << llvm::format(", %.0f samples/s, ", result.samplesPerSecond)
               << formatDuration(result.seconds) << "\n";
  llvm::errs().flush();
}

void TrainingDisplay::finish() {
  if (!isQuiet && isTerminal)
    llvm::errs() << "\r\033[K";
}

} // namespace cnnc
