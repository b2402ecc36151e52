/* Two kernels with scratch and parallel loops, and the glue around them. */
#include "HandWrittenNetwork.h"
#include "cnnrt_generated.h"

#include <string.h>

static size_t roundUp64(size_t bytes) { return (bytes + 63) / 64 * 64; }

/* ---- Kernels, as Halide would make them ------------------------------------------------------ */

typedef struct {
  const float *in;
  float *out;
  const float *factors;
  int64_t w;
} closure_t;

/* One row, copied to scratch and doubled there. Frees its blocks in the order it took them. */
static int doubleRow(void *context, int row, uint8_t *closure) {
  const closure_t *c = (const closure_t *)closure;
  const size_t bytes = (size_t)c->w * sizeof(float);
  float *copy = cnnrt_malloc(context, bytes);
  float *result = cnnrt_malloc(context, bytes);
  memcpy(copy, c->in + row * c->w, bytes);
  for (int64_t i = 0; i < c->w; i++)
    result[i] = copy[i] * c->factors[i];
  memcpy(c->out + row * c->w, result, bytes);
  cnnrt_free(context, copy);
  cnnrt_free(context, result);
  return 0;
}

static int doubleKernel(void *context, const float *in, float *out, int64_t h, int64_t w) {
  float *factors = cnnrt_malloc(context, (size_t)w * sizeof(float));
  for (int64_t i = 0; i < w; i++)
    factors[i] = 2;
  closure_t closure = {in, out, factors, w};
  const int result = cnnrt_do_par_for(context, doubleRow, 0, (int)h, (uint8_t *)&closure);
  cnnrt_free(context, factors);
  return result;
}

static int sumRow(void *context, int row, uint8_t *closure) {
  (void)context;
  const closure_t *c = (const closure_t *)closure;
  const float *in = c->in + row * c->w;
  for (int64_t i = 0; i < c->w / 4; i++)
    c->out[row * (c->w / 4) + i] = in[4 * i] + in[4 * i + 1] + in[4 * i + 2] + in[4 * i + 3];
  return 0;
}

static int sumKernel(void *context, const float *in, float *out, int64_t h, int64_t w) {
  closure_t closure = {in, out, 0, w};
  return cnnrt_do_par_for(context, sumRow, 0, (int)h, (uint8_t *)&closure);
}

/* ---- Glue ------------------------------------------------------------------------------------ */

static const cnnrt_network network;

/* The arena: the doubled image; behind it the scratch. */
static size_t arenaBytes(int64_t h, int64_t w) { return roundUp64((size_t)(h * w) * 4); }
static size_t sharedBytes(int64_t w) { return roundUp64((size_t)w * 4) + CNNRT_BLOCK_HEADER; }
static size_t workerBytes(int64_t w) { return 2 * sharedBytes(w); }

size_t shrink_workspace_bytes(int64_t h, int64_t w, int threads) {
  const int64_t sizes[] = {h, w};
  if (cnnrt_check_arguments(&network, sizes, threads))
    return 0;
  return arenaBytes(h, w) + sharedBytes(w) + (size_t)threads * workerBytes(w);
}

static int runArrays(const void *const *inputs, void *const *outputs, const int64_t *sizes,
                     void *workspace, size_t workspace_bytes, const cnnrt_exec *exec) {
  cnnrt_context context;
  int status = cnnrt_check_pointers(inputs, 1);
  if (status)
    return status;
  status = cnnrt_check_pointers((const void *const *)outputs, 1);
  if (status)
    return status;
  status = cnnrt_begin(&context, &network, sizes, workspace, workspace_bytes, exec);
  if (status)
    return status;

  const int64_t h = sizes[0], w = sizes[1];
  float *doubled = workspace;
  char *scratch = (char *)workspace + arenaBytes(h, w);
  cnnrt_begin_kernel(&context, "double", scratch, sharedBytes(w), workerBytes(w));
  status = cnnrt_end_kernel(&context, doubleKernel(&context, inputs[0], doubled, h, w));
  if (status)
    return status;
  cnnrt_begin_kernel(&context, "sum", scratch, 0, 0);
  return cnnrt_end_kernel(&context, sumKernel(&context, doubled, outputs[0], h, w));
}

int shrink_run(const float *x, float *y, int64_t h, int64_t w, void *workspace,
               size_t workspace_bytes, const cnnrt_exec *exec) {
  const void *inputs[] = {x};
  void *outputs[] = {y};
  const int64_t sizes[] = {h, w};
  return runArrays(inputs, outputs, sizes, workspace, workspace_bytes, exec);
}

/* ---- Descriptor ------------------------------------------------------------------------------ */

static size_t workspaceBytes(const int64_t *sizes, int threads) {
  return sizes ? shrink_workspace_bytes(sizes[0], sizes[1], threads) : 0;
}

static int checkSizes(const int64_t *sizes, char *message, size_t message_bytes) {
  return cnnrt_check_sizes(&network, sizes, message, message_bytes);
}

static int64_t expression(int32_t index, const int64_t *sizes) {
  switch (index) {
  case 2:
    return sizes[1] / 4;
  case 3:
    return cnnrt_multiply_sizes(sizes[0], sizes[1]);
  default:
    return sizes[index];
  }
}

static const int64_t dynamic_dims[] = {-1, -1};
static const int32_t x_expressions[] = {0, 1}, y_expressions[] = {0, 2};
static const cnnrt_tensor x = {"x", CNNRT_F32, 2, dynamic_dims, x_expressions, 0};
static const cnnrt_tensor y = {"y", CNNRT_F32, 2, dynamic_dims, y_expressions, 0};
static const char *const texts[] = {"H", "W", "W/4", "H*W"};
static const int64_t typical_sizes[] = {16, 64};
static const cnnrt_size_check checks[] = {
    {1, CNNRT_MULTIPLE_OF, 4}, {1, CNNRT_AT_LEAST, 8}, {3, CNNRT_AT_MOST, 2147483647}};

static const cnnrt_network network = {
    .struct_size = sizeof(cnnrt_network),
    .abi_version = CNNRT_ABI_VERSION,
    .name = "shrink",
    .target = "baseline",
    .num_sizes = 2,
    .num_inputs = 1,
    .num_outputs = 1,
    .num_expressions = 4,
    .inputs = &x,
    .outputs = &y,
    .expression_texts = texts,
    .typical_sizes = typical_sizes,
    .size_checks = checks,
    .num_size_checks = 3,
    .expression_value = expression,
    .check_sizes = checkSizes,
    .status_string = cnnrt_status_string,
    .workspace_bytes = workspaceBytes,
    .run = runArrays,
};

const cnnrt_network *shrink_network(void) { return &network; }
