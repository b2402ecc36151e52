#include "compiler/codegen/WeightsFile.h"

#include "compiler/codegen/WeightPieces.h"
#include "compiler/support/WriteFile.h"

#include <llvm/ADT/StringRef.h>
#include <llvm/ADT/bit.h>
#include <llvm/Support/BLAKE3.h>

#include <cassert>
#include <cstring>

namespace cnnc {

static_assert(llvm::endianness::native == llvm::endianness::little,
              "weights and their header are written as they lie in memory");

cnnrt_weights_header makeWeightsHeader(const NetworkPlan &plan) {
  cnnrt_weights_header header = {};
  std::memcpy(header.magic, CNNRT_WEIGHTS_MAGIC, sizeof header.magic);
  header.version = CNNRT_WEIGHTS_VERSION;
  header.file_bytes = sizeof header + static_cast<uint64_t>(plan.weightBytes);
  llvm::BLAKE3 hash; // Ten times as fast as SHA-256: VGG-16 has half a gigabyte of weights.
  for (std::string_view piece : weightPieces(plan))
    hash.update(llvm::StringRef(piece));
  const auto result = hash.final();
  static_assert(sizeof result == sizeof header.fingerprint);
  std::memcpy(header.fingerprint, result.data(), sizeof header.fingerprint);
  return header;
}

Status writeWeightsFile(const NetworkPlan &plan, const std::string &path) {
  assert(plan.weightsHeader && "the weights of the plan are in the library");
  std::vector<std::string_view> pieces = weightPieces(plan);
  pieces.insert(pieces.begin(), {reinterpret_cast<const char *>(&*plan.weightsHeader),
                                 sizeof(cnnrt_weights_header)});
  return writeFile(path, pieces);
}

} // namespace cnnc
