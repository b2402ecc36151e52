#include "compiler/passes/BorderPlaces.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace cnnc {

static constexpr StringLiteral placeAttr = "kernel.place";

namespace {
struct PlaceName {
  BufferPlace::Kind kind;
  StringLiteral name;
  bool isBlock; ///< The number is an offset.
};
} // namespace

static constexpr PlaceName placeNames[] = {
    {BufferPlace::Input, "input", false},
    {BufferPlace::Output, "output", false},
    {BufferPlace::Target, "target", false},
    {BufferPlace::Loss, "loss", false},
    {BufferPlace::InputGradient, "input_gradient", false},
    {BufferPlace::Parameters, "parameters", true},
    {BufferPlace::Gradients, "gradients", true},
    {BufferPlace::State, "state", true},
    {BufferPlace::Step, "step", false},
    {BufferPlace::Scalar, "scalar", false},
};

static const PlaceName &nameOf(BufferPlace::Kind kind) {
  return *llvm::find_if(placeNames, [&](const PlaceName &name) { return name.kind == kind; });
}

static StringAttr toText(MLIRContext *context, BorderPlace place) {
  return StringAttr::get(context, nameOf(place.kind).name + " " + Twine(place.number));
}

static std::optional<BorderPlace> fromText(StringAttr text) {
  if (!text)
    return std::nullopt;
  auto [name, number] = text.getValue().split(' ');
  for (const PlaceName &known : placeNames)
    if (BorderPlace place{known.kind}; known.name == name && !number.getAsInteger(10, place.number))
      return place;
  llvm_unreachable("a place that add-training does not write");
}

static func::FuncOp functionOf(BlockArgument argument) {
  return cast<func::FuncOp>(argument.getOwner()->getParentOp());
}

void setPlace(BlockArgument argument, BorderPlace place) {
  functionOf(argument).setArgAttr(argument.getArgNumber(), placeAttr,
                                  toText(argument.getContext(), place));
}

void setResultPlace(func::FuncOp function, unsigned result, BorderPlace place) {
  function.setResultAttr(result, placeAttr, toText(function.getContext(), place));
}

std::optional<BorderPlace> getPlace(BlockArgument argument) {
  return fromText(
      functionOf(argument).getArgAttrOfType<StringAttr>(argument.getArgNumber(), placeAttr));
}

std::optional<BorderPlace> getResultPlace(func::FuncOp function, unsigned result) {
  return fromText(function.getResultAttrOfType<StringAttr>(result, placeAttr));
}

BufferPlace toBufferPlace(BorderPlace place) {
  if (nameOf(place.kind).isBlock)
    return {place.kind, 0, place.number * static_cast<int64_t>(sizeof(float))};
  return {place.kind, static_cast<int>(place.number), 0};
}

} // namespace cnnc
