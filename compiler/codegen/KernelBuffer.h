// The buffer that a kernel takes: halide_buffer_t, laid out as Halide does, without Halide.
//
// Two writers of it agree here: the generated network function, which knows it as an LLVM type
// (LowerCalls), and the loader, which calls single kernels from C++ (Load).
#pragma once

#include "compiler/support/OpDescription.h"

#include <cstdint>

namespace cnnc {

/// halide_dimension_t. Kernels of cnnc take min = 0 and flags = 0.
struct KernelDim {
  int32_t min = 0;
  int32_t extent = 0;
  int32_t stride = 0; ///< In elements.
  uint32_t flags = 0;
};

/// halide_buffer_t. What is about other devices than the CPU is 0.
struct KernelBuffer {
  uint64_t device = 0;
  const void *deviceInterface = nullptr;
  void *host = nullptr; ///< The data.
  uint64_t flags = 0;
  uint32_t type = 0; ///< See kernelBufferType.
  int32_t dimensions = 0;
  KernelDim *dims = nullptr; ///< Fastest first.
  void *padding = nullptr;
};

static_assert(sizeof(KernelDim) == 16 && (sizeof(void *) != 8 || sizeof(KernelBuffer) == 56),
              "halide_buffer_t has another layout");

/// halide_type_t as the integer that lies in memory: code, bits and one lane, little-endian.
inline uint32_t kernelBufferType(ElementType type) {
  const uint32_t signedInteger = 0, unsignedInteger = 1, floatingPoint = 2;
  uint32_t code = unsignedInteger; // Of U8 and of Bool, which is a byte.
  if (type == ElementType::F32 || type == ElementType::F64)
    code = floatingPoint;
  if (type == ElementType::I8 || type == ElementType::I32 || type == ElementType::I64)
    code = signedInteger;
  return code | static_cast<uint32_t>(sizeInBytes(type)) * 8 << 8 | 1u << 16;
}

} // namespace cnnc
