/* A network as cnnc would generate it, written by hand: the runtime's tests, and an example of what
 * cnnrt_generated.h asks of generated code.
 *
 *     x: f32[H, W] -> doubled = 2 * x -> y: f32[H, W/4], sums of four neighbours in a row
 *
 * W must be a multiple of 4 and at least 8.
 */
#ifndef HAND_WRITTEN_NETWORK_H
#define HAND_WRITTEN_NETWORK_H

#include "cnnrt.h"

#ifdef __cplusplus
extern "C" {
#endif

size_t shrink_workspace_bytes(int64_t h, int64_t w, int threads);
int shrink_run(const float *x, float *y, int64_t h, int64_t w, void *workspace,
               size_t workspace_bytes, const cnnrt_exec *exec);
const cnnrt_network *shrink_network(void);

#ifdef __cplusplus
}
#endif

#endif
