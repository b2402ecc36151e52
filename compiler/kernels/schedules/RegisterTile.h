// Register tiles of sums of products, placed in Halide.
#pragma once

#include "compiler/kernels/schedules/DirectTile.h"
#include "compiler/kernels/schedules/Schedules.h"

namespace cnnc {

/// The tile that a contraction is computed in. The loops that it makes are called lane, vector and
/// channel_tile, column and column_tile.
class RegisterTile {
public:
  /// `channels` are those of the contraction's result: -1 where they are not known, 0 where tiles
  /// have none.
  RegisterTile(const DirectTile &tile, int64_t channels)
      : tile(tile), channelTail(channels < 0 || channels % tile.channels() != 0) {}

  /// Makes unrolled vectors of a channel loop.
  void splitVectors(Halide::Stage stage, const Halide::Var &channel) const;
  /// Makes tiles of the channel loop, and vectors of these.
  void splitChannels(Halide::Stage stage, const Loops &loops) const;
  /// Splits a stage into tiles; returns its loops from the innermost to the tiles of a row.
  std::vector<Halide::VarOrRVar> split(Halide::Stage stage, const Loops &loops, int columns) const;
  /// Computes the accumulators of a tile at `consumer`'s loop `at`, for the target: the tile's
  /// loops innermost and unrolled, then the taps.
  void placeSums(const AnchorParts &parts, const Target &target, Halide::Func consumer,
                 const Loops &loops, const Halide::Var &at) const;

private:
  DirectTile tile;
  bool channelTail;
};

} // namespace cnnc
