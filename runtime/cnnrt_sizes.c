/* Whether a network takes the sizes that it is given, and a sentence where it does not.
 *
 * What must hold is a table in the network's descriptor; the values to compare come from its
 * expression_value. The sentence is put together by hand, for there is no libc here.
 */
#include "cnnrt_generated.h"

/* Halide counts in 32 bits, so no size goes beyond. */
#define LARGEST_SIZE INT64_C(2147483647)
#define LARGEST_PRODUCT (INT64_C(1) << 56)

/* Text that is cut where its buffer ends. */
typedef struct text {
  char *next;
  size_t left; /* Bytes, the terminating one included. */
} text;

static void appendChar(text *out, char c) {
  if (out->left < 2)
    return;
  *out->next++ = c;
  *out->next = 0;
  out->left--;
}

static void appendString(text *out, const char *string) {
  while (*string)
    appendChar(out, *string++);
}

static void appendNumber(text *out, int64_t number) {
  char digits[20];
  int count = 0;
  uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  do
    digits[count++] = (char)('0' + magnitude % 10);
  while (magnitude /= 10);
  if (number < 0)
    appendChar(out, '-');
  while (count > 0)
    appendChar(out, digits[--count]);
}

/* "H is 225, it must be a multiple of 32" */
static void explain(char *message, size_t bytes, const char *what, int64_t value,
                    const char *demand, int64_t bound) {
  if (!message || bytes == 0)
    return;
  text out = {message, bytes};
  *message = 0;
  appendString(&out, what);
  appendString(&out, " is ");
  appendNumber(&out, value);
  appendString(&out, ", it must be ");
  appendString(&out, demand);
  appendNumber(&out, bound);
}

static const char *demandOf(int condition) {
  switch (condition) {
  case CNNRT_AT_LEAST:
    return "at least ";
  case CNNRT_AT_MOST:
    return "at most ";
  case CNNRT_MULTIPLE_OF:
    return "a multiple of ";
  default:
    return "";
  }
}

static int holds(int condition, int64_t value, int64_t bound) {
  switch (condition) {
  case CNNRT_AT_LEAST:
    return value >= bound;
  case CNNRT_AT_MOST:
    return value <= bound;
  case CNNRT_EQUAL:
    return value == bound;
  case CNNRT_MULTIPLE_OF:
    return bound > 0 && value % bound == 0;
  default:
    return 0;
  }
}

static int checkRange(const cnnrt_network *network, const int64_t *sizes, char *message,
                      size_t message_bytes) {
  for (int32_t i = 0; i < network->num_sizes; i++) {
    if (sizes[i] >= 1 && sizes[i] <= LARGEST_SIZE)
      continue;
    explain(message, message_bytes, network->expression_texts[i], sizes[i],
            sizes[i] < 1 ? "at least " : "at most ", sizes[i] < 1 ? 1 : LARGEST_SIZE);
    return CNNRT_BAD_SIZE;
  }
  return CNNRT_OK;
}

static int64_t valueOf(const cnnrt_network *network, int32_t expression, const int64_t *sizes) {
  if (expression < network->num_sizes)
    return sizes[expression];
  return network->expression_value(expression, sizes);
}

int cnnrt_check_sizes(const cnnrt_network *network, const int64_t *sizes, char *message,
                      size_t message_bytes) {
  if (message && message_bytes > 0)
    *message = 0;
  if (!sizes && network->num_sizes > 0)
    return CNNRT_NULL_POINTER;
  const int status = checkRange(network, sizes, message, message_bytes);
  if (status)
    return status;
  for (int32_t i = 0; i < network->num_size_checks; i++) {
    const cnnrt_size_check *check = &network->size_checks[i];
    const int64_t value = valueOf(network, check->expression, sizes);
    if (holds(check->condition, value, check->bound))
      continue;
    explain(message, message_bytes, network->expression_texts[check->expression], value,
            demandOf(check->condition), check->bound);
    return check->condition == CNNRT_AT_MOST ? CNNRT_TOO_LARGE : CNNRT_UNSUPPORTED_SIZE;
  }
  return CNNRT_OK;
}

int64_t cnnrt_dim(const cnnrt_network *network, const cnnrt_tensor *tensor, int dim,
                  const int64_t *sizes) {
  if (tensor->dims[dim] >= 0)
    return tensor->dims[dim];
  return valueOf(network, tensor->dim_expression[dim], sizes);
}

size_t cnnrt_tensor_bytes(const cnnrt_network *network, const cnnrt_tensor *tensor,
                          const int64_t *sizes) {
  size_t bytes = cnnrt_type_bytes(tensor->type);
  for (int dim = 0; dim < tensor->rank; dim++)
    bytes *= (size_t)cnnrt_dim(network, tensor, dim, sizes);
  return bytes;
}

int64_t cnnrt_multiply_sizes(int64_t a, int64_t b) {
  int64_t product;
  const int overflow = __builtin_mul_overflow(a, b, &product);
  if (!overflow && product <= LARGEST_PRODUCT && product >= -LARGEST_PRODUCT)
    return product;
  return (a < 0) == (b < 0) ? LARGEST_PRODUCT : -LARGEST_PRODUCT;
}
