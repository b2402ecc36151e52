// The parameters of the direct schedule, and how they are chosen for a kernel.
#pragma once

#include "compiler/kernels/Kernel.h"

namespace cnnc {

/// See Direct.cpp.
struct DirectTile {
  int lanes = 1;        ///< Of a vector.
  int vectors = 1;      ///< Vectors of output channels in a register tile.
  int columns = 1;      ///< Columns of a register tile.
  int rows = 1;         ///< Rows of a block (with one spatial dim: column tiles of a block).
  int channelParts = 1; ///< Tasks that the channel tiles of a block are shared out to.
  bool channelsOuter = false;
  bool acrossGroups = false; ///< Lanes belong to several groups, whose inputs are spread.
  double efficiency = 0;     ///< The share of the FMA peak that is expected of the register tile.

  int channels() const { return lanes * vectors; }
  Schedule toSchedule() const;
};

/// The tiles worth trying, the best guess first; behind them the best ones in other blocks.
std::vector<DirectTile> directTiles(const KernelSpec &spec);
/// Register tiles for products of matrices: sums over `inputs`, for `channels` output channels and
/// `columns` (typically so many, if they vary) that each use the filter, which comes from memory if
/// it is `streamed`. The best guess first; rows and the like are not set.
std::vector<DirectTile> contractionTiles(const Target &target, int64_t inputs, int64_t channels,
                                         int64_t columns, bool columnsVary, bool streamed);
/// The cost of the first of the tiles of directTiles: see Algorithm::cost.
double directCost(const KernelSpec &spec);
/// The same for a conv whose tiles end where its rows do.
double directCostInRows(const KernelSpec &spec);
/// See fusionGain, for a 1x1 conv, the kernel of `spec`, with the depthwise conv before it.
double projectionGain(const KernelSpec &spec);

} // namespace cnnc
