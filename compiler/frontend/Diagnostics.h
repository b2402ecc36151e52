// How cnnc's messages look, whatever stage they come from:
//
//     lines.cnn:3:17: error: conv has no argument 'strde'; did you mean 'stride'?
//       return x -> conv(2, 9x9, strde: 2)
//                                ^~~~~~~~
//     lines.cnn:9:8: note: called from here
#pragma once

#include "mlir/IR/Diagnostics.h"

#include <map>
#include <string>
#include <vector>

namespace cnnc {

/// While one of these lives, the diagnostics of the context are written to `stream` as a compiler
/// writes them: place, kind, sentence; the line of the source with its extent marked; for what is
/// inside a block, from where it was called.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  DiagnosticPrinter(mlir::MLIRContext *context, llvm::raw_ostream &stream);

  /// Errors printed so far.
  int numErrors() const { return errors; }

private:
  void print(mlir::Diagnostic &diagnostic);
  void printSource(mlir::FileLineColRange range);
  const std::vector<std::string> &linesOf(llvm::StringRef file);

  llvm::raw_ostream &stream;
  std::map<std::string, std::vector<std::string>> files;
  int errors = 0;
};

} // namespace cnnc
