// A KernelSpec as canonical JSON, which is also its key in the cache.
#include "compiler/kernels/Kernel.h"

#include <nlohmann/json.hpp>

namespace cnnc {

using nlohmann::json;

// Attributes keep their type: {"b": true}, {"i": 1}, {"f": 0.5}, {"s": "same"}, {"is": [...]}, ...
static json toJson(const Attribute &attribute) {
  static const char *const kinds[] = {"b", "i", "f", "s", "is", "fs"};
  json value = std::visit([](const auto &v) { return json(v); }, attribute);
  return {{kinds[attribute.index()], value}};
}

static Attribute attributeFrom(const json &object) {
  const std::string kind = object.begin().key();
  const json &value = object.begin().value();
  if (kind == "b")
    return value.get<bool>();
  if (kind == "i")
    return value.get<int64_t>();
  if (kind == "f")
    return value.get<double>();
  if (kind == "s")
    return value.get<std::string>();
  if (kind == "is")
    return value.get<std::vector<int64_t>>();
  return value.get<std::vector<double>>();
}

static json toJson(const TensorDescription &tensor) {
  return {{"type", static_cast<int>(tensor.elementType)}, {"shape", tensor.shape}};
}

static TensorDescription tensorFrom(const json &object) {
  return {static_cast<ElementType>(object.at("type").get<int>()),
          object.at("shape").get<std::vector<int64_t>>()};
}

static json toJson(const OpDescription &op) {
  json attributes = json::object();
  for (const auto &[name, value] : op.attributes)
    attributes[name] = toJson(value);
  return {{"name", op.name},
          {"operands", op.operands},
          {"attributes", attributes},
          {"result", toJson(op.result)}};
}

static OpDescription opFrom(const json &object) {
  OpDescription op;
  op.name = object.at("name").get<std::string>();
  op.operands = object.at("operands").get<std::vector<int>>();
  for (const auto &[name, value] : object.at("attributes").items())
    op.attributes[name] = attributeFrom(value);
  op.result = tensorFrom(object.at("result"));
  return op;
}

static json toJson(const Target &target) {
  return {{"name", target.name},
          {"halide", target.halide},
          {"triple", target.triple},
          {"features", target.llvmFeatures},
          {"vector_bytes", target.vectorBytes},
          {"vector_registers", target.vectorRegisters},
          {"l1_bytes", target.l1Bytes},
          {"l2_bytes", target.l2Bytes},
          {"cpu_features", target.cpuFeatures}};
}

static Target targetFrom(const json &object) {
  Target target;
  target.name = object.at("name").get<std::string>();
  target.halide = object.at("halide").get<std::string>();
  target.triple = object.at("triple").get<std::string>();
  target.llvmFeatures = object.at("features").get<std::string>();
  target.vectorBytes = object.at("vector_bytes").get<int>();
  target.vectorRegisters = object.at("vector_registers").get<int>();
  target.l1Bytes = object.at("l1_bytes").get<int64_t>();
  target.l2Bytes = object.at("l2_bytes").get<int64_t>();
  target.cpuFeatures = object.at("cpu_features").get<uint64_t>();
  return target;
}

std::string KernelSpec::toText() const {
  json inputs = json::array(), ops = json::array(), inputLayouts = json::array();
  for (const TensorDescription &input : graph.inputs)
    inputs.push_back(toJson(input));
  for (const OpDescription &op : graph.ops)
    ops.push_back(toJson(op));
  for (Layout layout : layouts)
    inputLayouts.push_back(static_cast<int>(layout));
  std::vector<int64_t> inputPitches(graph.inputs.size());
  for (size_t i = 0; i < inputPitches.size(); ++i)
    inputPitches[i] = pitchOf(i);
  json object = {{"inputs", inputs},
                 {"ops", ops},
                 {"layouts", inputLayouts},
                 {"pitches", inputPitches},
                 {"weights", isWeight},
                 {"output_layout", static_cast<int>(outputLayout)},
                 {"output_pitch", outputPitch},
                 {"in_place", inPlace},
                 {"anchor", anchor},
                 {"algorithm", schedule.algorithm},
                 {"parameters", schedule.parameters},
                 {"target", toJson(target)}};
  return object.dump();
}

KernelSpec KernelSpec::fromText(const std::string &text) {
  KernelSpec spec;
  try {
    json object = json::parse(text);
    for (const json &input : object.at("inputs"))
      spec.graph.inputs.push_back(tensorFrom(input));
    for (const json &op : object.at("ops"))
      spec.graph.ops.push_back(opFrom(op));
    for (const json &layout : object.at("layouts"))
      spec.layouts.push_back(static_cast<Layout>(layout.get<int>()));
    spec.pitches = object.at("pitches").get<std::vector<int64_t>>();
    spec.isWeight = object.at("weights").get<std::vector<bool>>();
    spec.outputLayout = static_cast<Layout>(object.at("output_layout").get<int>());
    spec.outputPitch = object.at("output_pitch").get<int64_t>();
    spec.inPlace = object.at("in_place").get<int>();
    spec.anchor = object.at("anchor").get<int>();
    spec.schedule.algorithm = object.at("algorithm").get<std::string>();
    spec.schedule.parameters = object.at("parameters").get<std::map<std::string, int64_t>>();
    spec.target = targetFrom(object.at("target"));
  } catch (const json::exception &error) {
    throw KernelError(std::string("not the text of a kernel: ") + error.what());
  }
  return spec;
}

} // namespace cnnc
