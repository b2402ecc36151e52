#include "compiler/tool/profile/Profile.h"

#include <nlohmann/json.hpp>

namespace cnnc {

using Json = nlohmann::ordered_json;

/// A number, or null where there is none.
static Json orNull(std::optional<double> value) { return value ? Json(*value) : Json(); }

static std::optional<double> quotient(std::optional<double> value, std::optional<double> by) {
  if (!value || !by || *by == 0)
    return std::nullopt;
  return *value / *by;
}

static void addTimes(Json &json, const Times &seconds) {
  json["least_ms"] = seconds.least * 1e3;
  json["median_ms"] = seconds.median * 1e3;
}

/// How fast that was, from the shortest time.
static void addRates(Json &json, int64_t multiplyAdds, int64_t bytes, double seconds,
                     const Profile &profile) {
  std::optional<double> operations = rate(multiplyAdds, seconds);
  json["multiply_adds"] = multiplyAdds;
  json["gflops"] = orNull(quotient(operations, 1e9));
  json["peak_share"] = orNull(quotient(operations, profile.peak));
  json["bytes"] = bytes;
  json["gbytes_per_s"] = orNull(quotient(static_cast<double>(bytes) / 1e9, seconds));
}

static Json kernelJson(const KernelProfile &kernel, const Profile &profile) {
  Json json;
  json["layer"] = kernel.layer;
  json["ops"] = kernel.ops;
  json["algorithm"] = kernel.schedule.algorithm;
  json["schedule"] = kernel.schedule.parameters;
  addTimes(json, kernel.seconds);
  json["share"] = kernel.share;
  addRates(json, kernel.multiplyAdds, kernel.bytes, kernel.seconds.least, profile);
  json["weight_bytes"] = kernel.weightBytes;
  json["scratch_bytes"] = kernel.scratchBytes;
  bool inArena = kernel.output.empty();
  json["output"] = inArena ? Json() : Json(kernel.output);
  json["arena_offset"] = inArena ? Json(kernel.arenaOffset) : Json();
  json["result"] = {{"type", toString(kernel.elementType)},
                    {"shape", kernel.shape},
                    {"bytes", kernel.resultBytes}};
  json["reads"] = kernel.reads;
  json["reads_inputs"] = kernel.readsInputs;
  return json;
}

static Json totalJson(const Profile &profile) {
  Json json;
  addTimes(json, profile.run);
  json["kernels_least_ms"] = profile.allKernels.least * 1e3;
  json["kernels_median_ms"] = profile.allKernels.median * 1e3;
  addRates(json, profile.multiplyAdds(), profile.bytes(), profile.run.least, profile);
  json["arena_bytes"] = profile.arenaBytes;
  json["arena_lower_bound_bytes"] = profile.arenaLowerBound;
  json["arena_ratio"] = orNull(quotient(static_cast<double>(profile.arenaBytes),
                                        static_cast<double>(profile.arenaLowerBound)));
  json["workspace_bytes"] = profile.workspaceBytes;
  json["weight_bytes"] = profile.weightBytes;
  return json;
}

std::string toJson(const Profile &profile) {
  Json json;
  json["network"] = profile.network;
  json["target"] = profile.target;
  json["cpu"] = profile.cpu;
  json["threads"] = profile.threads;
  json["rounds"] = profile.rounds;
  json["sizes"] = Json::object();
  for (const auto &[name, value] : profile.sizes)
    json["sizes"][name] = value;
  json["peak_gflops"] = orNull(quotient(profile.peak, 1e9));
  json["inputs"] = profile.inputs;
  json["total"] = totalJson(profile);
  json["kernels"] = Json::array();
  for (const KernelProfile &kernel : profile.kernels)
    json["kernels"].push_back(kernelJson(kernel, profile));
  // A name that is no UTF-8 gets replacement characters: JSON has nothing better.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace cnnc
