#include "dialects/cnn/CNNDialect.h"

using namespace mlir;
using namespace cnnc::cnn;

// The identity: `expand-composites` runs on inference networks.
Value Dropout::expand(OpBuilder &) { return getInput(); }
