#include "compiler/codegen/HeaderWriter.h"

namespace cnnc {

Names operator+(Names a, const Names &b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string join(const Names &parts, const std::string &separator) {
  std::string text;
  for (const std::string &part : parts)
    text += (text.empty() ? "" : separator) + part;
  return text;
}

std::string wrap(const std::string &begin, const Names &parts, const std::string &end) {
  std::string line = begin, text;
  const std::string indent(begin.size() < 60 ? begin.size() : 4, ' ');
  for (size_t index = 0; index < parts.size(); ++index) {
    std::string part = parts[index] + (index + 1 < parts.size() ? "," : end);
    bool opensLine = line == begin || line == indent;
    if (line.size() + part.size() + 1 > 100 && line != indent) {
      text += line + "\n";
      line = indent;
      opensLine = true;
    }
    line += (opensLine ? "" : " ") + part;
  }
  return text + line + (parts.empty() ? end : "") + "\n";
}

HeaderWriter::HeaderWriter(const NetworkPlan &plan) : plan(plan), names(plan), prefix(plan.name) {
  for (const CParameter &size : names.sizes)
    sizes.push_back(size.name);
}

Names HeaderWriter::sizeParameters() const {
  Names parameters;
  for (const std::string &size : sizes)
    parameters.push_back("int64_t " + size);
  return parameters;
}

Names HeaderWriter::cppSizes() const { return hasSizes() ? Names{"const Sizes &sizes"} : Names{}; }

Names HeaderWriter::sizeMembers() const {
  Names members;
  for (const std::string &size : sizes)
    members.push_back("sizes." + size);
  return members;
}

Names HeaderWriter::tensorParameters() const {
  Names parameters;
  if (hasWeightsFile())
    parameters.push_back("const void *weights");
  if (plan.training)
    parameters.push_back("const float *parameters");
  for (const CParameter &input : names.inputs)
    parameters.push_back(input.type + input.name);
  for (const CParameter &output : names.outputs)
    parameters.push_back(output.type + output.name);
  return parameters;
}

Names HeaderWriter::tensorNames() const {
  Names all;
  if (hasWeightsFile())
    all.push_back("weights");
  if (plan.training)
    all.push_back("parameters");
  for (const CParameter &input : names.inputs)
    all.push_back(input.name);
  for (const CParameter &output : names.outputs)
    all.push_back(output.name);
  return all;
}

} // namespace cnnc
