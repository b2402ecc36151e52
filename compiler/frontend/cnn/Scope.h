// What an instance of a block knows: its named values, and the names its layers have taken.
#pragma once

#include "compiler/frontend/CallValue.h"
#include "compiler/frontend/LayerNames.h"
#include "compiler/frontend/cnn/Syntax.h"

#include <map>

namespace cnnc {

/// One call of a block, or the network itself, while its body is evaluated.
class Scope {
public:
  /// `path` goes before the names of its layers: "" or "stage_2.mbconv."; `callSite` is where the
  /// block was called, null for the network.
  Scope(std::string path, mlir::LocationAttr callSite, int depth)
      : depth(depth), path(std::move(path)), callSite(callSite) {}

  /// The value called `name`, or null.
  const CallValue *find(const std::string &name) const;
  void set(const std::string &name, CallValue value) { values[name] = std::move(value); }
  std::vector<std::string> valueNames() const;

  /// The full name of the layer or block that `call` makes (LayerNames.h), or a diagnostic.
  mlir::FailureOr<std::string> claimPath(const syntax::Call &call);

  /// A place in this block's text, with the calls that led here.
  mlir::Location locate(mlir::Location place) const {
    return callSite ? mlir::CallSiteLoc::get(place, mlir::Location(callSite)) : place;
  }

  const int depth; ///< How many calls of blocks led here.

private:
  std::string path;
  mlir::LocationAttr callSite;
  std::map<std::string, CallValue> values;
  LayerNames layers;
};

} // namespace cnnc
