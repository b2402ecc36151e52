#include "dialects/cnn/ExpandComposites.h"

using namespace mlir;

namespace cnnc::cnn {

void expandComposites(Operation *network, function_ref<bool(Composite)> wanted) {
  SmallVector<Composite> composites;
  do {
    composites.clear();
    network->walk([&](Composite op) {
      if (wanted(op))
        composites.push_back(op);
    });
    for (Composite op : composites) {
      OpBuilder builder(op);
      op->getResult(0).replaceAllUsesWith(op.expand(builder));
      op->erase();
    }
  } while (!composites.empty());
}

} // namespace cnnc::cnn
