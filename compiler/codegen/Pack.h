// pack: the folder that a program is built with.
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

#include <string>

namespace cnnc {

struct PackOptions {
  /// Write the runtime as sources also where its archive would fit.
  bool runtimeAsSources = false;
  /// Write libNAME.so, the runtime inside, in place of the archives; only for this architecture.
  bool shared = false;
};

/// Writes the library of `plan` to `folder`, which is made if it is not there:
///
///     libNAME.a  NAME.h  NAME-config.cmake  NAME.pc  cnnrt.h  cnnrt_io.h  libcnnrt.a
///
/// and NAME.weights, where the plan has a header of weights.
/// cnnc carries the runtime's archive for the architecture that it was built for. For others it
/// writes the sources, to `folder`/cnnrt, to be compiled with the program, as the files for CMake
/// do. With `shared` libNAME.so takes the place of all but the headers and NAME.weights. All is
/// written beside first: on an error the folder is as it was.
Status pack(const NetworkPlan &plan, const std::string &folder, const PackOptions &options = {});

} // namespace cnnc
