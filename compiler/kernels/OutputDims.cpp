#include "compiler/kernels/OutputDims.h"

namespace cnnc {

using namespace Halide;
using namespace Halide::Internal;

namespace {

/// Extents of inputs as calls that read them, for places where no let has them by name.
class ReadExtents : public IRMutator {
  using IRMutator::visit;

  Expr visit(const Variable *op) override {
    const std::string part = ".extent.";
    size_t at = op->name.rfind(part);
    if (!op->param.defined() || at == std::string::npos)
      return op;
    Expr buffer =
        Variable::make(type_of<halide_buffer_t *>(), op->name.substr(0, at) + ".buffer", op->param);
    return Call::make(Int(32), Call::buffer_get_extent,
                      {buffer, std::stoi(op->name.substr(at + part.size()))}, Call::Extern);
  }
};

class PlaceDims : public IRMutator {
public:
  PlaceDims(const std::string &output, const std::vector<OutputDim> &dims)
      : buffer(output + ".buffer"), dims(dims) {}

private:
  using IRMutator::visit;

  Expr visit(const Call *op) override {
    bool isExtent = op->name == Call::buffer_get_extent;
    bool isStride = op->name == Call::buffer_get_stride;
    const Variable *of = op->args.empty() ? nullptr : op->args[0].as<Variable>();
    if ((!isExtent && !isStride) || !of || of->name != buffer)
      return IRMutator::visit(op);
    const OutputDim &dim = dims.at(static_cast<size_t>(*as_const_int(op->args[1])));
    return ReadExtents().mutate(isExtent ? dim.extent : dim.stride);
  }

  std::string buffer;
  std::vector<OutputDim> dims;
};

} // namespace

IRMutator *createOutputDimsPass(const std::string &output, const std::vector<OutputDim> &dims) {
  return new PlaceDims(output, dims);
}

} // namespace cnnc
