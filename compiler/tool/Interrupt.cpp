#include "compiler/tool/Interrupt.h"

#include <csignal>

namespace cnnc {

static volatile std::sig_atomic_t interrupted = 0;

void catchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  action.sa_flags = 0;
  sigaction(SIGTERM, &action, nullptr);
}

bool isInterrupted() { return interrupted != 0; }

} // namespace cnnc
