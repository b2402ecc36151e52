/* The numbers that training begins with.
 *
 * Random ones come from a counter-based generator: number i of a parameter is a hash of the seed,
 * the parameter's name and i, so it does not matter in which order parameters are made. They are
 * the same on every machine: whole-number arithmetic, and floating point in which a fused
 * multiply-add changes no bit, since products are exact where they are added.
 */
#include "cnnrt_generated.h"

/* ---- Random words ---------------------------------------------------------------------------- */

static const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15); /* 2^64 by the golden ratio */

/* Spreads every bit of `x` over the whole word: two rounds of xor-shift and multiplication. */
static uint64_t scramble(uint64_t x) {
  x ^= x >> 32;
  x *= UINT64_C(0xd6e8feb86659fd93);
  x ^= x >> 29;
  x *= UINT64_C(0xa0761d6478bd642f);
  x ^= x >> 32;
  return x;
}

/* The key of a parameter's stream of words. */
static uint64_t streamKey(uint64_t seed, const char *name) {
  uint64_t key = scramble(seed + golden);
  for (; *name; name++)
    key = scramble(key ^ (unsigned char)*name) + golden;
  return key;
}

static uint64_t wordAt(uint64_t key, uint64_t index) { return scramble(key + index * golden); }

/* ---- Independent numbers --------------------------------------------------------------------- */

static void fillConstant(float *values, int64_t count, float value) {
  for (int64_t i = 0; i < count; i++)
    values[i] = value;
}

static int64_t sumOfParts(uint64_t word) {
  int64_t sum = 0;
  for (int part = 0; part < 4; part++)
    sum += (int64_t)((word >> (16 * part)) & 0xffff);
  return sum;
}

/* Each number is a sum of twelve uniform ones of 16 bits, which are three words. Such sums have
 * mean 6 (2^16 - 1) and, but for 2^-32 of it, deviation 2^16. */
static void fillNormal(float *values, int64_t count, uint64_t key, double deviation) {
  const int64_t mean = 6 * 0xffff;
  const double scale = deviation / 65536;
  for (int64_t i = 0; i < count; i++) {
    int64_t sum = 0;
    for (uint64_t third = 0; third < 3; third++)
      sum += sumOfParts(wordAt(key, 3 * (uint64_t)i + third));
    values[i] = (float)((double)(sum - mean) * scale);
  }
}

/* Each number is an odd multiple of 2^-52 between -1 and 1, so their mean is 0, times the bound. */
static void fillUniform(float *values, int64_t count, uint64_t key, double bound) {
  const int64_t one = INT64_C(1) << 52;
  const double scale = bound / (double)one;
  for (int64_t i = 0; i < count; i++) {
    const int64_t odd = 2 * (int64_t)(wordAt(key, (uint64_t)i) >> 12) + 1 - one;
    values[i] = (float)((double)odd * scale);
  }
}

/* ---- Orthogonal matrices --------------------------------------------------------------------- */

/* Products of floats are exact in double. Eight sums, so that none waits for the one before. */
static double dotProduct(const float *a, const float *b, int64_t length) {
  enum { SUMS = 8 };
  double sums[SUMS] = {0};
  int64_t i = 0;
  for (; i + SUMS <= length; i += SUMS)
    for (int k = 0; k < SUMS; k++)
      sums[k] += (double)a[i + k] * b[i + k];
  for (; i < length; i++)
    sums[0] += (double)a[i] * b[i];
  for (int k = 1; k < SUMS; k++)
    sums[0] += sums[k];
  return sums[0];
}

/* vector -= factor * other; the factor is a float to keep the products exact. */
static void subtractMultiple(float *vector, float factor, const float *other, int64_t length) {
  for (int64_t i = 0; i < length; i++)
    vector[i] = (float)(vector[i] - (double)factor * other[i]);
}

static void multiply(float *values, int64_t count, double factor) {
  for (int64_t i = 0; i < count; i++)
    values[i] = (float)(values[i] * factor);
}

/* Newton's iteration from above the root, where it descends until it is exact: the runtime has no
 * libm. */
static double squareRoot(double x) {
  double root = x > 1 ? x : 1;
  for (;;) {
    const double next = (root + x / root) / 2;
    if (!(next < root)) /* also where there is no root */
      return root;
    root = next;
  }
}

/* Takes from `row` its parts along the `before` rows that lie before it, and returns the square of
 * the length that is left. Twice: where little is left, the first time's errors of rounding are not
 * small beside that. */
static double subtractProjections(const float *matrix, int64_t before, float *row, int64_t length) {
  for (int pass = 0; pass < 2; pass++)
    for (const float *other = matrix; other < matrix + before * length; other += length)
      subtractMultiple(row, (float)dotProduct(row, other, length), other, length);
  return dotProduct(row, row, length);
}

/* Modified Gram-Schmidt, in place, for rows <= length:
 *
 * 1. Each row loses its parts along the rows before it,
 * 2. and gets length 1.
 * 3. Where next to nothing was left to lengthen, the row becomes the first unit vector and goes
 *    through 1 again; or the second, and so on. One of them is far enough from the span of the rows
 *    before, for the squares of their distances from it have the mean 1 - rows before / length.
 */
static void orthonormalizeRows(float *matrix, int64_t rows, int64_t length) {
  const double least = 1e-6; /* of a squared length; random rows have about `length` */
  for (int64_t index = 0; index < rows; index++) {
    float *row = matrix + index * length;
    double square = subtractProjections(matrix, index, row, length);
    for (int64_t unit = 0; square < least && unit < length; unit++) {
      fillConstant(row, length, 0);
      row[unit] = 1;
      square = subtractProjections(matrix, index, row, length);
    }
    multiply(row, length, 1 / squareRoot(square));
  }
}

/* Where the element at `index` of a matrix of so many rows and columns lies in its transpose. */
static int64_t transposedIndex(int64_t index, int64_t rows, int64_t columns) {
  return index % columns * rows + index / columns;
}

/* In place: the elements move in cycles, and each cycle is moved when its least index comes. */
static void transpose(float *matrix, int64_t rows, int64_t columns) {
  for (int64_t first = 0; first < rows * columns; first++) {
    int64_t at = first;
    do
      at = transposedIndex(at, rows, columns);
    while (at > first);
    if (at < first)
      continue;
    float carried = matrix[first];
    do {
      at = transposedIndex(at, rows, columns);
      const float found = matrix[at];
      matrix[at] = carried;
      carried = found;
    } while (at != first);
  }
}

/* Made of normal numbers, so that no direction is preferred. A matrix with fewer columns than rows
 * is the transpose of one with orthonormal rows: they are neighbours in memory. */
static void fillOrthogonal(float *values, int64_t count, int64_t rows, uint64_t key, double gain) {
  if (count == 0)
    return;
  const int64_t columns = count / rows;
  const int64_t less = rows < columns ? rows : columns;
  fillNormal(values, count, key, 1);
  orthonormalizeRows(values, less, count / less);
  if (rows > columns)
    transpose(values, columns, rows);
  multiply(values, count, gain);
}

/* ---- Parameters ------------------------------------------------------------------------------ */

void cnnrt_initial_values(const cnnrt_initializer *row, float *values, uint64_t seed) {
  const uint64_t key = streamKey(seed, row->name);
  switch (row->kind) {
  case CNNRT_INIT_CONSTANT:
    fillConstant(values, row->count, (float)row->scale);
    break;
  case CNNRT_INIT_NORMAL:
    fillNormal(values, row->count, key, row->scale);
    break;
  case CNNRT_INIT_UNIFORM:
    fillUniform(values, row->count, key, row->scale);
    break;
  case CNNRT_INIT_ORTHOGONAL:
    fillOrthogonal(values, row->count, row->rows, key, row->scale);
    break;
  case CNNRT_INIT_VALUES:
    for (int64_t i = 0; i < row->count; i++)
      values[i] = row->values[i];
    break;
  }
}

void cnnrt_initialize(float *parameters, int64_t parameter_floats, const cnnrt_initializer *rows,
                      int count, uint64_t seed) {
  fillConstant(parameters, parameter_floats, 0);
  for (int row = 0; row < count; row++)
    cnnrt_initial_values(&rows[row], parameters + rows[row].offset, seed);
}
