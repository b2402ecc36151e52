// What the parts of a network's header are written with.
#pragma once

#include "compiler/codegen/CNames.h"

#include <string>
#include <vector>

namespace cnnc {

using Names = std::vector<std::string>;

Names operator+(Names a, const Names &b);

std::string join(const Names &parts, const std::string &separator = ", ");

/// `begin`, the parts and `end`, broken into lines of 100 characters as code is.
std::string wrap(const std::string &begin, const Names &parts, const std::string &end);

/// What the parts of the header are written from.
struct HeaderWriter {
  explicit HeaderWriter(const NetworkPlan &plan);

  const NetworkPlan &plan;
  const CNames names;
  const std::string prefix;
  Names sizes; ///< Of the parameters of C functions.

  bool hasSizes() const { return !sizes.empty(); }
  bool hasWeightsFile() const { return plan.weightsHeader.has_value(); }
  /// "int64_t h" for each.
  Names sizeParameters() const;
  /// The sizes as C++ functions take them, one struct or nothing, and its members.
  Names cppSizes() const;
  Names sizeMembers() const;
  /// All tensors that NAME_run takes, the weights or the parameters first.
  Names tensorParameters() const;
  Names tensorNames() const;
};

/// The part of a library for training: C, then what is in the namespace of C++.
std::string trainingText(const HeaderWriter &writer);
std::string trainingCppText(const HeaderWriter &writer);

} // namespace cnnc
