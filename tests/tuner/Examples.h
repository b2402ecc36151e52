// Kernels and measurements for the tests of this folder.
#pragma once

#include "compiler/tuner/Bench.h"
#include "compiler/tuner/Database.h"

#include <string>

namespace cnnc {

inline Schedule schedule(const std::string &algorithm, int64_t columns) {
  return {algorithm, {{"columns", columns}}};
}

inline TuningSubject subject(const std::string &key = "k", int threads = 1) {
  return {"cpu", "version", key, "target", "title of " + key, threads};
}

inline Measurement measurement(const Schedule &schedule, double relative,
                               const std::string &failure = "", double addedError = 0) {
  return {schedule, addedError, relative * 1e-3, relative, failure};
}

/// A kernel that adds two maps of `channels` channels, at a height and width of the run.
inline TuningProblem additionProblem(int64_t channels) {
  TuningProblem problem;
  TensorDescription map = {ElementType::F32, {1, channels, -1, -2}};
  problem.spec.graph.inputs = {map, map};
  problem.spec.graph.ops = {{"add", {0, 1}, {}, map}};
  problem.spec.layouts = {Layout::ChannelsLast, Layout::ChannelsLast};
  problem.spec.isWeight = {false, false};
  problem.spec.outputLayout = Layout::ChannelsLast;
  problem.spec.target = *findTarget("host");
  problem.sizes = {5, 7};
  problem.candidates = scheduleSpace(atSizes(problem.spec, problem.sizes));
  return problem;
}

} // namespace cnnc
