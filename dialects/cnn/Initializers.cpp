#include "dialects/cnn/Initializers.h"

#include <cmath>

using namespace mlir;

namespace cnnc::cnn {

//===-- Scales --------------------------------------------------------------===//

static double zero(const Parameter &) { return 0; }
static double one(const Parameter &) { return 1; }
static double constant(const Parameter &parameter) { return parameter.constant; }

// He et al., "Delving deep into rectifiers", ICCV 2015: under relu outputs keep the variance of
// inputs if weights have the variance 2 / fan in.
static double heDeviation(const Parameter &parameter) {
  return std::sqrt(2.0 / static_cast<double>(parameter.fanIn));
}

// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
// AISTATS 2010: the mean of what outputs and gradients ask for.
static double glorotDeviation(const Parameter &parameter) {
  return std::sqrt(2.0 / static_cast<double>(parameter.fanIn + parameter.fanOut));
}

// A uniform distribution up to sqrt(3) has the deviation 1.
static double heBound(const Parameter &parameter) {
  return std::sqrt(3.0) * heDeviation(parameter);
}
static double glorotBound(const Parameter &parameter) {
  return std::sqrt(3.0) * glorotDeviation(parameter);
}

//===-- The table -----------------------------------------------------------===//

// Orthogonal: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear
// neural networks", ICLR 2014.
static const InitializerRow rows[] = {
    {"zeros", Initializer::Zeros, Distribution::Constant, zero},
    {"ones", Initializer::Ones, Distribution::Constant, one},
    {"constant", Initializer::Constant, Distribution::Constant, constant},
    {"he_normal", Initializer::HeNormal, Distribution::Normal, heDeviation},
    {"he_uniform", Initializer::HeUniform, Distribution::Uniform, heBound},
    {"glorot_normal", Initializer::GlorotNormal, Distribution::Normal, glorotDeviation},
    {"glorot_uniform", Initializer::GlorotUniform, Distribution::Uniform, glorotBound},
    {"orthogonal", Initializer::Orthogonal, Distribution::Orthogonal, one},
};

const InitializerRow &rowOf(Initializer initializer) {
  return *llvm::find_if(rows, [&](const auto &row) { return row.initializer == initializer; });
}

const InitializerRow *findInitializer(StringRef name) {
  const auto *row = llvm::find_if(rows, [&](const auto &row) { return row.name == name; });
  return row == std::end(rows) ? nullptr : row;
}

std::vector<std::string> initializerNames() {
  std::vector<std::string> names;
  for (const InitializerRow &row : rows)
    names.push_back(row.name.str());
  return names;
}

void setInitializer(Parameter &parameter, Attribute init) {
  if (auto number = dyn_cast<FloatAttr>(init)) {
    parameter.initializer = Initializer::Constant;
    parameter.constant = number.getValueAsDouble();
    return;
  }
  const InitializerRow *row = findInitializer(cast<StringAttr>(init).getValue());
  assert(row && "the frontends let no other name through");
  parameter.initializer = row->initializer;
}

DictionaryAttr initializerAttribute(MLIRContext *context, const Parameter &parameter) {
  Builder builder(context);
  const InitializerRow &row = rowOf(parameter.initializer);
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("kind", builder.getStringAttr(row.name)),
       builder.getNamedAttr("scale", builder.getF64FloatAttr(row.scale(parameter)))});
}

} // namespace cnnc::cnn
