// Writing a file so that nobody ever sees half of it: beside its place first, then renamed.
#pragma once

#include "compiler/support/Result.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cnnc {

/// Writes `pieces` one after the other as the file `path`, which is replaced if it exists.
/// On an error nothing of it is left behind, and an older file is as it was.
Status writeFile(const std::string &path, const std::vector<std::string_view> &pieces);

/// The same for those who write the file themselves: `write` gets the name of a file to write in
/// the same folder; it is renamed to `path` if that succeeds, else removed.
Status writeBesideThenRename(const std::string &path,
                             const std::function<Status(const std::string &)> &write);

} // namespace cnnc
