// How build systems find a library: CMake's and pkg-config's files.
#pragma once

#include <string>
#include <vector>

namespace cnnc {

/// The text of NAME-config.cmake: the imported target NAME::NAME, with paths relative to the file.
/// `runtimeSources` are the sources of the runtime, relative as well, where its archive is not
/// there and CMake has to make it. With `weightsFile` the target's property CNNC_WEIGHTS_FILE is
/// the path of NAME.weights.
std::string cmakeConfigText(const std::string &name, const std::vector<std::string> &runtimeSources,
                            bool weightsFile);

/// The text of NAME.pc, likewise; the path is its variable weights_file. `targetName` is for the
/// description.
std::string pkgConfigText(const std::string &name, const std::string &targetName,
                          const std::vector<std::string> &runtimeSources, bool weightsFile);

} // namespace cnnc
