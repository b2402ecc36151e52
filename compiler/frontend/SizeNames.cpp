#include "compiler/frontend/SizeNames.h"

#include <regex>

using namespace mlir;

namespace cnnc {

SizeNamesInMessages::SizeNamesInMessages(MLIRContext *context, std::vector<std::string> names)
    : ScopedDiagnosticHandler(context), names(std::move(names)) {
  setHandler([this](Diagnostic &diagnostic) {
    rewrite(diagnostic);
    return failure(); // not handled here: whoever prints is next
  });
}

/// "1x3xs0", "(s0 floordiv 2)x4": nothing else in a message has this form.
static bool isShape(const std::string &text) {
  static const std::regex shape("(?=.*s[0-9])(?=.*[x(])([0-9xs()+* -]|floordiv|ceildiv|mod)+");
  return text.size() < 200 && std::regex_match(text, shape);
}

static std::string spell(const std::string &shape, const std::vector<std::string> &names) {
  static const std::regex symbol("s([0-9]{1,6})|floordiv|mod");
  std::string result;
  auto rest = shape.cbegin();
  for (std::sregex_iterator it(shape.begin(), shape.end(), symbol), end; it != end; ++it) {
    result.append(rest, (*it)[0].first);
    rest = (*it)[0].second;
    size_t index = (*it)[1].matched ? std::stoul((*it)[1]) : 0;
    if ((*it)[1].matched)
      result += index < names.size() ? names[index] : it->str();
    else
      result += it->str() == "mod" ? "%" : "//";
  }
  return result.append(rest, shape.cend());
}

void SizeNamesInMessages::rewrite(Diagnostic &diagnostic) {
  for (DiagnosticArgument &argument : diagnostic.getArguments()) {
    if (argument.getKind() != DiagnosticArgument::DiagnosticArgumentKind::String)
      continue;
    std::string text = argument.getAsString().str();
    if (!isShape(text))
      continue;
    texts.push_back(spell(text, names));
    argument = DiagnosticArgument(StringRef(texts.back()));
  }
  for (Diagnostic &note : diagnostic.getNotes())
    rewrite(note);
}

} // namespace cnnc
