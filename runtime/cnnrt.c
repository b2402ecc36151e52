/* One call of a network: its checks, its scratch memory and its parallel loops.
 *
 * Scratch is a stack. A block is taken at its top and, since kernels free in any order, is returned
 * once it and all that lie above it are freed. A parallel loop gives each of its workers a slice of
 * its own, so nothing here needs a lock.
 */
#include "cnnrt_generated.h"

_Static_assert(sizeof(cnnrt_context) <= CNNRT_CONTEXT_BYTES, "generated code reserves too little");
_Static_assert(sizeof(struct cnnrt_block) <= CNNRT_BLOCK_HEADER, "a header does not fit");

/* ---- Checks ---------------------------------------------------------------------------------- */

int cnnrt_check_pointers(const void *const *pointers, int count) {
  if (!pointers && count > 0)
    return CNNRT_NULL_POINTER;
  for (int i = 0; i < count; i++)
    if (!pointers[i])
      return CNNRT_NULL_POINTER;
  return CNNRT_OK;
}

int cnnrt_check_weights(const cnnrt_weights_header *expected, const void *weights) {
  if (!weights)
    return CNNRT_NULL_POINTER;
  if ((uintptr_t)weights % CNNRT_WEIGHTS_ALIGNMENT != 0)
    return CNNRT_WEIGHTS_MISALIGNED;
  const unsigned char *wanted = (const unsigned char *)expected, *given = weights;
  int difference = 0; /* Not memcmp: the runtime has no more of libc than memcpy and memset. */
  for (size_t i = 0; i < sizeof *expected; i++)
    difference |= wanted[i] ^ given[i];
  return difference ? CNNRT_BAD_WEIGHTS : CNNRT_OK;
}

/* A network has at least the fields of the first version. */
#define LEAST_NETWORK_BYTES offsetof(cnnrt_network, weight_bytes)

/* `known` is the CPU's features, or 0: they are then asked for if they matter. */
static int checkNetwork(const cnnrt_network *network, uint64_t known) {
  if (!network)
    return CNNRT_NULL_POINTER;
  /* A field that was added later is to be asked for like those of exec. */
  if (network->struct_size < LEAST_NETWORK_BYTES || network->abi_version != CNNRT_ABI_VERSION)
    return CNNRT_ABI_MISMATCH;
  if (network->cpu_features == 0)
    return CNNRT_OK;
  const uint64_t features = known ? known : cnnrt_cpu_features();
  return network->cpu_features & ~features ? CNNRT_UNSUPPORTED_CPU : CNNRT_OK;
}

int cnnrt_check_network(const cnnrt_network *network) { return checkNetwork(network, 0); }

static int checkThreads(int threads) {
  return threads < 1 || threads > CNNRT_MAX_THREADS ? CNNRT_BAD_THREADS : CNNRT_OK;
}

static int checkExec(const cnnrt_exec *exec) {
  if (!exec)
    return CNNRT_OK;
  if (!CNNRT_HAS(exec, parallel_for))
    return CNNRT_BAD_EXEC;
  if (exec->threads > 1 && !exec->parallel_for)
    return CNNRT_BAD_EXEC;
  return checkThreads(exec->threads);
}

int cnnrt_check_arguments(const cnnrt_network *network, const int64_t *sizes, int threads) {
  const int status = checkThreads(threads);
  return status ? status : cnnrt_check_sizes(network, sizes, NULL, 0);
}

static int checkWorkspace(const void *workspace, size_t bytes, size_t needed) {
  if (!workspace)
    return CNNRT_NULL_POINTER;
  if ((uintptr_t)workspace % CNNRT_WORKSPACE_ALIGNMENT != 0)
    return CNNRT_WORKSPACE_MISALIGNED;
  return bytes < needed ? CNNRT_WORKSPACE_TOO_SMALL : CNNRT_OK;
}

/* `needed_bytes` is the function of `network` that tells the least workspace. */
static int begin(cnnrt_context *context, const cnnrt_network *network,
                 size_t (*needed_bytes)(const int64_t *sizes, int threads), const int64_t *sizes,
                 const void *workspace, size_t workspace_bytes, const cnnrt_exec *exec) {
  const uint64_t known = exec && CNNRT_HAS(exec, cpu_features) ? exec->cpu_features : 0;
  int status = checkNetwork(network, known);
  if (!status)
    status = checkExec(exec);
  if (!status)
    status = cnnrt_check_sizes(network, sizes, NULL, 0);
  if (status)
    return status;
  const int threads = exec ? exec->threads : 1;
  status = checkWorkspace(workspace, workspace_bytes, needed_bytes(sizes, threads));
  if (status)
    return status;
  *context = (cnnrt_context){.exec = exec, .threads = threads};
  return CNNRT_OK;
}

int cnnrt_begin(cnnrt_context *context, const cnnrt_network *network, const int64_t *sizes,
                const void *workspace, size_t workspace_bytes, const cnnrt_exec *exec) {
  return begin(context, network, network->workspace_bytes, sizes, workspace, workspace_bytes, exec);
}

int cnnrt_begin_training(cnnrt_context *context, const cnnrt_network *network, const int64_t *sizes,
                         const void *workspace, size_t workspace_bytes, const cnnrt_exec *exec) {
  return begin(context, network, network->training_workspace_bytes, sizes, workspace,
               workspace_bytes, exec);
}

/* ---- Kernels --------------------------------------------------------------------------------- */

static void useScratch(cnnrt_context *context, char *scratch, size_t bytes) {
  context->next = scratch;
  context->end = scratch + bytes;
  context->top = NULL;
}

static void tellProfiler(const cnnrt_context *context, int event) {
  const cnnrt_exec *exec = context->exec;
  if (exec && CNNRT_HAS(exec, profile_context) && exec->profile)
    exec->profile(exec->profile_context, context->kernel, event);
}

void cnnrt_begin_kernel(cnnrt_context *context, const char *kernel, void *scratch,
                        size_t shared_bytes, size_t worker_bytes) {
  useScratch(context, scratch, shared_bytes);
  context->workers = (char *)scratch + shared_bytes;
  context->worker_bytes = worker_bytes;
  context->kernel = kernel;
  context->status = CNNRT_OK;
  tellProfiler(context, CNNRT_KERNEL_BEGIN);
}

/* Results are ours (positive), Halide's own (negative), or of the caller's parallel_for. */
static int toStatus(int result) {
  return result >= 0 && result < CNNRT_NUM_STATUSES ? result : CNNRT_KERNEL_FAILED;
}

int cnnrt_end_kernel(cnnrt_context *context, int result) {
  tellProfiler(context, CNNRT_KERNEL_END);
  return context->status ? context->status : toStatus(result);
}

/* ---- Scratch --------------------------------------------------------------------------------- */

void *cnnrt_malloc(void *user_context, size_t bytes) {
  cnnrt_context *context = user_context;
  const size_t left = (size_t)(context->end - context->next);
  /* Multiples of 64 on both sides, so rounding up cannot go beyond what is left. */
  if (left < CNNRT_BLOCK_HEADER || bytes > left - CNNRT_BLOCK_HEADER) {
    context->status = CNNRT_SCRATCH_EXHAUSTED;
    return NULL;
  }
  struct cnnrt_block *block = (struct cnnrt_block *)context->next;
  block->below = context->top;
  block->freed = 0;
  context->top = block;
  context->next += CNNRT_BLOCK_HEADER + (bytes + 63) / 64 * 64;
  return (char *)block + CNNRT_BLOCK_HEADER;
}

void cnnrt_free(void *user_context, void *pointer) {
  cnnrt_context *context = user_context;
  if (!pointer)
    return;
  ((struct cnnrt_block *)((char *)pointer - CNNRT_BLOCK_HEADER))->freed = 1;
  while (context->top && context->top->freed) {
    context->next = (char *)context->top;
    context->top = context->top->below;
  }
}

/* ---- Loops ----------------------------------------------------------------------------------- */

/* A parallel loop of a kernel, as its tasks see it. */
typedef struct loop {
  const cnnrt_context *context;
  int (*task)(void *context, int index, uint8_t *closure);
  int min;
  uint8_t *closure;
} loop;

static int runIteration(void *argument, int index, int worker) {
  const loop *run = argument;
  if (worker < 0 || worker >= run->context->threads)
    return CNNRT_PARALLEL_FAILED;
  const size_t bytes = run->context->worker_bytes;
  cnnrt_context own = {.threads = 1, .in_loop = 1};
  useScratch(&own, run->context->workers + (size_t)worker * bytes, bytes);
  const int result = run->task(&own, run->min + index, run->closure);
  return own.status ? own.status : result;
}

static int runInPlace(loop *run, int size) {
  for (int i = 0; i < size; i++) {
    const int result = runIteration(run, i, 0);
    if (result)
      return result;
  }
  return 0;
}

/* A loop within a task: the task's own scratch serves it. */
static int runNested(cnnrt_context *context, const loop *run, int size) {
  for (int i = 0; i < size; i++) {
    const int result = run->task(context, run->min + i, run->closure);
    if (result)
      return result;
  }
  return 0;
}

int cnnrt_do_par_for(void *user_context, int (*task)(void *context, int index, uint8_t *closure),
                     int min, int size, uint8_t *closure) {
  cnnrt_context *context = user_context;
  loop run = {context, task, min, closure};
  if (context->in_loop)
    return runNested(context, &run, size);
  if (context->threads == 1 || size < 2)
    return runInPlace(&run, size);
  return context->exec->parallel_for(context->exec->pool, size, runIteration, &run);
}
