// Ctrl-C as a request to end well.
#pragma once

namespace cnnc {

/// From here on Ctrl-C is remembered, and a second one ends the program.
void catchInterrupts();
/// Whether it came.
bool isInterrupted();

} // namespace cnnc
