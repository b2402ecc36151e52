// The loop over epochs and batches.
#pragma once

#include "compiler/tool/train/Dataset.h"
#include "compiler/tool/train/RateSchedule.h"
#include "compiler/tool/train/Shuffle.h"

#include <functional>
#include <optional>

namespace cnnc {

/// Samples and the set that they are of.
struct SampleSet {
  const Dataset *data = nullptr;
  std::vector<int64_t> samples; ///< Their numbers; none: there is no such set.
};

struct TrainerOptions {
  int64_t epochs = 1, batch = 1;
  RateSchedule rate;      ///< Its number of steps is the trainer's to set.
  uint64_t seed = 0;      ///< Of the order of samples.
  std::string checkpoint; ///< Written behind each epoch and at the end; empty: nowhere.
};

/// Where training is, behind a step.
struct StepProgress {
  int64_t epoch = 0, epochs = 0;  ///< The epoch from 0 on, of so many.
  int64_t batch = 0, batches = 0; ///< Batches of it that are done, of so many.
  double loss = 0;                ///< Mean of the epoch so far.
  double samplesPerSecond = 0;
  double secondsLeft = 0; ///< Until the end of all epochs, validation apart.
};

/// What an epoch came to.
struct EpochResult {
  int64_t epoch = 0, epochs = 0;
  double loss = 0; ///< Mean over its batches, each before its step.
  std::optional<double> validationLoss;
  std::optional<double> accuracy; ///< Share of labels that are the class of the largest output.
  double samplesPerSecond = 0, seconds = 0;
};

/// Whom to tell, and whom to ask.
struct TrainerHooks {
  std::function<void(const StepProgress &)> onStep;
  std::function<void(const EpochResult &)> onEpoch;
  std::function<bool()> isInterrupted;
};

class Trainer {
public:
  /// All must outlive the trainer. `network` has its loss as its last output: addLossOutput.
  Trainer(TrainingNetwork &network, const DataFormat &format, SampleSet training,
          SampleSet validation, TrainerOptions options);

  /// Whether the network takes these batches.
  Status check() const;
  int64_t stepsPerEpoch() const;
  int64_t steps() const { return stepsPerEpoch() * options.epochs; }
  /// Samples of a set that make no whole batch, where the network takes no other.
  int64_t leftOut(const SampleSet &set) const;

  /// Trains from step `step` on, which is set to the number of steps taken. The result is false if
  /// it was interrupted.
  Result<bool> train(uint64_t &step, const TrainerHooks &hooks);

private:
  struct Evaluation {
    double loss = 0;
    std::optional<double> accuracy;
  };

  int64_t batchesOf(const SampleSet &set) const;
  Batch batchOf(const SampleSet &set, const std::vector<int64_t> &order, int64_t batch) const;
  Status save(uint64_t step);
  Error failure(int status, uint64_t step) const;
  Result<Evaluation> evaluate();
  /// The rest of the epoch that `step` is in; none if it was interrupted before its end.
  Result<std::optional<EpochResult>> trainEpoch(uint64_t &step, const TrainerHooks &hooks);

  TrainingNetwork &network;
  const DataFormat &format;
  SampleSet training, validation;
  TrainerOptions options;
  std::optional<uint64_t> savedStep; ///< What the checkpoint is of.
};

} // namespace cnnc
