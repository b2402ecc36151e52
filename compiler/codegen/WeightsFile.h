// The weights of a network as a file beside the library: --embed-weights=no.
#pragma once

#include "compiler/codegen/NetworkPlan.h"
#include "compiler/support/Result.h"

#include <string>

namespace cnnc {

/// The header for the weights of `plan`. A plan that holds it as its weightsHeader is one whose
/// weights are in a file. The same weights have the same header, whatever the network: its
/// fingerprint is computed from their bytes as the kernels read them.
cnnrt_weights_header makeWeightsHeader(const NetworkPlan &plan);

/// Writes the file: the header of `plan`, which must have one, and the weights behind it. They go
/// from the plan straight into the file.
Status writeWeightsFile(const NetworkPlan &plan, const std::string &path);

} // namespace cnnc
