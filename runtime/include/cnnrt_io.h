/* Files, for programs that have a file system: the weights of a network that was compiled with
 * --embed-weights=no.
 *
 *     const void *weights;
 *     size_t bytes;
 *     int status = cnnrt_weights_map("lines.weights", &weights, &bytes);
 *     if (status == CNNRT_OK)
 *       status = lines_run(weights, image, probabilities, ...);
 *     cnnrt_weights_unmap(weights, bytes);
 *
 * This part of the runtime lies in an object of its own and is linked only where it is used. It
 * needs POSIX, takes no memory of the heap, prints nothing and leaves errno as it was.
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

#ifdef __cplusplus
}
#endif

#endif
