// The same networks from C++, typed.
#include "fixed.h"
#include "toy.h"

#include <cstdio>
#include <vector>

int main() {
  constexpr toy::Sizes sizes{2, 5, 8};
  static_assert(toy::xShape(sizes)[3] == 8 && toy::halfShape(sizes)[1] == 3);
  static_assert(fixed::sumsShape()[1] == 5);
  std::vector<float> x(2 * 5 * 8, 1.0f), sums(2 * 5), half(2 * 3);
  std::vector<char> memory(toy::workspaceBytes(sizes) + 64);
  void *workspace = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64);
  const cnnrt_status status =
      toy::run(x.data(), sums.data(), half.data(), sizes, workspace, toy::workspaceBytes(sizes));
  std::printf("%s: %g\n", cnnrt_status_string(status), static_cast<double>(half[5]));
  return status == CNNRT_OK && half[5] == 8 * 3.5f ? 0 : 1;
}
