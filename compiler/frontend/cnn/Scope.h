// What an instance of a block knows: its named values, and the names its layers have taken.
#pragma once

#include "compiler/frontend/CallValue.h"
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

  /// The full name of the layer or block that `call` makes: its label, or its word with a number
  /// from the second on. A label that the same call brings again (in a `repeat`) is numbered too;
  /// brought by another call it is an error.
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
  std::map<std::string, int> counts;                 ///< Per label or word.
  std::map<std::string, const syntax::Call *> taken; ///< Names, and who took them.
};

} // namespace cnnc
