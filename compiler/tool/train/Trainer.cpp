#include "compiler/tool/train/Trainer.h"

#include "compiler/tool/train/Accuracy.h"

#include "cnnrt_io.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

namespace cnnc {

Trainer::Trainer(TrainingNetwork &network, const DataFormat &format, SampleSet trainingSet,
                 SampleSet validationSet, TrainerOptions trainerOptions)
    : network(network), format(format), training(std::move(trainingSet)),
      validation(std::move(validationSet)), options(std::move(trainerOptions)) {
  options.rate.steps = steps();
}

// ---- Batches -----------------------------------------------------------------------------------

int64_t Trainer::batchesOf(const SampleSet &set) const {
  auto samples = static_cast<int64_t>(set.samples.size());
  return format.fixedBatch() ? samples / options.batch
                             : (samples + options.batch - 1) / options.batch;
}

int64_t Trainer::stepsPerEpoch() const { return batchesOf(training); }

int64_t Trainer::leftOut(const SampleSet &set) const {
  auto samples = static_cast<int64_t>(set.samples.size());
  return samples - std::min(samples, batchesOf(set) * options.batch);
}

Batch Trainer::batchOf(const SampleSet &set, const std::vector<int64_t> &order,
                       int64_t batch) const {
  size_t begin = static_cast<size_t>(batch * options.batch);
  return gather(*set.data, format, order, begin,
                std::min(order.size(), begin + static_cast<size_t>(options.batch)));
}

Status Trainer::check() const {
  if (int64_t fixed = format.fixedBatch(); fixed && fixed != options.batch)
    return Error{"--batch is " + std::to_string(options.batch) +
                 " but the network takes batches of " + std::to_string(fixed)};
  for (const SampleSet *set : {&training, &validation}) {
    if (set->samples.empty())
      continue;
    if (batchesOf(*set) == 0)
      return Error{"there are " + std::to_string(set->samples.size()) + " samples for " +
                   (set == &training ? "training" : "validation") + ", which make no batch of " +
                   std::to_string(options.batch)};
    if (Status fits = network.checkSizes(batchOf(*set, set->samples, 0).sizes); !fits)
      return fits;
  }
  return done();
}

// ---- Validation --------------------------------------------------------------------------------

Result<Trainer::Evaluation> Trainer::evaluate() {
  auto classification = findClassification(network.plan(), format);
  double loss = 0, samples = 0;
  Hits hits;
  for (int64_t i = 0; i < batchesOf(validation); ++i) {
    Batch batch = batchOf(validation, validation.samples, i);
    auto outputs = network.run(batch);
    if (!outputs)
      return Error{outputs.error()};
    float ofBatch;
    std::memcpy(&ofBatch, outputs->back().bytes.data(), sizeof ofBatch);
    auto count = static_cast<double>(batch.targets.empty() ? batch.inputs.front().shape.front()
                                                           : batch.targets.front().shape.front());
    loss += count * ofBatch;
    samples += count;
    if (!classification)
      continue;
    const BorderTensor &border = network.plan().outputs[classification->output];
    Hits more =
        countHits(toLogical((*outputs)[classification->output],
                            border.channelsLast ? Layout::ChannelsLast : Layout::RowMajor),
                  toLogical(batch.targets[static_cast<size_t>(classification->labels.target)],
                            Layout::RowMajor),
                  classification->labels.ignored);
    hits.right += more.right;
    hits.all += more.all;
  }
  Evaluation evaluation{loss / samples, {}};
  if (hits.all > 0)
    evaluation.accuracy = static_cast<double>(hits.right) / static_cast<double>(hits.all);
  return evaluation;
}

// ---- Training ----------------------------------------------------------------------------------

Status Trainer::save(uint64_t step) {
  if (options.checkpoint.empty())
    return done();
  int status = cnnrt_checkpoint_save(options.checkpoint.c_str(), &network.network(),
                                     network.parameters.data(), network.state.data(), step);
  if (status != CNNRT_OK)
    return Error{options.checkpoint + ": " + cnnrt_status_string(status)};
  savedStep = step;
  return done();
}

Error Trainer::failure(int status, uint64_t step) const {
  auto epoch = static_cast<int64_t>(step) / stepsPerEpoch() + 1;
  std::string at = "in step " + std::to_string(step + 1) + ", of epoch " + std::to_string(epoch);
  std::string message =
      status == CNNRT_NOT_FINITE
          ? "the loss is no finite number " + at + "; a smaller --rate or clip_norm may help"
          : "training failed " + at + ": " + cnnrt_status_string(status);
  if (savedStep)
    message += "; " + options.checkpoint + " is of step " + std::to_string(*savedStep);
  return Error{message};
}

Result<std::optional<EpochResult>> Trainer::trainEpoch(uint64_t &step, const TrainerHooks &hooks) {
  using Clock = std::chrono::steady_clock;
  const auto perEpoch = static_cast<uint64_t>(stepsPerEpoch());
  const auto last = static_cast<uint64_t>(steps());
  const uint64_t epoch = step / perEpoch, end = (epoch + 1) * perEpoch;
  const std::vector<int64_t> order = shuffle(training.samples, options.seed, epoch);
  const Clock::time_point begin = Clock::now();
  EpochResult result;
  result.epoch = static_cast<int64_t>(epoch);
  result.epochs = options.epochs;
  double lossSum = 0, samples = 0;
  while (step < end) {
    Batch batch = batchOf(training, order, static_cast<int64_t>(step % perEpoch));
    auto rate = static_cast<float>(options.rate.at(static_cast<int64_t>(step)));
    float loss = 0;
    if (int status = network.trainStep(batch, rate, step, loss); status != CNNRT_OK)
      return failure(status, step);
    ++step;
    auto count = static_cast<double>(batch.inputs.front().shape.front());
    lossSum += count * static_cast<double>(loss);
    samples += count;
    result.loss = lossSum / samples;
    result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    result.samplesPerSecond = samples / result.seconds;
    double samplesLeft = static_cast<double>(last - step) * static_cast<double>(options.batch);
    hooks.onStep({result.epoch, result.epochs, static_cast<int64_t>(step - epoch * perEpoch),
                  stepsPerEpoch(), result.loss, result.samplesPerSecond,
                  samplesLeft / result.samplesPerSecond});
    if (hooks.isInterrupted() && step < end)
      return std::optional<EpochResult>();
  }
  if (validation.samples.empty())
    return std::optional(result);
  auto evaluation = evaluate();
  if (!evaluation)
    return Error{evaluation.error()};
  result.validationLoss = evaluation->loss;
  result.accuracy = evaluation->accuracy;
  return std::optional(result);
}

Result<bool> Trainer::train(uint64_t &step, const TrainerHooks &hooks) {
  const auto last = static_cast<uint64_t>(steps());
  while (step < last) {
    auto result = trainEpoch(step, hooks);
    if (!result)
      return Error{result.error()};
    if (Status saved = save(step); !saved)
      return Error{saved.error()};
    if (!*result)
      return false;
    hooks.onEpoch(**result);
    if (hooks.isInterrupted() && step < last)
      return false;
  }
  return true;
}

} // namespace cnnc
