#include "compiler/passes/Rewrite.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace cnnc {

LogicalResult rewrite(Operation *network, RewritePatternSet &&patterns) {
  GreedyRewriteConfig config;
  config.enableFolding(false).enableConstantCSE(false);
  return applyPatternsGreedily(network, std::move(patterns), config);
}

} // namespace cnnc
