// Networks packed into a folder, and the programs that use them.
#pragma once

#include "compiler/codegen/Pack.h"
#include "tests/codegen/Shell.h"

#include <gtest/gtest.h>

namespace cnnc {

inline void packInto(const std::string &folder, const NetworkPlan &plan,
                     const PackOptions &options = {}) {
  Status packed = pack(plan, folder, options);
  ASSERT_TRUE(packed) << packed.error();
}

inline void expectRuns(const std::string &command) {
  ShellResult result = shell(command);
  EXPECT_EQ(result.status, 0) << command << "\n" << result.output;
}

} // namespace cnnc
