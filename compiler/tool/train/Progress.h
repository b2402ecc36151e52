// How training goes, on stderr.
#pragma once

#include "compiler/tool/train/Trainer.h"

namespace cnnc {

/// A line for each epoch; on a terminal another one, drawn anew, for the batches of the current.
class TrainingDisplay {
public:
  explicit TrainingDisplay(bool isQuiet);

  void show(const StepProgress &progress);
  void show(const EpochResult &result);
  /// Takes the line of the batches away.
  void finish();

private:
  bool isQuiet, isTerminal;
  double shownAt = -1e9;
};

} // namespace cnnc
