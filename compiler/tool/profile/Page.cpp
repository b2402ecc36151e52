#include "compiler/tool/profile/Page.h"

#include "compiler/tool/profile/Profile.h"

#include <cassert>

namespace cnnc {

static void replaceOnce(std::string &text, const std::string &what, std::string_view by) {
  size_t at = text.find(what);
  assert(at != std::string::npos && "the page has a place for each of its files");
  text.replace(at, what.size(), by);
}

/// JSON that may stand inside of a script element: only its strings have a '<', and none of them
/// can end the element.
static std::string forScript(const std::string &json) {
  std::string result;
  for (char c : json)
    if (c == '<')
      result += "\\u003c";
    else
      result += c;
  return result;
}

std::string toPage(const Profile &profile) {
  std::string page;
  for (const EmbeddedFile &file : embeddedPageFiles())
    if (file.name == "page.html")
      page = file.content;
  for (const EmbeddedFile &file : embeddedPageFiles())
    if (file.name != "page.html")
      replaceOnce(page, "{{" + file.name + "}}", file.content);
  replaceOnce(page, "{{profile.json}}", forScript(toJson(profile)));
  return page;
}

} // namespace cnnc
