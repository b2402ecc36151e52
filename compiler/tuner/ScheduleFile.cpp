#include "compiler/tuner/ScheduleFile.h"

#include "compiler/tuner/EmbeddedSchedules.h"
#include "compiler/tuner/KernelKey.h"

#include <nlohmann/json.hpp>

#include <cassert>

namespace cnnc {

using nlohmann::ordered_json;

/// To four digits, of which a fifth would be noise.
static double rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return std::strtod(text, nullptr);
}

static ordered_json toJson(const BestMeasurement &best) {
  const TuningSubject &subject = best.subject;
  const Measurement &measurement = best.measurement;
  return {{"kernel", subject.title},
          {"target", subject.target},
          {"key", subject.key},
          {"threads", subject.threads},
          {"schedule", toText(measurement.schedule)},
          {"microseconds", rounded(measurement.seconds * 1e6)},
          {"relative", rounded(measurement.relative)},
          {"added_error", rounded(measurement.addedError)}};
}

std::string ScheduleFile::toText() const {
  std::string text = "{\"cpu\": " + ordered_json(cpu).dump() + ", \"measurements\": [";
  for (const BestMeasurement &best : measurements)
    text += (text.back() == '[' ? "\n" : ",\n") + toJson(best).dump();
  return text + "\n]}\n";
}

static BestMeasurement fromJson(const std::string &cpu, const ordered_json &line) {
  std::string text = line.at("schedule").get<std::string>();
  std::optional<Schedule> schedule = parseSchedule(text);
  if (!schedule)
    throw std::runtime_error("'" + text + "' is no schedule");
  TuningSubject subject{cpu,
                        "",
                        line.at("key").get<std::string>(),
                        line.at("target").get<std::string>(),
                        line.at("kernel").get<std::string>(),
                        line.at("threads").get<int>()};
  Measurement measurement{*schedule, line.at("added_error").get<double>(),
                          line.at("microseconds").get<double>() * 1e-6,
                          line.at("relative").get<double>(), ""};
  return {std::move(subject), std::move(measurement)};
}

Result<ScheduleFile> ScheduleFile::parse(const std::string &name, const std::string &text) {
  try {
    ordered_json object = ordered_json::parse(text);
    ScheduleFile file{object.at("cpu").get<std::string>(), {}};
    for (const ordered_json &line : object.at("measurements"))
      file.measurements.push_back(fromJson(file.cpu, line));
    return file;
  } catch (const std::exception &error) {
    return Error{name + " is no file of schedules: " + error.what()};
  }
}

const std::vector<ScheduleFile> &shippedSchedules() {
  static const std::vector<ScheduleFile> files = [] {
    std::vector<ScheduleFile> parsed;
    for (const EmbeddedFile &file : embeddedScheduleFiles()) {
      Result<ScheduleFile> result = ScheduleFile::parse(file.name, std::string(file.content));
      assert(result && "a test reads every file that ships");
      if (result)
        parsed.push_back(std::move(*result));
    }
    return parsed;
  }();
  return files;
}

} // namespace cnnc
