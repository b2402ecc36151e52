#include "compiler/codegen/LowerCalls.h"

#include "compiler/codegen/KernelBuffer.h"
#include "compiler/codegen/Symbols.h"

#include <algorithm>

namespace cnnc {

namespace LLVM = mlir::LLVM;

// Fields of KernelBuffer and KernelDim, by number.
static constexpr int hostField = 2, typeField = 4, dimensionsField = 5, dimsField = 6;
static constexpr int extentField = 1, strideField = 2;

CallEmitter::CallEmitter(ModuleBuilder &module, const NetworkPlan &plan,
                         const FunctionPlan &function, const CallMemory &memory)
    : module(module), plan(plan), function(function), memory(memory) {
  // As structs and not as bytes, so that a pointer may have any size.
  mlir::Type i64 = module.i64, i32 = module.i32, pointer = module.pointer;
  auto *context = module.builder.getContext();
  bufferType = LLVM::LLVMStructType::getLiteral(
      context, {i64, pointer, pointer, i64, i32, i32, pointer, pointer});
  dimType = LLVM::LLVMStructType::getLiteral(context, {i32, i32, i32, i32});
  for (const KernelCall &call : function.calls) {
    slots = std::max(slots, static_cast<int>(call.arguments.size()));
    for (const BufferArgument &argument : call.arguments)
      dimsPerSlot = std::max(dimsPerSlot, static_cast<int>(argument.extents.size()));
  }
  reserveBuffers();
}

/// The bytes of `count` elements of `type`.
static mlir::Value bytesOf(ModuleBuilder &m, mlir::Type type, int count) {
  mlir::Value end = LLVM::GEPOp::create(m.builder, m.pointer, type, m.null(),
                                        mlir::ArrayRef<LLVM::GEPArg>{count});
  return LLVM::PtrToIntOp::create(m.builder, m.i64, end);
}

/// `count` elements of `type` on the stack, all 0.
static mlir::Value zeroedStack(ModuleBuilder &m, mlir::Type type, int count) {
  mlir::Value memory =
      LLVM::AllocaOp::create(m.builder, m.pointer, type, m.constant(m.i32, count), 16);
  LLVM::MemsetOp::create(m.builder, memory, m.constant(m.i8, 0), bytesOf(m, type, count),
                         /*isVolatile=*/false);
  return memory;
}

void CallEmitter::reserveBuffers() {
  buffers = zeroedStack(module, bufferType, slots);
  dims = zeroedStack(module, dimType, slots * dimsPerSlot);
  for (int slot = 0; slot < slots; ++slot)
    module.store(dimAddress(slot, 0, 0), fieldAddress(slot, dimsField));
}

mlir::Value CallEmitter::bufferAddress(int slot) {
  return LLVM::GEPOp::create(module.builder, module.pointer, bufferType, buffers,
                             mlir::ArrayRef<LLVM::GEPArg>{slot});
}

mlir::Value CallEmitter::fieldAddress(int slot, int field) {
  return LLVM::GEPOp::create(module.builder, module.pointer, bufferType, buffers,
                             mlir::ArrayRef<LLVM::GEPArg>{slot, field});
}

mlir::Value CallEmitter::dimAddress(int slot, int dim, int field) {
  return LLVM::GEPOp::create(module.builder, module.pointer, dimType, dims,
                             mlir::ArrayRef<LLVM::GEPArg>{slot * dimsPerSlot + dim, field});
}

bool CallEmitter::changes(int slot, const std::string &key, const std::string &content) {
  std::string &held = contents[{slot, key}];
  if (held == content)
    return false;
  held = content;
  return true;
}

mlir::Value CallEmitter::placeAddress(const BufferPlace &place, SizeEmitter &sizes) {
  mlir::Value base = memory.places.at(place.kind);
  auto element = [&](mlir::Type type) -> mlir::Value {
    return LLVM::GEPOp::create(module.builder, module.pointer, type, base,
                               mlir::ArrayRef<LLVM::GEPArg>{place.index});
  };
  switch (place.kind) {
  case BufferPlace::Input:
  case BufferPlace::Output:
  case BufferPlace::Target:
  case BufferPlace::InputGradient:
    return module.load(module.pointer, element(module.pointer));
  case BufferPlace::Scalar:
    return element(module.i32); // Of floats, which are as large.
  default:
    return module.advance(base, sizes.emit(place.offset));
  }
}

/// Where the first element of the argument is.
mlir::Value CallEmitter::dataAddress(const BufferArgument &argument, SizeEmitter &sizes) {
  mlir::Value begin = placeAddress(argument.place, sizes);
  return argument.channel == 0 ? begin : module.advance(begin, sizes.emit(argument.firstByte()));
}

void CallEmitter::fillDims(int slot, const BufferArgument &argument, SizeEmitter &sizes) {
  const std::vector<SizeExpr> strides = stridesOf(argument);
  for (int dim = 0; dim < static_cast<int>(strides.size()); ++dim) {
    const SizeExpr &extent = argument.extents[static_cast<size_t>(dim)],
                   &stride = strides[static_cast<size_t>(dim)];
    if (changes(slot, "extent" + std::to_string(dim), extent.toString()))
      module.store(sizes.emit32(extent), dimAddress(slot, dim, extentField));
    if (changes(slot, "stride" + std::to_string(dim), stride.toString()))
      module.store(sizes.emit32(stride), dimAddress(slot, dim, strideField));
  }
}

void CallEmitter::fillBuffer(int slot, const BufferArgument &argument, SizeEmitter &sizes) {
  const BufferPlace &place = argument.place;
  std::string placeText = std::to_string(place.kind) + " " + std::to_string(place.index) + " " +
                          place.offset.toString() + " " + std::to_string(argument.firstByte());
  if (changes(slot, "host", placeText))
    module.store(dataAddress(argument, sizes), fieldAddress(slot, hostField));
  int64_t type = kernelBufferType(argument.elementType);
  if (changes(slot, "type", std::to_string(type)))
    module.store(module.constant(module.i32, type), fieldAddress(slot, typeField));
  int64_t rank = static_cast<int64_t>(argument.extents.size());
  if (changes(slot, "dimensions", std::to_string(rank)))
    module.store(module.constant(module.i32, rank), fieldAddress(slot, dimensionsField));
  fillDims(slot, argument, sizes);
}

void CallEmitter::beginKernel(const KernelCall &call, SizeEmitter &sizes) {
  mlir::Type i64 = module.i64, pointer = module.pointer;
  auto begin = module.declare("cnnrt_begin_kernel", module.voidType(),
                              {pointer, pointer, pointer, i64, i64});
  mlir::Value name = module.addressOf(module.text(call.name));
  mlir::Value scratch = module.advance(memory.places.at(BufferPlace::Arena),
                                       sizes.emit(roundUp(function.arenaBytes, 64)));
  module.callVoid(begin,
                  {memory.context, name, scratch, sizes.emit(roundUp(function.sharedScratch, 64)),
                   sizes.emit(roundUp(function.workerScratch, 64))});
}

mlir::Value CallEmitter::emit(const KernelCall &call, SizeEmitter &sizes) {
  mlir::Type pointer = module.pointer;
  std::vector<mlir::Value> arguments = {memory.context};
  for (int slot = 0; slot < static_cast<int>(call.arguments.size()); ++slot) {
    fillBuffer(slot, call.arguments[static_cast<size_t>(slot)], sizes);
    arguments.push_back(bufferAddress(slot));
  }
  beginKernel(call, sizes);
  const PlannedKernel &kernel = plan.kernels[static_cast<size_t>(call.kernel)];
  auto function = module.declare(Symbols(plan).kernel(kernel), module.i32,
                                 std::vector<mlir::Type>(arguments.size(), pointer),
                                 /*isHidden=*/true);
  mlir::Value result = module.call(function, arguments);
  auto end = module.declare("cnnrt_end_kernel", module.i32, {pointer, module.i32});
  return module.call(end, {memory.context, result});
}

} // namespace cnnc
