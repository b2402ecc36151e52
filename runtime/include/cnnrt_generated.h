/* The runtime of compiled networks, for the code that cnnc generates. Nobody else includes this.
 *
 * The network function is glue: it checks, fills buffers and calls kernels. All that is the same in
 * every network is done here, so that the generated part is straight lines:
 *
 *     int NAME_run_arrays(inputs, outputs, sizes, workspace, workspace_bytes, exec)
 *       cnnrt_context context;                      // CNNRT_CONTEXT_BYTES on the stack
 *    1. s = cnnrt_check_pointers(inputs, number of inputs);     if (s) return s;
 *    2. s = cnnrt_check_pointers(outputs, number of outputs);   if (s) return s;
 *    3. s = cnnrt_begin(&context, &NETWORK, sizes, workspace, workspace_bytes, exec);
 *       if (s) return s;
 *    4. for each kernel, in order:
 *         fill its halide_buffer_t's
 *         cnnrt_begin_kernel(&context, "conv1", workspace + offset, shared bytes, worker bytes);
 *         s = kernel(&context, &buffer...);
 *         s = cnnrt_end_kernel(&context, s);        if (s) return s;
 *    5. return 0;
 *
 *     int NAME_run(const float *x, float *y, int64_t h, int64_t w, workspace, ...)
 *       stores its arguments into three arrays and returns NAME_run_arrays(...)
 *
 * Where the weights are in a file of their own, both take them as their first argument, and the
 * first step of all is
 *
 *    0. s = cnnrt_check_weights(&WEIGHTS_HEADER, weights);      if (s) return s;
 *
 *     size_t NAME_workspace_bytes(int64_t h, int64_t w, int threads)
 *       if (cnnrt_check_arguments(&NETWORK, {h, w}, threads)) return 0;
 *       return max(arena + shared + threads * worker, 64);
 *
 *     int NAME_check_sizes(sizes, message, message_bytes)       // for the descriptor
 *       return cnnrt_check_sizes(&NETWORK, sizes, message, message_bytes);
 *
 *     int64_t NAME_expression(int32_t index, sizes)             // a switch
 *
 * A library compiled for training (--train) has its parameters with the caller; a run takes them as
 * its first argument. Its three functions more are, with the pointers checked and the context begun
 * as in steps 1 to 3,
 *
 *     int NAME_init(float *parameters, float *state, uint64_t seed)
 *    1. cnnrt_initialize(parameters, PARAMETER_FLOATS, ROWS, number of rows, seed);
 *    2. memset(state, 0, 4 * STATE_FLOATS);
 *
 *     int NAME_gradients(parameters, inputs, targets, sizes, loss, parameter_gradients, ...)
 *    0. cnnrt_any_pointer(input_gradients, ...) decides between two functions
 *    1. cnnrt_begin_training(...) in place of cnnrt_begin
 *    2. for each target of labels: s = cnnrt_check_labels(...);              if (s) return s;
 *    3. the kernels, forward and backward, as in step 4 of a run
 *    4. return cnnrt_check_finite(loss, 1);
 *
 *     int NAME_train_step(parameters, state, inputs, targets, sizes, learning_rate, step, ...)
 *    1. as NAME_gradients, 1 to 3; the gradients lie in the workspace, the loss behind them
 *    2. s = cnnrt_all_reduce(&context, gradients, PARAMETER_FLOATS + 1);     if (s) return s;
 *    3. s = cnnrt_check_finite(loss, 1);                                     if (s) return s;
 *    4. c = cnnrt_bias_correction(beta, step), for optimizers that have one
 *    5. the optimizer's kernels, which write parameters and state
 *
 * The loss is checked after it has been averaged: where one machine has diverged all of them stop
 * at the same step, and none waits for another. Until step 5 parameters and state are as they were.
 *
 * The first that is wrong decides the status, in this order: null weights (NULL_POINTER),
 * WEIGHTS_MISALIGNED, BAD_WEIGHTS, a null input or output (NULL_POINTER), ABI_MISMATCH,
 * UNSUPPORTED_CPU, BAD_EXEC, BAD_THREADS, null sizes (NULL_POINTER), BAD_SIZE, the size checks in
 * the order of the table (UNSUPPORTED_SIZE, TOO_LARGE), a null workspace (NULL_POINTER),
 * WORKSPACE_MISALIGNED, WORKSPACE_TOO_SMALL, in training BAD_TARGET. Nothing is written before all
 * hold.
 *
 * These rules are the generated code's to keep:
 * - Its own functions are compiled for the baseline of the architecture: they run before the CPU is
 *   known to have what the kernels use.
 * - NAME_expression multiplies by cnnrt_multiply_sizes, for it is asked before anything is checked:
 *   a plain product could overflow and pass. (Elsewhere the sizes have been checked.)
 * - Every buffer that a kernel sees has a size check, expression AT_MOST 2147483647: Halide counts
 *   in 32 bits.
 * - Shared and worker bytes are multiples of 64 and include CNNRT_BLOCK_HEADER for every block.
 *   Kernels do not check for a null from malloc, so less than they take is a crash.
 */
#ifndef CNNRT_GENERATED_H
#define CNNRT_GENERATED_H

#include "cnnrt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether `exec`, which may be of an older program, goes as far as `field`. */
#define CNNRT_HAS(exec, field)                                                                     \
  ((exec)->struct_size >= offsetof(cnnrt_exec, field) + sizeof((exec)->field))

/* The bytes that a block of scratch takes beyond its size, which is rounded up to 64. */
#define CNNRT_BLOCK_HEADER 64

/* What a cnnrt_context takes on the stack of generated code, and its alignment. */
#define CNNRT_CONTEXT_BYTES 128
#define CNNRT_CONTEXT_ALIGNMENT 64

/* A block of scratch begins with this; its bytes follow at CNNRT_BLOCK_HEADER. */
struct cnnrt_block {
  struct cnnrt_block *below; /* The block taken before this one, null for the first. */
  int freed;
};

/* One call of a network: the user_context of its kernels. Lives on the stack of the network
 * function; each task of a parallel loop has another, for the scratch of its worker. The fields are
 * the runtime's own business. */
typedef struct cnnrt_context {
  const cnnrt_exec *exec; /* Null: one thread, no hooks. */
  const char *kernel;     /* Running now; static. */
  int threads;
  int in_loop; /* This is a task's context: loops inside run in place. */
  int status;  /* CNNRT_OK, or what went wrong in the kernel. */

  char *next; /* The unused scratch, [next, end). */
  char *end;
  struct cnnrt_block *top; /* The last block that is not yet returned. */
  char *workers;           /* The first worker's slice of scratch. */
  size_t worker_bytes;     /* Of each slice. */
} cnnrt_context;

/* CNNRT_OK if `weights` begin with the 64 bytes of `expected`. */
int cnnrt_check_weights(const cnnrt_weights_header *expected, const void *weights);

/* CNNRT_OK if none of `count` pointers is null. `pointers` itself may be null if count is 0. */
int cnnrt_check_pointers(const void *const *pointers, int count);

/* The work of `check_sizes` in the descriptor. */
int cnnrt_check_sizes(const cnnrt_network *network, const int64_t *sizes, char *message,
                      size_t message_bytes);

/* CNNRT_OK if `network` takes these sizes and this number of threads. */
int cnnrt_check_arguments(const cnnrt_network *network, const int64_t *sizes, int threads);

/* Makes all the checks of a call but those of its inputs and outputs, and sets up `context`. The
 * workspace is checked against network->workspace_bytes(sizes, threads). */
int cnnrt_begin(cnnrt_context *context, const cnnrt_network *network, const int64_t *sizes,
                const void *workspace, size_t workspace_bytes, const cnnrt_exec *exec);

/* Gives the next kernel its scratch: shared_bytes at `scratch` (64-byte aligned, in the workspace)
 * for what it takes outside of parallel loops, and behind them worker_bytes for each thread. The
 * region is the kernel's until its end and may serve others before and after. */
void cnnrt_begin_kernel(cnnrt_context *context, const char *kernel, void *scratch,
                        size_t shared_bytes, size_t worker_bytes);

/* Ends the kernel that returned `result`: the status to return, CNNRT_OK to go on. */
int cnnrt_end_kernel(cnnrt_context *context, int result);

/* a * b, but no further from 0 than 2^56, whatever a and b: sums of a few still fit 64 bits. */
int64_t cnnrt_multiply_sizes(int64_t a, int64_t b);

/* ---- Training -------------------------------------------------------------------------------- */

/* cnnrt_begin for a workspace of network->training_workspace_bytes(sizes, threads). */
int cnnrt_begin_training(cnnrt_context *context, const cnnrt_network *network, const int64_t *sizes,
                         const void *workspace, size_t workspace_bytes, const cnnrt_exec *exec);

/* What a parameter is before training. The numbers never change. */
typedef enum cnnrt_initializer_kind {
  CNNRT_INIT_CONSTANT = 0, /* `scale` everywhere. */
  CNNRT_INIT_NORMAL = 1,   /* Close to normally distributed: mean 0, standard deviation `scale`. */
  CNNRT_INIT_UNIFORM = 2,  /* Evenly distributed in [-scale, scale]. */
  CNNRT_INIT_ORTHOGONAL = 3, /* `scale` times orthonormal rows, or columns where there are fewer. */
  CNNRT_INIT_VALUES = 4      /* A copy of `values`. */
} cnnrt_initializer_kind;

/* How one parameter begins. Random numbers depend on the seed, the name and the place in the
 * parameter alone, and are the same on every machine. */
typedef struct cnnrt_initializer {
  const char *name; /* of the parameter */
  int32_t kind;     /* A cnnrt_initializer_kind. */
  int32_t reserved;
  double scale;
  int64_t offset;      /* Where it begins in the parameters, in floats. */
  int64_t count;       /* of its floats */
  int64_t rows;        /* ORTHOGONAL: it is a matrix [rows, count / rows]; else of no meaning. */
  const float *values; /* VALUES: count of them; else null. */
} cnnrt_initializer;

/* Fills the whole block of parameters: those of `rows`, of which there are `count` and no two
 * overlap, and 0 between them. */
void cnnrt_initialize(float *parameters, int64_t parameter_floats, const cnnrt_initializer *rows,
                      int count, uint64_t seed);

/* Fills values[0 .. row->count) as cnnrt_initialize fills the parameter of `row`. */
void cnnrt_initial_values(const cnnrt_initializer *row, float *values, uint64_t seed);

/* Not 0 if any of `count` pointers is not null. `pointers` itself may be null: then none is. */
int cnnrt_any_pointer(const void *const *pointers, int count);

/* CNNRT_OK if each of `count` labels is in [0, classes) or, where has_ignored is not 0, equal to
 * `ignored`; else CNNRT_BAD_TARGET. `type` is that of the labels: CNNRT_I64, CNNRT_I32 or CNNRT_U8,
 * and no other passes. */
int cnnrt_check_labels(const void *labels, int type, int64_t count, int64_t classes,
                       int64_t ignored, int has_ignored);

/* 1 - beta^(s + 1), s being `step` modulo 2^32: what an average that began at 0 and decays by beta
 * is divided by after step number `step`, counted from 0. beta is in [0, 1]. Exact to a float's
 * last bits also for a beta next to 1. */
float cnnrt_bias_correction(double beta, uint64_t step);

/* CNNRT_OK if none of `count` values is infinite or no number; else CNNRT_NOT_FINITE. */
int cnnrt_check_finite(const float *values, int64_t count);

/* Has the exec's all_reduce average `count` values over all machines, if there is one. */
int cnnrt_all_reduce(const cnnrt_context *context, float *values, int64_t count);

/* ---- Kernels --------------------------------------------------------------------------------- */

/* What kernels call; Halide's halide_malloc, halide_free and halide_do_par_for under other names.
 * `context` is a cnnrt_context *. Memory is aligned to 64 bytes and lives to the end of the kernel
 * or of the task; null if the scratch is exhausted. Blocks may be freed in any order. The loop runs
 * task(context, i, closure) for i in [min, min + size) and returns 0 or a failed task's result; a
 * loop within a task runs in place. */
void *cnnrt_malloc(void *context, size_t bytes);
void cnnrt_free(void *context, void *pointer);
int cnnrt_do_par_for(void *context, int (*task)(void *context, int index, uint8_t *closure),
                     int min, int size, uint8_t *closure);

#ifdef __cplusplus
}
#endif

#endif
