// The same from C++, typed: the network outside, its weights in the file that the build names.
#include "cnnrt_io.h"
#include "outside.h"

#include <cstdio>
#include <vector>

int main() {
  constexpr outside::Sizes sizes{2, 5, 8};
  const void *weights = nullptr;
  std::size_t bytes = 0;
  int status = cnnrt_weights_map(WEIGHTS_FILE, &weights, &bytes);
  std::vector<float> x(2 * 5 * 8, 1.0f), sums(2 * 5), half(2 * 3);
  std::vector<char> memory(outside::workspaceBytes(sizes) + 64);
  void *workspace = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64);
  if (status == CNNRT_OK)
    status = outside::run(weights, x.data(), sums.data(), half.data(), sizes, workspace,
                          outside::workspaceBytes(sizes));
  cnnrt_weights_unmap(weights, bytes);
  std::printf("%s: %g\n", cnnrt_status_string(status), static_cast<double>(half[5]));
  return status == CNNRT_OK && half[5] == 8 * 3.5f ? 0 : 1;
}
