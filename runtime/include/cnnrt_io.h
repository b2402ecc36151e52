/* Files, for programs that have a file system: the weights of a network that was compiled with
 * --embed-weights=no, and checkpoints of one that was compiled with --train.
 *
 *     const void *weights;
 *     size_t bytes;
 *     int status = cnnrt_weights_map("lines.weights", &weights, &bytes);
 *     if (status == CNNRT_OK)
 *       status = lines_run(weights, image, probabilities, ...);
 *     cnnrt_weights_unmap(weights, bytes);
 *
 *     status = cnnrt_checkpoint_save("lines.safetensors", lines_network(), parameters, state,
 * step);
 *
 * This part of the runtime lies in objects of its own and is linked only where it is used. It needs
 * POSIX, takes no memory of the heap, prints nothing and leaves errno as it was.
 */
#ifndef CNNRT_IO_H
#define CNNRT_IO_H

#include "cnnrt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Maps the file of weights `path` into memory, read-only: *weights is what NAME_run takes, *bytes
 * is the length of the file. The system reads pages when a kernel first needs them and shares them
 * between processes. The file must not be cut or written to while it is mapped; replacing it by
 * renaming, as cnnc does, is fine.
 *
 * Returns CNNRT_OK; CNNRT_NULL_POINTER; CNNRT_UNREADABLE_FILE; or CNNRT_BAD_WEIGHTS_FILE, if it
 * does not begin with a cnnrt_weights_header of this version or has not as many bytes as that says.
 * Whether they are the weights of a certain network is for its run to check. On an error *weights
 * is null and *bytes is 0. */
int cnnrt_weights_map(const char *path, const void **weights, size_t *bytes);

/* Gives back what cnnrt_weights_map gave, which no call may be using. Null is allowed. */
void cnnrt_weights_unmap(const void *weights, size_t bytes);

/* Writes a checkpoint, in the safetensors format: each parameter under its name, each tensor of the
 * optimizer's state under "optimizer." and its name, the step in the metadata. `state` may be null:
 * the file then holds the parameters alone. Either can be compiled into a library for inference
 * (cnnc compile --weights).
 *
 * The file is written beside, as PATH.tmp-PID, brought to the disk, and renamed to `path`: a file
 * that was there is whole until the new one is, whatever happens. Calls for one path must not run
 * at the same time.
 *
 * Returns CNNRT_OK, CNNRT_NULL_POINTER, CNNRT_ABI_MISMATCH, CNNRT_UNSUPPORTED_CPU or
 * CNNRT_WRITE_FAILED. */
int cnnrt_checkpoint_save(const char *path, const cnnrt_network *network, const float *parameters,
                          const float *state, uint64_t step);

/* Reads a checkpoint, or another safetensors file with the network's parameters: training goes on
 * from it with the very bits that were saved. All parameters must be there, as F32 and in their
 * dims, and with a `state` that is not null all its tensors. Other tensors are ignored. What the
 * blocks have between their tensors becomes 0. *step is what the metadata say, 0 if they do not;
 * `step` may be null.
 *
 * Returns CNNRT_OK, CNNRT_NULL_POINTER, CNNRT_ABI_MISMATCH, CNNRT_UNSUPPORTED_CPU,
 * CNNRT_UNREADABLE_FILE, CNNRT_BAD_CHECKPOINT or CNNRT_OTHER_NETWORK; nothing is written to
 * parameters, state and *step unless it is CNNRT_OK. */
int cnnrt_checkpoint_load(const char *path, const cnnrt_network *network, float *parameters,
                          float *state, uint64_t *step);

#ifdef __cplusplus
}
#endif

#endif
