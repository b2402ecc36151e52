// LeNet while it is trained: the whole use of its training library.
#pragma once

#include "examples/common/Trainer.h"
#include "examples/digits/Digits.h"

/// LeNet with random parameters. `exec` may have the gradients averaged over several processes;
/// null for one.
Trainer makeLenet(uint64_t seed, const cnnrt_exec *exec = nullptr);

/// One step of the optimizer on `batch`; the loss before it.
float trainStep(Trainer &lenet, const Digits &batch, float learningRate);

/// The share of `digits` that the network names rightly, in percent.
double measureAccuracy(Trainer &lenet, const Digits &digits);
