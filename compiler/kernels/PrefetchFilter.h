// Fetching a filter ahead of its use. Private to compiler/kernels.
#pragma once

#include <Halide.h>

#include <string>

namespace cnnc {

/// A lowering pass for sums of products whose packed filter does not stay in the cache. Register
/// tiles that share a slice of the filter (a tile of channels, or of one number of a transform)
/// follow one another; only the first of them waits for memory, at a few bytes a cycle, and the
/// others leave memory idle. The pass lets each of them fetch its part of the next slice, a line at
/// a time between the products, so that reading and computing take turns no longer. A single
/// register tile that reads the filter as a stream fetches what it reads a little later.
///
/// `filter` is the parameter's name. Loops whose loads of it are not a slice after another are left
/// alone.
Halide::Internal::IRMutator *createPrefetchFilterPass(const std::string &filter);

} // namespace cnnc
