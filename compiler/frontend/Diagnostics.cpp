#include "compiler/frontend/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace cnnc {

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context, llvm::raw_ostream &stream)
    : ScopedDiagnosticHandler(context), stream(stream) {
  // An op's own text is for developers: `show` prints it.
  context->printOpOnDiagnostic(false);
  setHandler([this](Diagnostic &diagnostic) { print(diagnostic); });
}

// Of a long chain of calls the innermost and the outermost are shown.
static constexpr size_t mostCalls = 4;

/// The innermost place in a file, and the places it was called from, innermost first.
static std::vector<FileLineColRange> placesOf(Location location) {
  if (auto place = dyn_cast<FileLineColRange>(location))
    return {place};
  if (auto named = dyn_cast<NameLoc>(location))
    return placesOf(named.getChildLoc());
  if (auto call = dyn_cast<CallSiteLoc>(location)) {
    std::vector<FileLineColRange> places = placesOf(call.getCallee());
    for (FileLineColRange caller : placesOf(call.getCaller()))
      places.push_back(caller);
    return places;
  }
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (std::vector<FileLineColRange> places = placesOf(part); !places.empty())
        return places;
  return {};
}

static std::string placeText(FileLineColRange place) {
  std::string text = place.getFilename().str();
  if (place.getStartLine() == 0)
    return text;
  text += ":" + std::to_string(place.getStartLine());
  return place.getStartColumn() == 0 ? text : text + ":" + std::to_string(place.getStartColumn());
}

static StringRef severityText(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return "error: ";
  case DiagnosticSeverity::Warning:
    return "warning: ";
  default:
    return "note: ";
  }
}

const std::vector<std::string> &DiagnosticPrinter::linesOf(StringRef file) {
  auto [it, isNew] = files.try_emplace(file.str());
  if (!isNew)
    return it->second;
  if (auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/true)) {
    SmallVector<StringRef> lines;
    (*buffer)->getBuffer().split(lines, '\n');
    for (StringRef line : lines)
      it->second.push_back(line.rtrim('\r').str());
  }
  return it->second;
}

/// The line, and under it a caret at the first column and tildes up to the last.
void DiagnosticPrinter::printSource(FileLineColRange place) {
  size_t line = place.getStartLine(), column = place.getStartColumn();
  if (line == 0 || line > linesOf(place.getFilename()).size())
    return;
  const std::string &text = linesOf(place.getFilename())[line - 1];
  if (column > text.size() + 1)
    return;
  if (column == 0) {
    stream << "  " << text << "\n";
    return;
  }
  size_t end = place.getEndLine() == line ? place.getEndColumn() : text.size() + 1;
  end = std::min(std::max(end, column + 1), std::max(text.size(), column) + 1);
  std::string mark = text.substr(0, column - 1);
  for (char &letter : mark)
    letter = letter == '\t' ? '\t' : ' ';
  stream << "  " << text << "\n  " << mark << '^' << std::string(end - column - 1, '~') << "\n";
}

void DiagnosticPrinter::print(Diagnostic &diagnostic) {
  errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
  std::vector<FileLineColRange> places = placesOf(diagnostic.getLocation());
  if (!places.empty())
    stream << placeText(places.front()) << ": ";
  stream << severityText(diagnostic.getSeverity()) << diagnostic.str() << "\n";
  if (!places.empty())
    printSource(places.front());
  for (size_t i = 1; i < places.size(); ++i) {
    if (i == mostCalls && places.size() > mostCalls + 2) {
      stream << "  ... " << places.size() - mostCalls - 1 << " more calls ...\n";
      i = places.size() - 1;
    }
    stream << placeText(places[i]) << ": note: called from here\n";
    printSource(places[i]);
  }
  for (Diagnostic &note : diagnostic.getNotes())
    print(note);
}

} // namespace cnnc
