/* The sentences for the status codes, and the other small tables of the runtime. */
#include "cnnrt.h"

const char *cnnrt_status_string(int status) {
  switch (status) {
  case CNNRT_OK:
    return "no error";
  case CNNRT_NULL_POINTER:
    return "the weights, an input, an output, the sizes or the workspace is a null pointer";
  case CNNRT_BAD_SIZE:
    return "a size is not between 1 and 2147483647";
  case CNNRT_UNSUPPORTED_SIZE:
    return "the network cannot take these sizes; check_sizes of its descriptor says why";
  case CNNRT_TOO_LARGE:
    return "a tensor would have 2147483648 elements or more; use smaller sizes or batches";
  case CNNRT_WORKSPACE_TOO_SMALL:
    return "the workspace has fewer bytes than workspace_bytes asks for with these sizes and "
           "threads";
  case CNNRT_WORKSPACE_MISALIGNED:
    return "the workspace does not begin at a multiple of 64 bytes";
  case CNNRT_BAD_THREADS:
    return "the number of threads is not between 1 and 1024";
  case CNNRT_BAD_EXEC:
    return "cnnrt_exec lacks its struct_size, or a parallel_for for its several threads";
  case CNNRT_UNSUPPORTED_CPU:
    return "this cpu lacks instructions that the network was compiled for; compile it with another "
           "--target";
  case CNNRT_ABI_MISMATCH:
    return "the network and the runtime come from different versions of cnnc; compile the network "
           "again";
  case CNNRT_PARALLEL_FAILED:
    return "the parallel_for hook failed or named a worker beyond its threads";
  case CNNRT_KERNEL_FAILED:
    return "a kernel failed; please report this error of cnnc";
  case CNNRT_SCRATCH_EXHAUSTED:
    return "a kernel took more scratch than planned; please report this error of cnnc";
  case CNNRT_BAD_WEIGHTS:
    return "the weights are not those that the network was compiled with; take the file that was "
           "written beside the library";
  case CNNRT_WEIGHTS_MISALIGNED:
    return "the weights do not begin at a multiple of 64 bytes";
  case CNNRT_UNREADABLE_FILE:
    return "the file cannot be opened, is none, or cannot be mapped into memory";
  case CNNRT_BAD_WEIGHTS_FILE:
    return "the file does not hold the weights of a network, has another version, or is not as "
           "long as its header says";
  case CNNRT_BAD_TARGET:
    return "a label is not in [0, classes)";
  case CNNRT_NOT_FINITE:
    return "the loss is not a finite number; train with a smaller learning rate";
  case CNNRT_ALL_REDUCE_FAILED:
    return "the all_reduce hook failed";
  case CNNRT_BAD_CHECKPOINT:
    return "the file is not in the safetensors format, is damaged, or is cut short";
  case CNNRT_OTHER_NETWORK:
    return "the checkpoint lacks a tensor of the network, or has it with other dims or another "
           "type";
  case CNNRT_WRITE_FAILED:
    return "the file cannot be written; a file of this name from before is as it was";
  default:
    return "not a status of cnnrt";
  }
}

size_t cnnrt_type_bytes(int type) {
  switch (type) {
  case CNNRT_U8:
  case CNNRT_I8:
  case CNNRT_BOOL:
    return 1;
  case CNNRT_F32:
  case CNNRT_I32:
    return 4;
  case CNNRT_F64:
  case CNNRT_I64:
    return 8;
  default:
    return 0;
  }
}
