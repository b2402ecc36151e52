// What examples do about an error of the runtime.
#pragma once

#include "cnnrt.h"

#include <cstdio>
#include <cstdlib>

/// Prints what a status means and ends the program, unless it is CNNRT_OK.
inline void require(int status) {
  if (status == CNNRT_OK)
    return;
  std::fprintf(stderr, "error: %s\n", cnnrt_status_string(status));
  std::exit(1);
}
