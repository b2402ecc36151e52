/* The runtime of compiled networks, for the programs that use them.
 *
 * A network compiled by cnnc is a static library that exports, for a network called NAME,
 *
 *     size_t NAME_workspace_bytes(<sizes>, int threads);
 *     int    NAME_run(<inputs>, <outputs>, <sizes>, void *workspace, size_t workspace_bytes,
 *                     const cnnrt_exec *exec);
 *     const cnnrt_network *NAME_network(void);
 *
 * The first two are what a program calls that knows its network; NAME.h declares them with their
 * types. The third describes the network to a program that does not. Memory and threads belong to
 * the caller: the runtime allocates nothing, keeps nothing between calls, prints nothing, and tells
 * of errors by a cnnrt_status. Any number of calls may run at once, each with its own workspace.
 *
 * The weights lie in the library; or, compiled with --embed-weights=no, in a file NAME.weights, and
 * NAME_run takes a pointer to them before its inputs: see cnnrt_weights_header.
 *
 * Structs that cross the border begin with their size and grow only at their end, so that a library
 * and a program compiled at different times can tell what the other knows. C11 and C++.
 */
#ifndef CNNRT_H
#define CNNRT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of every struct here. It changes when one changes other than by growing. */
#define CNNRT_ABI_VERSION 1

/* A workspace begins at a multiple of this many bytes. */
#define CNNRT_WORKSPACE_ALIGNMENT 64

/* So do weights that are given with each call. */
#define CNNRT_WEIGHTS_ALIGNMENT 64

/* The most threads that one call may use. */
#define CNNRT_MAX_THREADS 1024

/* ---- Status ---------------------------------------------------------------------------------- */

/* What every function that can fail returns: 0 is success. The numbers never change. */
typedef enum cnnrt_status {
  CNNRT_OK = 0,
  CNNRT_NULL_POINTER = 1,         /* Weights, an input, an output, sizes or workspace is null. */
  CNNRT_BAD_SIZE = 2,             /* A symbolic size is not in [1, 2147483647]. */
  CNNRT_UNSUPPORTED_SIZE = 3,     /* The network cannot take these sizes: see check_sizes. */
  CNNRT_TOO_LARGE = 4,            /* Some tensor would have 2^31 elements or more. */
  CNNRT_WORKSPACE_TOO_SMALL = 5,  /* Fewer bytes than workspace_bytes(sizes, threads). */
  CNNRT_WORKSPACE_MISALIGNED = 6, /* Not at a multiple of CNNRT_WORKSPACE_ALIGNMENT. */
  CNNRT_BAD_THREADS = 7,          /* exec->threads is not in [1, CNNRT_MAX_THREADS]. */
  CNNRT_BAD_EXEC = 8,             /* exec->struct_size is unset, or parallel_for is missing. */
  CNNRT_UNSUPPORTED_CPU = 9,      /* This CPU lacks a feature that the library was built for. */
  CNNRT_ABI_MISMATCH = 10,        /* The library was made by a cnnc too old or new for this. */
  CNNRT_PARALLEL_FAILED = 11,     /* parallel_for failed, or named a worker that is not there. */
  CNNRT_KERNEL_FAILED = 12,       /* A kernel failed: an error in cnnc. */
  CNNRT_SCRATCH_EXHAUSTED = 13,   /* A kernel took more than it had said: an error in cnnc. */
  CNNRT_BAD_WEIGHTS = 14,         /* Not the weights that the library was compiled with. */
  CNNRT_WEIGHTS_MISALIGNED = 15,  /* Not at a multiple of CNNRT_WEIGHTS_ALIGNMENT. */
  CNNRT_UNREADABLE_FILE = 16,     /* The file can not be opened, is none, or can not be mapped. */
  CNNRT_BAD_WEIGHTS_FILE = 17,    /* No file of weights, of another format, or cut short. */
  CNNRT_BAD_TARGET = 18,          /* A label is not in [0, classes), nor the one to ignore. */
  CNNRT_NOT_FINITE = 19,          /* The loss is infinite or no number: training has diverged. */
  CNNRT_ALL_REDUCE_FAILED = 20,   /* exec->all_reduce returned other than 0. */
  CNNRT_BAD_CHECKPOINT = 21,      /* No safetensors file, or one that is damaged or cut short. */
  CNNRT_OTHER_NETWORK = 22,       /* A checkpoint lacks a tensor, or has it in other dims. */
  CNNRT_WRITE_FAILED = 23,        /* The file can not be written; an older one is untouched. */
  CNNRT_NUM_STATUSES = 24
} cnnrt_status;

/* A sentence on `status`: static, never null, also for numbers that are no status. */
const char *cnnrt_status_string(int status);

/* ---- Threads and hooks ----------------------------------------------------------------------- */

/* One iteration of a loop; worker says who runs it. Non-zero: the loop has failed. */
typedef int (*cnnrt_task)(void *argument, int index, int worker);

/* What a profile hook is told. */
enum { CNNRT_KERNEL_BEGIN = 0, CNNRT_KERNEL_END = 1 };

/* What the caller lends to a call: threads, and hooks. Where a null pointer is given instead, the
 * call uses its own thread and no hooks. Zero all that you do not use:
 *
 *     cnnrt_exec exec = {sizeof exec};
 *     exec.threads = 1;
 *
 * It is not written to by the runtime, and may be shared by calls that run at once if its hooks
 * allow that (those of cnnrt_pool_create do).
 */
typedef struct cnnrt_exec {
  size_t struct_size; /* sizeof(cnnrt_exec) */

  void *pool;  /* Handed to parallel_for. */
  int threads; /* How many workers parallel_for may name; the workspace grows with it. */

  /* Calls task(argument, i, worker) once for every i in [0, n), in any order, and returns when all
   * have returned. `worker` is in [0, threads), and no two tasks of this loop that run at the same
   * time have the same. Returns 0; or, if tasks returned non-zero, one of these values, and then
   * it need not have run the others; or CNNRT_PARALLEL_FAILED. May be null if threads is 1. It is
   * never called from within a task of the same call. */
  int (*parallel_for)(void *pool, int n, cnnrt_task task, void *argument);

  /* Called on the calling thread before and after each kernel, event being CNNRT_KERNEL_BEGIN and
   * CNNRT_KERNEL_END. `kernel` is the kernel's name: static, the same pointer both times. */
  void (*profile)(void *profile_context, const char *kernel, int event);
  void *profile_context;

  /* What cnnrt_cpu_features() returned in this process; 0 to have it asked in each call. Asking
   * is cheap on hardware but takes some microseconds in a virtual machine. */
  uint64_t cpu_features;

  /* For training on several machines: replaces each of values[0 .. count) by its mean over all
   * machines, the same numbers on each, and returns 0. Anything else ends the call with
   * CNNRT_ALL_REDUCE_FAILED. train_step calls it once, on the calling thread, for all gradients
   * and behind them the loss. A call that fails before does not come to it, for instance at a
   * wrong label: the hooks of the other machines should not wait for ever. Null on a machine that
   * trains alone. */
  int (*all_reduce)(void *all_reduce_context, float *values, int64_t count);
  void *all_reduce_context;
} cnnrt_exec;

/* A pool of `threads` threads, the caller's included; 0 takes one for each CPU that this process
 * may use. Null if `threads` is negative or above CNNRT_MAX_THREADS, or if the system refuses
 * memory or threads. This is the only place where the runtime takes memory, and it lives in an
 * object of its own that is linked (with pthreads) only where it is used.
 *
 * The result is ready to be given to any network; the caller may set its profile and all-reduce
 * hooks, or copy the struct and set them in the copy. If calls on two threads use one pool at the
 * same time, the one that comes second runs its loop on its own thread. */
cnnrt_exec *cnnrt_pool_create(int threads);

/* Ends the threads and frees `pool`, which no call may be using. Null is allowed. */
void cnnrt_pool_destroy(cnnrt_exec *pool);

/* ---- CPU features ---------------------------------------------------------------------------- */

/* What code for x86-64 may need beyond the baseline. The numbers never change. Code for other CPUs
 * needs the baseline of its target and no bit of these. */
#define CNNRT_CPU_SSE41 (UINT64_C(1) << 0)
#define CNNRT_CPU_AVX (UINT64_C(1) << 1)
#define CNNRT_CPU_F16C (UINT64_C(1) << 2)
#define CNNRT_CPU_FMA (UINT64_C(1) << 3)
#define CNNRT_CPU_AVX2 (UINT64_C(1) << 4)
#define CNNRT_CPU_AVX512F (UINT64_C(1) << 5)
#define CNNRT_CPU_AVX512CD (UINT64_C(1) << 6)
#define CNNRT_CPU_AVX512BW (UINT64_C(1) << 7)
#define CNNRT_CPU_AVX512DQ (UINT64_C(1) << 8)
#define CNNRT_CPU_AVX512VL (UINT64_C(1) << 9)
#define CNNRT_CPU_BMI (UINT64_C(1) << 10)
#define CNNRT_CPU_BMI2 (UINT64_C(1) << 11)
#define CNNRT_CPU_MOVBE (UINT64_C(1) << 12)
#define CNNRT_CPU_POPCNT (UINT64_C(1) << 13)
#define CNNRT_CPU_AVX512IFMA (UINT64_C(1) << 14)
#define CNNRT_CPU_AVX512VBMI (UINT64_C(1) << 15)
#define CNNRT_CPU_AVX512VNNI (UINT64_C(1) << 16)

/* Set in every answer of cnnrt_cpu_features, so that an answer is never 0. */
#define CNNRT_CPU_KNOWN (UINT64_C(1) << 63)

/* The features of this CPU whose registers the operating system saves, as CNNRT_CPU_*. */
uint64_t cnnrt_cpu_features(void);

/* ---- Weights in a file of their own ---------------------------------------------------------- */

/* What a file NAME.weights begins with. Numbers are little-endian, as on every CPU that cnnc
 * compiles for. Behind it are the weights, as the kernels of the library read them.
 *
 * A program gives NAME_run the address of the whole file's bytes in memory, at a multiple of
 * CNNRT_WEIGHTS_ALIGNMENT: mapped (cnnrt_weights_map in cnnrt_io.h), read, or linked in. They are
 * only read, so any number of calls may share them. Each call compares these 64 bytes with those
 * that the library was compiled with, and reads no weights before they agree. It does not compute
 * the fingerprint: a file that is damaged further behind gives wrong numbers. */
typedef struct cnnrt_weights_header {
  char magic[8];    /* CNNRT_WEIGHTS_MAGIC, its terminating null included */
  uint32_t version; /* CNNRT_WEIGHTS_VERSION */
  uint32_t reserved;
  uint64_t file_bytes;     /* this header included: at least 64 */
  uint8_t fingerprint[32]; /* BLAKE3 of all that follows the header */
  uint8_t reserved_end[8];
} cnnrt_weights_header;

#define CNNRT_WEIGHTS_MAGIC "cnncwts"

/* The version of the file's format. */
#define CNNRT_WEIGHTS_VERSION 1

#ifdef __cplusplus
static_assert(sizeof(cnnrt_weights_header) == 64, "the weights begin at byte 64");
#else
_Static_assert(sizeof(cnnrt_weights_header) == 64, "the weights begin at byte 64");
#endif

/* ---- Networks that are not known in advance -------------------------------------------------- */

/* What a tensor holds. A bool is a byte, 0 or 1. The numbers never change. */
typedef enum cnnrt_type {
  CNNRT_F32 = 0,
  CNNRT_F64 = 1,
  CNNRT_U8 = 2,
  CNNRT_I8 = 3,
  CNNRT_I32 = 4,
  CNNRT_I64 = 5,
  CNNRT_BOOL = 6
} cnnrt_type;

/* An input, an output, a parameter or a part of the optimizer's state: dense, the last dim the
 * fastest, in the order of dims that the model states. Arrays of it are indexed by both sides, so
 * this struct never grows. */
typedef struct cnnrt_tensor {
  const char *name;
  int32_t type;                  /* A cnnrt_type. */
  int32_t rank;                  /* Number of dims; 0 is a scalar. */
  const int64_t *dims;           /* rank of them; -1: depends on the sizes, see cnnrt_dim. */
  const int32_t *dim_expression; /* For each dim that is -1, its expression; else -1. */
  int64_t offset;                /* Of a parameter or state: where it begins there, in floats. */
} cnnrt_tensor;

/* What an expression must fulfil for the network to take the sizes. */
typedef enum cnnrt_condition {
  CNNRT_AT_LEAST = 0,
  CNNRT_AT_MOST = 1, /* Else CNNRT_TOO_LARGE; the others give CNNRT_UNSUPPORTED_SIZE. */
  CNNRT_EQUAL = 2,
  CNNRT_MULTIPLE_OF = 3
} cnnrt_condition;

/* A condition on the sizes: `expression` is at least / at most / equal to / a multiple of `bound`.
 * This struct never grows, either. */
typedef struct cnnrt_size_check {
  int32_t expression;
  int32_t condition; /* A cnnrt_condition. */
  int64_t bound;
} cnnrt_size_check;

/* A compiled network, as NAME_network() returns it: static and constant.
 *
 * Its symbolic sizes (batch, height, ...) are numbered. `sizes` in the functions below points to
 * their values in this order. Expressions are numbers computed from the sizes: expression k is size
 * k for k < num_sizes, and something like (H+1)/2 beyond. An output's dim is an expression, and the
 * size that an input's dim stands for is found by the same number.
 *
 * `inputs` and `outputs` of the functions point to as many pointers as the network has inputs and
 * outputs, in their order. Null where a function is not there. */
typedef struct cnnrt_network {
  size_t struct_size;    /* sizeof(cnnrt_network) of the compiler that made it */
  uint32_t abi_version;  /* CNNRT_ABI_VERSION of the compiler that made it */
  int32_t num_sizes;     /* symbolic sizes */
  const char *name;      /* of the network: a C identifier */
  const char *target;    /* what it was compiled for: "x86-64-avx512" */
  uint64_t cpu_features; /* CNNRT_CPU_* that it needs */

  int32_t num_inputs;
  int32_t num_outputs;
  int32_t num_parameters; /* 0 where the weights are inside the library */
  int32_t num_expressions;
  const cnnrt_tensor *inputs;
  const cnnrt_tensor *outputs;
  const cnnrt_tensor *parameters;

  const char *const *expression_texts; /* num_expressions: "H", "W", "(H+1)/2" */
  const int64_t *typical_sizes;        /* num_sizes: what the compiler planned for */
  const cnnrt_size_check *size_checks; /* all that check_sizes checks beyond CNNRT_BAD_SIZE */
  int32_t num_size_checks;
  int32_t reserved;

  /* The value of expression `index`, also where it is a size. */
  int64_t (*expression_value)(int32_t index, const int64_t *sizes);

  /* CNNRT_OK if the network takes these sizes. Else writes a sentence such as "H is 225, it must be
   * a multiple of 32" to message[0 .. message_bytes), cut where it does not fit and always
   * terminated; `message` may be null, with 0 bytes. */
  int (*check_sizes)(const int64_t *sizes, char *message, size_t message_bytes);

  /* cnnrt_status_string, for programs that load the library and do not link the runtime. */
  const char *(*status_string)(int status);

  /* The bytes of workspace that a call with these sizes and threads needs, at least 64. 0 where
   * the call would fail: the sizes do not pass check_sizes, or threads is out of range. */
  size_t (*workspace_bytes)(const int64_t *sizes, int threads);

  /* Computes the outputs. The workspace needs no initialisation and keeps nothing of value. No
   * output is written where a status tells of a bad argument. Null if the parameters or the
   * weights lie with the caller; then run_with_parameters or run_with_weights is there. */
  int (*run)(const void *const *inputs, void *const *outputs, const int64_t *sizes, void *workspace,
             size_t workspace_bytes, const cnnrt_exec *exec);
  int (*run_with_parameters)(const float *parameters, const void *const *inputs,
                             void *const *outputs, const int64_t *sizes, void *workspace,
                             size_t workspace_bytes, const cnnrt_exec *exec);

  /* Only in a network compiled for training (else 0 and null). Targets have the types and dims of
   * `targets`. What the functions do is written at NAME_init and its companions in NAME.h. */
  int64_t parameter_floats; /* of `parameters` */
  int64_t state_floats;     /* of `state`, the optimizer's */
  const cnnrt_tensor *targets;
  int32_t num_targets;
  int32_t reserved_training;
  int (*init)(float *parameters, float *state, uint64_t seed);
  int (*gradients)(const float *parameters, const void *const *inputs, const void *const *targets,
                   const int64_t *sizes, float *loss, float *parameter_gradients,
                   float *const *input_gradients, uint64_t step, void *workspace,
                   size_t workspace_bytes, const cnnrt_exec *exec);
  int (*train_step)(float *parameters, float *state, const void *const *inputs,
                    const void *const *targets, const int64_t *sizes, float learning_rate,
                    uint64_t step, float *loss, void *workspace, size_t workspace_bytes,
                    const cnnrt_exec *exec);

  /* Only in a network whose weights are in a file of their own (else 0 and null). Older libraries
   * end before these fields: struct_size tells. `weights` points to all weight_bytes bytes of the
   * file, which begin like *weights_header. */
  uint64_t weight_bytes;
  const cnnrt_weights_header *weights_header;
  int (*run_with_weights)(const void *weights, const void *const *inputs, void *const *outputs,
                          const int64_t *sizes, void *workspace, size_t workspace_bytes,
                          const cnnrt_exec *exec);

  /* Only in a network compiled for training (else 0 and null); older libraries end before these
   * fields. The tensors of `state` are named after what they belong to: "momentum.conv.filter".
   * training_workspace_bytes is for gradients and train_step what workspace_bytes is for run. */
  int32_t num_states;
  int32_t reserved_states;
  const cnnrt_tensor *states;
  size_t (*training_workspace_bytes)(const int64_t *sizes, int threads);
} cnnrt_network;

/* Whether this runtime and this CPU can run `network`: CNNRT_OK, CNNRT_NULL_POINTER,
 * CNNRT_ABI_MISMATCH or CNNRT_UNSUPPORTED_CPU. Every run checks it, too. */
int cnnrt_check_network(const cnnrt_network *network);

/* Dim number `dim` of `tensor` of `network` at these sizes. `dim` is in [0, tensor->rank). */
int64_t cnnrt_dim(const cnnrt_network *network, const cnnrt_tensor *tensor, int dim,
                  const int64_t *sizes);

/* The bytes of `tensor` at these sizes, which must have passed check_sizes. */
size_t cnnrt_tensor_bytes(const cnnrt_network *network, const cnnrt_tensor *tensor,
                          const int64_t *sizes);

/* The bytes of one element of a cnnrt_type, 0 for a number that is none. */
size_t cnnrt_type_bytes(int type);

#ifdef __cplusplus
}
#endif

#endif
