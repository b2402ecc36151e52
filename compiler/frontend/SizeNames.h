// Messages of the dialect call symbolic sizes s0, s1, ...; the user knows them by name.
#pragma once

#include "mlir/IR/Diagnostics.h"

#include <deque>
#include <string>
#include <vector>

namespace cnnc {

/// While one of these lives, shapes in the diagnostics of the context are spelt with the names of
/// the sizes and the operators of `.cnn`: 1x3x(s0 floordiv 2) becomes 1x3x(H // 2).
class SizeNamesInMessages : public mlir::ScopedDiagnosticHandler {
public:
  SizeNamesInMessages(mlir::MLIRContext *context, std::vector<std::string> names);

private:
  void rewrite(mlir::Diagnostic &diagnostic);

  std::vector<std::string> names;
  std::deque<std::string> texts; ///< Diagnostics point into these.
};

} // namespace cnnc
