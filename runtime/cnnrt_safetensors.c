/* Reads safetensors files that lie in memory: the length of a header (8 bytes, little-endian), the
 * header, the elements.
 *
 *     {"__metadata__": {"step": "7"},
 *      "conv.filter": {"dtype": "F32", "shape": [8, 3, 3, 3], "data_offsets": [0, 864]}, ...}
 *
 * The header is JSON, but of these forms only, so that it can be read where it lies, without memory
 * for what has been read: text is taken off the front of a cnnrt_text, token by token. Functions
 * that do so return 1, or 0 if the text is not what they take. cnnrt_safetensors_open reads all of
 * it once; what is looked for later is looked for in text that is right.
 */
#include "cnnrt_files.h"

/* ---- Tokens ---------------------------------------------------------------------------------- */

static void skipBlanks(cnnrt_text *text) {
  while (text->at < text->end &&
         (*text->at == ' ' || *text->at == '\t' || *text->at == '\n' || *text->at == '\r'))
    text->at++;
}

/* Takes one character, and blanks before it. */
static int take(cnnrt_text *text, char wanted) {
  skipBlanks(text);
  if (text->at == text->end || *text->at != wanted)
    return 0;
  text->at++;
  return 1;
}

/* A character of a string, as UTF-8; one that the text has as UTF-8 comes byte by byte. */
typedef struct character {
  char bytes[4];
  int count;
} character;

static int takeFourHexDigits(cnnrt_text *text, uint32_t *value) {
  *value = 0;
  if (text->end - text->at < 4)
    return 0;
  for (int i = 0; i < 4; i++) {
    const char digit = *text->at++;
    const char lower = (char)(digit | 0x20);
    if (digit >= '0' && digit <= '9')
      *value = *value * 16 + (uint32_t)(digit - '0');
    else if (lower >= 'a' && lower <= 'f')
      *value = *value * 16 + (uint32_t)(lower - 'a' + 10);
    else
      return 0;
  }
  return 1;
}

static void encode(character *result, uint32_t code) {
  static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0}; /* by the number of bytes */
  const int count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (int i = count - 1; i > 0; i--, code >>= 6)
    result->bytes[i] = (char)(0x80 | (code & 0x3f));
  result->bytes[0] = (char)(lead[count] | code);
  result->count = count;
}

/* What follows \u: four digits, or two times four for what is beyond 16 bits. */
static int takeCode(cnnrt_text *text, character *result) {
  uint32_t code, low;
  if (!takeFourHexDigits(text, &code))
    return 0;
  if (code >= 0xd800 && code < 0xe000) {
    if (code >= 0xdc00 || text->end - text->at < 2 || text->at[0] != '\\' || text->at[1] != 'u')
      return 0;
    text->at += 2;
    if (!takeFourHexDigits(text, &low) || low < 0xdc00 || low >= 0xe000)
      return 0;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  encode(result, code);
  return 1;
}

static int takeCharacter(cnnrt_text *text, character *result) {
  static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  result->count = 1;
  result->bytes[0] = *text->at++;
  if (result->bytes[0] != '\\')
    return (unsigned char)result->bytes[0] >= 0x20;
  if (text->at == text->end)
    return 0;
  const char escape = *text->at++;
  if (escape == 'u')
    return takeCode(text, result);
  for (int i = 0; escapes[i]; i++)
    if (escape == escapes[i]) {
      result->bytes[0] = meanings[i];
      return 1;
    }
  return 0;
}

/* `content` is what stands between the quotes, escapes and all. */
static int takeString(cnnrt_text *text, cnnrt_text *content) {
  character ignored;
  if (!take(text, '"'))
    return 0;
  content->at = text->at;
  while (text->at < text->end && *text->at != '"')
    if (!takeCharacter(text, &ignored))
      return 0;
  content->end = text->at;
  return take(text, '"');
}

/* Whether the content of a string means prefix + name. */
static int means(cnnrt_text content, const char *prefix, const char *name) {
  character next;
  while (content.at < content.end && takeCharacter(&content, &next))
    for (int i = 0; i < next.count; i++) {
      const char **rest = *prefix ? &prefix : &name;
      if (!**rest || next.bytes[i] != **rest)
        return 0;
      ++*rest;
    }
  return !*prefix && !*name;
}

/* Digits only, without a 0 before others. */
static int takeNumber(cnnrt_text *text, uint64_t *number) {
  skipBlanks(text);
  const char *first = text->at;
  *number = 0;
  for (; text->at < text->end && *text->at >= '0' && *text->at <= '9'; text->at++) {
    const uint64_t digit = (uint64_t)(*text->at - '0');
    if (*number > (UINT64_MAX - digit) / 10)
      return 0;
    *number = *number * 10 + digit;
  }
  return text->at != first && (*first != '0' || text->at - first == 1);
}

/* Takes a list of numbers: how many there are, -1 if it is none. The first `room` are kept. */
static int takeList(cnnrt_text *text, uint64_t *numbers, int room) {
  int count = 0;
  if (!take(text, '['))
    return -1;
  if (take(text, ']'))
    return 0;
  do {
    uint64_t number;
    if (count == INT32_MAX || !takeNumber(text, &number))
      return -1;
    if (count < room)
      numbers[count] = number;
    count++;
  } while (take(text, ','));
  return take(text, ']') ? count : -1;
}

/* ---- Entries --------------------------------------------------------------------------------- */

/* An entry of the header: a tensor, or the metadata, which have a text alone. */
typedef struct entry {
  cnnrt_text name, type, shape;
  uint64_t begin, end; /* its bytes, counted from the end of the header */
  cnnrt_text metadata; /* null: a tensor */
} entry;

static int takeField(cnnrt_text *text, entry *tensor, unsigned *seen) {
  cnnrt_text key;
  uint64_t offsets[2];
  unsigned field = 0;
  if (!takeString(text, &key) || !take(text, ':'))
    return 0;
  if (means(key, "", "dtype")) {
    field = takeString(text, &tensor->type) ? 1 : 0;
  } else if (means(key, "", "shape")) {
    tensor->shape.at = text->at;
    field = takeList(text, NULL, 0) >= 0 ? 2 : 0;
    tensor->shape.end = text->at;
  } else if (means(key, "", "data_offsets")) {
    field = takeList(text, offsets, 2) == 2 ? 4 : 0;
    tensor->begin = offsets[0];
    tensor->end = offsets[1];
  }
  if (!field || (*seen & field))
    return 0;
  *seen |= field;
  return 1;
}

static int takeTensor(cnnrt_text *text, entry *tensor) {
  unsigned seen = 0;
  if (!take(text, '{'))
    return 0;
  do
    if (!takeField(text, tensor, &seen))
      return 0;
  while (take(text, ','));
  return take(text, '}') && seen == 7;
}

static int takePair(cnnrt_text *text, cnnrt_text *key, cnnrt_text *value) {
  return takeString(text, key) && take(text, ':') && takeString(text, value);
}

/* `pairs` is what stands between the braces. */
static int takeMetadata(cnnrt_text *text, cnnrt_text *pairs) {
  cnnrt_text key, value;
  if (!take(text, '{'))
    return 0;
  *pairs = *text;
  pairs->end = text->at;
  if (take(text, '}'))
    return 1;
  do
    if (!takePair(text, &key, &value))
      return 0;
  while (take(text, ','));
  pairs->end = text->at;
  return take(text, '}');
}

static int takeEntry(cnnrt_text *text, entry *result) {
  *result = (entry){.begin = 0};
  if (!takeString(text, &result->name) || !take(text, ':'))
    return 0;
  if (means(result->name, "", "__metadata__"))
    return takeMetadata(text, &result->metadata);
  return takeTensor(text, result);
}

static int areFloats(const entry *tensor) { return means(tensor->type, "", "F32"); }

/* Whether a tensor's bytes are in the file and, if they are floats, as many as its shape says. */
static int isInside(const entry *tensor, uint64_t data_bytes) {
  if (tensor->begin > tensor->end || tensor->end > data_bytes)
    return 0;
  if (!areFloats(tensor))
    return 1;
  uint64_t bytes = sizeof(float), dim;
  cnnrt_text shape = tensor->shape;
  take(&shape, '[');
  do {
    if (!takeNumber(&shape, &dim))
      break; /* The shape of a scalar. */
    if (dim && bytes > UINT64_MAX / dim)
      return 0;
    bytes *= dim;
  } while (take(&shape, ','));
  return bytes == tensor->end - tensor->begin;
}

/* ---- Files ----------------------------------------------------------------------------------- */

/* Takes all of a header, and tells where the last tensor ends. */
static int takeHeader(cnnrt_text *text, cnnrt_safetensors *file, uint64_t *last) {
  entry each;
  *last = 0;
  if (!take(text, '{'))
    return 0;
  file->entries = (cnnrt_text){text->at, text->at};
  if (take(text, '}'))
    return 1;
  do {
    if (!takeEntry(text, &each) || !isInside(&each, file->data_bytes))
      return 0;
    *last = each.end > *last ? each.end : *last;
  } while (take(text, ','));
  file->entries.end = text->at;
  return take(text, '}');
}

int cnnrt_safetensors_open(cnnrt_safetensors *file, const void *bytes, size_t length) {
  enum { LENGTH_BYTES = 8, LONGEST_HEADER = 100000000 /* the format's own limit */ };
  const unsigned char *first = bytes;
  uint64_t header = 0, last;
  if (length < LENGTH_BYTES)
    return CNNRT_BAD_CHECKPOINT;
  for (int i = 0; i < LENGTH_BYTES; i++)
    header |= (uint64_t)first[i] << (8 * i);
  if (header > LONGEST_HEADER || header > length - LENGTH_BYTES)
    return CNNRT_BAD_CHECKPOINT;
  cnnrt_text text = {(const char *)bytes + LENGTH_BYTES, NULL};
  text.end = text.at + header;
  file->data = text.end;
  file->data_bytes = length - LENGTH_BYTES - header;
  if (!takeHeader(&text, file, &last) || last != file->data_bytes)
    return CNNRT_BAD_CHECKPOINT;
  skipBlanks(&text); /* They fill the header up. */
  return text.at == text.end ? CNNRT_OK : CNNRT_BAD_CHECKPOINT;
}

static int hasDims(cnnrt_text shape, const cnnrt_tensor *tensor) {
  uint64_t dim;
  take(&shape, '[');
  for (int32_t i = 0; i < tensor->rank; i++) {
    if (!takeNumber(&shape, &dim) || dim != (uint64_t)tensor->dims[i])
      return 0;
    take(&shape, ',');
  }
  return take(&shape, ']');
}

int cnnrt_safetensors_find(const cnnrt_safetensors *file, const char *prefix,
                           const cnnrt_tensor *tensor, const void **elements) {
  cnnrt_text text = file->entries;
  entry each, found = {.begin = 0};
  int count = 0;
  while (takeEntry(&text, &each)) {
    if (!each.metadata.at && means(each.name, prefix, tensor->name)) {
      found = each;
      count++;
    }
    take(&text, ',');
  }
  if (count > 1)
    return CNNRT_BAD_CHECKPOINT;
  if (count == 0 || !areFloats(&found) || !hasDims(found.shape, tensor))
    return CNNRT_OTHER_NETWORK;
  *elements = file->data + found.begin;
  return CNNRT_OK;
}

int cnnrt_safetensors_number(const cnnrt_safetensors *file, const char *key, uint64_t *number) {
  cnnrt_text text = file->entries, name, value;
  entry each;
  int count = 0;
  *number = 0;
  for (; takeEntry(&text, &each); take(&text, ','))
    for (; takePair(&each.metadata, &name, &value); take(&each.metadata, ','))
      if (means(name, "", key) && (count++ || !takeNumber(&value, number) || value.at != value.end))
        return CNNRT_BAD_CHECKPOINT;
  return CNNRT_OK;
}
