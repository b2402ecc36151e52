/* A small pool of threads for programs that have none: the only part of the runtime that knows
 * threads and takes memory (when a pool is created).
 *
 * A loop is shared out one index at a time: whoever is free takes the next from a counter. The
 * caller works, too, as worker 0. One atomic word, the gate, says all about the loop:
 *
 *     bits 32-63  the number of the loop, so that a helper enters each loop once
 *     bit  31     open: helpers may enter
 *     bits 0-30   helpers inside
 *
 * 1. The caller writes down the loop while the gate is closed and nobody is inside, and opens it.
 * 2. Helpers enter, take indices until none is left, and leave.
 * 3. The caller does the same, closes the gate, and waits for those inside. Helpers that were too
 *    late to enter have missed nothing, and nobody waits for them.
 *
 * Kernels follow each other closely, so who waits spins for some microseconds and only then sleeps.
 * Who is about to sleep announces it and then looks at the gate once more; who changes the gate
 * looks for sleepers afterwards. Both in sequentially consistent order, so one sees the other.
 */
#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif

#include "cnnrt.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPEN (UINT64_C(1) << 31)
#define INSIDE (OPEN - 1)
#define NEXT_LOOP (UINT64_C(1) << 32)

/* About 20 to 100 microseconds, from a fast to a slow pause instruction. */
#define SPINS 3000

typedef struct helper {
  struct pool *pool;
  pthread_t thread;
  int worker;
} helper;

typedef struct pool {
  cnnrt_exec exec; /* First: its address is the pool's. */
  int num_helpers; /* The threads but the caller's. */
  int spins;       /* 0 where threads outnumber the CPUs: spinning would only be in the way. */
  atomic_int busy; /* 0 or 1; a byte could not be exchanged on RISC-V without libatomic. */

  /* The loop: written by the caller while the gate is closed. */
  int size;
  cnnrt_task task;
  void *argument;
  atomic_int error;

  pthread_mutex_t mutex;
  pthread_cond_t opened, left;
  atomic_int sleepers;       /* Helpers that need `opened`. */
  atomic_bool caller_sleeps; /* The caller needs `left`. */
  atomic_bool stopping;

  /* Each in a cache line of its own: all threads write to them. `next` is the index to take next,
   * wider than an int because every thread steps beyond the last one. */
  _Alignas(64) _Atomic uint64_t gate;
  _Alignas(64) atomic_llong next;
  _Alignas(64) helper helpers[];
} pool;

static void relax(void) {
#if defined(__x86_64__)
  __asm__ volatile("pause");
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* ---- The loop -------------------------------------------------------------------------------- */

static void takeIndices(pool *p, int worker) {
  long long index;
  while ((index = atomic_fetch_add_explicit(&p->next, 1, memory_order_relaxed)) < p->size) {
    const int result = p->task(p->argument, (int)index, worker);
    if (!result)
      continue;
    int none = 0;
    atomic_compare_exchange_strong(&p->error, &none, result);
    atomic_store(&p->next, p->size);
  }
}

static int runAlone(int n, cnnrt_task task, void *argument) {
  for (int i = 0; i < n; i++) {
    const int result = task(argument, i, 0);
    if (result)
      return result;
  }
  return 0;
}

/* ---- The gate, as helpers see it ------------------------------------------------------------- */

/* Enters if the gate is open to a loop other than *seen, which becomes that loop. */
static bool enter(pool *p, uint64_t *seen) {
  uint64_t gate = atomic_load(&p->gate);
  while (gate & OPEN && gate / NEXT_LOOP != *seen) {
    if (!atomic_compare_exchange_weak(&p->gate, &gate, gate + 1))
      continue;
    *seen = gate / NEXT_LOOP;
    return true;
  }
  return false;
}

static void leave(pool *p) {
  const uint64_t before = atomic_fetch_sub(&p->gate, 1);
  if ((before & INSIDE) != 1 || !atomic_load(&p->caller_sleeps))
    return;
  pthread_mutex_lock(&p->mutex);
  pthread_cond_signal(&p->left);
  pthread_mutex_unlock(&p->mutex);
}

static bool sleepAndEnter(pool *p, uint64_t *seen) {
  bool entered = false;
  pthread_mutex_lock(&p->mutex);
  atomic_fetch_add(&p->sleepers, 1);
  while (!atomic_load(&p->stopping) && !(entered = enter(p, seen)))
    pthread_cond_wait(&p->opened, &p->mutex);
  atomic_fetch_sub(&p->sleepers, 1);
  pthread_mutex_unlock(&p->mutex);
  return entered;
}

/* Waits for a loop and enters it; false where the pool ends instead. */
static bool waitAndEnter(pool *p, uint64_t *seen) {
  for (int spin = 0; spin < p->spins; spin++) {
    if (enter(p, seen))
      return true;
    relax();
  }
  return sleepAndEnter(p, seen);
}

static void *help(void *argument) {
  helper *self = argument;
  uint64_t seen = 0;
  while (waitAndEnter(self->pool, &seen)) {
    takeIndices(self->pool, self->worker);
    leave(self->pool);
  }
  return NULL;
}

/* ---- The gate, as the caller sees it --------------------------------------------------------- */

static void openGate(pool *p) {
  atomic_store(&p->gate, (atomic_load(&p->gate) / NEXT_LOOP + 1) * NEXT_LOOP | OPEN);
  if (atomic_load(&p->sleepers) == 0)
    return;
  pthread_mutex_lock(&p->mutex);
  pthread_cond_broadcast(&p->opened);
  pthread_mutex_unlock(&p->mutex);
}

static bool somebodyInside(pool *p) { return (atomic_load(&p->gate) & INSIDE) != 0; }

static void closeGate(pool *p) {
  atomic_fetch_and(&p->gate, ~OPEN);
  for (int spin = 0; spin < p->spins; spin++) {
    if (!somebodyInside(p))
      return;
    relax();
  }
  pthread_mutex_lock(&p->mutex);
  atomic_store(&p->caller_sleeps, true);
  while (somebodyInside(p))
    pthread_cond_wait(&p->left, &p->mutex);
  atomic_store(&p->caller_sleeps, false);
  pthread_mutex_unlock(&p->mutex);
}

static int parallelFor(void *pool_argument, int n, cnnrt_task task, void *argument) {
  pool *p = pool_argument;
  if (n < 2 || p->num_helpers == 0 || atomic_exchange(&p->busy, 1))
    return runAlone(n, task, argument);
  p->size = n;
  p->task = task;
  p->argument = argument;
  atomic_store(&p->error, 0);
  atomic_store(&p->next, 0);
  openGate(p);
  takeIndices(p, 0);
  closeGate(p);
  const int error = atomic_load(&p->error);
  atomic_store(&p->busy, 0);
  return error;
}

/* ---- Life of a pool -------------------------------------------------------------------------- */

static int countCpus(void) {
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    return CPU_COUNT(&allowed);
#endif
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online < 1 ? 1 : (int)online;
}

/* Ends the helpers and frees the pool. */
static void stop(pool *p) {
  pthread_mutex_lock(&p->mutex);
  atomic_store(&p->stopping, true);
  pthread_cond_broadcast(&p->opened);
  pthread_mutex_unlock(&p->mutex);
  for (int i = 0; i < p->num_helpers; i++)
    pthread_join(p->helpers[i].thread, NULL);
  pthread_cond_destroy(&p->left);
  pthread_cond_destroy(&p->opened);
  pthread_mutex_destroy(&p->mutex);
  free(p);
}

static pool *allocate(int threads, int cpus) {
  const size_t bytes = sizeof(pool) + sizeof(helper) * (size_t)(threads - 1);
  pool *p = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!p)
    return NULL;
  memset(p, 0, sizeof *p);
  p->exec.struct_size = sizeof p->exec;
  p->exec.pool = p;
  p->exec.threads = threads;
  p->exec.parallel_for = parallelFor;
  p->exec.cpu_features = cnnrt_cpu_features();
  p->spins = threads <= cpus ? SPINS : 0;
  pthread_mutex_init(&p->mutex, NULL);
  pthread_cond_init(&p->opened, NULL);
  pthread_cond_init(&p->left, NULL);
  return p;
}

static bool startHelper(pool *p, int worker) {
  helper *self = &p->helpers[worker - 1];
  self->pool = p;
  self->worker = worker;
  if (pthread_create(&self->thread, NULL, help, self) != 0)
    return false;
  p->num_helpers++;
  return true;
}

cnnrt_exec *cnnrt_pool_create(int threads) {
  const int cpus = countCpus();
  if (threads == 0)
    threads = cpus < CNNRT_MAX_THREADS ? cpus : CNNRT_MAX_THREADS;
  if (threads < 1 || threads > CNNRT_MAX_THREADS)
    return NULL;
  pool *p = allocate(threads, cpus);
  if (!p)
    return NULL;
  for (int worker = 1; worker < threads; worker++) {
    if (!startHelper(p, worker)) {
      stop(p);
      return NULL;
    }
  }
  return &p->exec;
}

void cnnrt_pool_destroy(cnnrt_exec *exec) {
  if (exec)
    stop(exec->pool);
}
