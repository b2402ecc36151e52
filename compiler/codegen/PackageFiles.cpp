#include "compiler/codegen/PackageFiles.h"

#include "cnnrt.h"

namespace cnnc {

static std::string replaceAll(std::string text, const std::string &what, const std::string &by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// Defines cnnrt::cnnrt, from the archive beside the file.
static const char *const importedRuntime = R"(  add_library(cnnrt::cnnrt STATIC IMPORTED)
  set_target_properties(cnnrt::cnnrt PROPERTIES
    IMPORTED_LOCATION "${CMAKE_CURRENT_LIST_DIR}/libcnnrt.a"
    INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
)";

/// The same from sources.
static const char *const compiledRuntime = R"(  enable_language(C)
  add_library(cnnrt STATIC@SOURCES@)
  add_library(cnnrt::cnnrt ALIAS cnnrt)
  target_compile_features(cnnrt PRIVATE c_std_11)
  target_include_directories(cnnrt PUBLIC "${CMAKE_CURRENT_LIST_DIR}")
  target_link_libraries(cnnrt PUBLIC Threads::Threads)
)";

static const char *const config =
    R"(# The network @NAME@, compiled by cnnc, as the target @NAME@::@NAME@.
#
#     find_package(@NAME@ REQUIRED PATHS <this folder>)
#     target_link_libraries(app PRIVATE @NAME@::@NAME@)
#
# Paths are relative to this file, so the folder can be moved.
if(TARGET @NAME@::@NAME@)
  return()
endif()
include(CMakeFindDependencyMacro)
find_dependency(Threads)
if(NOT TARGET cnnrt::cnnrt)
@RUNTIME@endif()
add_library(@NAME@::@NAME@ STATIC IMPORTED)
set_target_properties(@NAME@::@NAME@ PROPERTIES
  IMPORTED_LOCATION "${CMAKE_CURRENT_LIST_DIR}/lib@NAME@.a"
  INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}"
  INTERFACE_LINK_LIBRARIES cnnrt::cnnrt)
)";

/// For weights that are in a file of their own.
static const char *const weightsProperty =
    R"(# The file that the program maps at run time.
set_property(TARGET @NAME@::@NAME@ PROPERTY
  CNNC_WEIGHTS_FILE "${CMAKE_CURRENT_LIST_DIR}/@NAME@.weights")
)";

std::string cmakeConfigText(const std::string &name, const std::vector<std::string> &runtimeSources,
                            bool weightsFile) {
  std::string sources;
  for (const std::string &source : runtimeSources)
    sources += "\n    \"${CMAKE_CURRENT_LIST_DIR}/" + source + "\"";
  std::string runtime =
      runtimeSources.empty() ? importedRuntime : replaceAll(compiledRuntime, "@SOURCES@", sources);
  const std::string text = std::string(config) + (weightsFile ? weightsProperty : "");
  return replaceAll(replaceAll(text, "@RUNTIME@", runtime), "@NAME@", name);
}

std::string pkgConfigText(const std::string &name, const std::string &targetName,
                          const std::vector<std::string> &runtimeSources, bool weightsFile) {
  std::string runtime;
  for (const std::string &source : runtimeSources)
    runtime += " ${pcfiledir}/" + source;
  if (runtimeSources.empty())
    runtime = " -lcnnrt";
  const std::string weights =
      weightsFile ? "weights_file=${pcfiledir}/" + name + ".weights\n\n" : "";
  return weights + "Name: " + name + "\nDescription: The network " + name +
         ", compiled by cnnc for " + targetName +
         "\nVersion: " + std::to_string(CNNRT_ABI_VERSION) +
         "\nCflags: -I${pcfiledir}\nLibs: -L${pcfiledir} -l" + name + runtime + "\n";
}

} // namespace cnnc
