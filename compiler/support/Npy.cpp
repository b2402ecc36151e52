#include "compiler/support/Npy.h"

#include "compiler/support/WriteFile.h"

#include <cstring>

namespace cnnc {

static constexpr std::string_view magic("\x93NUMPY", 6);

namespace {
struct TypeWord {
  const char *word; ///< NumPy's, without the mark of byte order.
  StorageType type;
};
} // namespace

static const TypeWord typeWords[] = {
    {"f8", StorageType::F64}, {"f4", StorageType::F32}, {"f2", StorageType::F16},
    {"i8", StorageType::I64}, {"i4", StorageType::I32}, {"i2", StorageType::I16},
    {"i1", StorageType::I8},  {"u8", StorageType::U64}, {"u4", StorageType::U32},
    {"u2", StorageType::U16}, {"u1", StorageType::U8},  {"b1", StorageType::Bool},
};

/// The type of a word such as "<f4" or "|u1"; Unsupported for others, big-endian ones included.
static StorageType typeOfWord(std::string_view word) {
  if (word.size() < 2 || (word[0] != '<' && word[0] != '|' && word[0] != '='))
    return StorageType::Unsupported;
  for (const TypeWord &row : typeWords)
    if (word.substr(1) == row.word)
      return row.type;
  return StorageType::Unsupported;
}

namespace {
/// Reads the dict literal of a header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
/// Each function reads one thing, skips the blanks before it, and returns false when it is not
/// there.
class DictReader {
public:
  explicit DictReader(std::string_view text) : rest(text) {}

  bool take(std::string_view token) {
    skipBlanks();
    if (rest.substr(0, token.size()) != token)
      return false;
    rest.remove_prefix(token.size());
    return true;
  }

  bool readString(std::string &value) {
    skipBlanks();
    if (rest.empty() || (rest[0] != '\'' && rest[0] != '"'))
      return false;
    size_t end = rest.find(rest[0], 1);
    if (end == std::string_view::npos)
      return false;
    value = std::string(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    return true;
  }

  bool readBool(bool &value) {
    value = take("True");
    return value || take("False");
  }

  bool readDims(std::vector<int64_t> &dims) {
    if (!take("("))
      return false;
    while (!take(")")) {
      int64_t dim = 0;
      if (!readNumber(dim) || (!take(",") && rest.substr(0, 1) != ")"))
        return false;
      dims.push_back(dim);
    }
    return true;
  }

  /// A list such as that of a structured type: skipped up to its closing bracket, kept as text.
  bool readList(std::string &text) {
    skipBlanks();
    size_t end = 0;
    int depth = 0;
    do {
      if (end == rest.size())
        return false;
      depth += rest[end] == '[' ? 1 : rest[end] == ']' ? -1 : 0;
      ++end;
    } while (depth > 0);
    text = std::string(rest.substr(0, end));
    rest.remove_prefix(end);
    return text.size() > 1;
  }

private:
  void skipBlanks() {
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\n'))
      rest.remove_prefix(1);
  }

  bool readNumber(int64_t &value) {
    skipBlanks();
    size_t digits = 0;
    for (; digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9'; ++digits)
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, rest[digits] - '0', &value))
        return false;
    rest.remove_prefix(digits);
    return digits > 0;
  }

  std::string_view rest;
};
} // namespace

/// Fills type, order and shape from the dict; false when it is not one of NumPy's.
static bool readDict(std::string_view text, NpyHeader &header) {
  DictReader reader(text);
  bool hasType = false, hasOrder = false, hasShape = false;
  if (!reader.take("{"))
    return false;
  while (!reader.take("}")) {
    std::string key;
    if (!reader.readString(key) || !reader.take(":"))
      return false;
    if (key == "descr" && !hasType)
      hasType = reader.readString(header.typeText) || reader.readList(header.typeText);
    else if (key == "fortran_order" && !hasOrder)
      hasOrder = reader.readBool(header.columnMajor);
    else if (key == "shape" && !hasShape)
      hasShape = reader.readDims(header.shape);
    else
      return false;
    reader.take(",");
  }
  return hasType && hasOrder && hasShape;
}

static uint32_t littleEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

Result<size_t> npyHeaderBytes(std::string_view start) {
  if (start.substr(0, magic.size()) != magic)
    return Error{"this is not an npy file: it does not begin with its magic"};
  if (start.size() < 12)
    return Error{"the file is truncated: it ends within its header"};
  int version = static_cast<uint8_t>(start[6]);
  if (version < 1 || version > 3)
    return Error{"npy format version " + std::to_string(version) + " is not one of 1, 2 and 3"};
  size_t lengthBytes = version == 1 ? 2 : 4;
  return 8 + lengthBytes + littleEndian(start.substr(8, lengthBytes));
}

Result<NpyHeader> parseNpyHeader(std::string_view start) {
  Result<size_t> bytes = npyHeaderBytes(start);
  if (!bytes)
    return Error{bytes.error()};
  if (*bytes > start.size())
    return Error{"the file is truncated: its header has " + std::to_string(*bytes) +
                 " bytes but the file has " + std::to_string(start.size())};
  NpyHeader header;
  size_t dict = start[6] == 1 ? 10 : 12;
  header.dataOffset = *bytes;
  if (*bytes < dict || !readDict(start.substr(dict, *bytes - dict), header))
    return Error{"the npy header is damaged: it does not tell descr, fortran_order and shape"};
  header.type = typeOfWord(header.typeText);
  Result<int64_t> elementBytes = numBytes(header.type, header.shape);
  if (!elementBytes)
    return Error{elementBytes.error()};
  header.elementBytes = header.type == StorageType::Unsupported ? 0 : *elementBytes;
  return header;
}

static std::string wordOfType(StorageType type) {
  for (const TypeWord &row : typeWords)
    if (row.type == type)
      return (sizeInBytes(type) == 1 ? "|" : "<") + std::string(row.word);
  return "";
}

Result<std::string> makeNpyHeader(StorageType type, const std::vector<int64_t> &shape) {
  if (wordOfType(type).empty())
    return Error{std::string("NumPy has no type for ") + toString(type)};
  std::string dict = "{'descr': '" + wordOfType(type) + "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < shape.size(); ++i)
    dict += std::to_string(shape[i]) + (i == 0 || i + 1 < shape.size() ? "," : "") +
            (i + 1 < shape.size() ? " " : "");
  dict += "), }";
  size_t unpadded = magic.size() + 4 + dict.size() + 1;
  dict += std::string((64 - unpadded % 64) % 64, ' ') + "\n";
  std::string header(magic);
  header += std::string("\x01\x00", 2);
  header += static_cast<char>(dict.size() & 255);
  header += static_cast<char>(dict.size() >> 8);
  return header + dict;
}

Error unsupportedNpyType(const std::string &name, const std::string &typeText) {
  return Error{"tensor '" + name + "' has elements of NumPy's type " + typeText +
               "; cnnc reads little-endian f2, f4, f8, i1 to i8, u1 to u8 and b1"};
}

Result<std::vector<StoredTensor>> readNpy(const std::string &, const OwnedBytes &file) {
  Result<NpyHeader> header = parseNpyHeader(file.data);
  if (!header)
    return Error{header.error()};
  if (header->type == StorageType::Unsupported)
    return unsupportedNpyType("", header->typeText);
  size_t needed = static_cast<size_t>(header->elementBytes);
  size_t present = file.data.size() - header->dataOffset;
  if (present < needed)
    return Error{"the file is truncated: shape " + shapeToString(header->shape) + " of " +
                 toString(header->type) + " takes " + std::to_string(needed) + " bytes but " +
                 std::to_string(present) + " are there"};
  OwnedBytes elements = file.part(header->dataOffset, needed);
  StoredTensor tensor{"", header->type, header->shape, header->columnMajor, nullptr};
  tensor.load = [elements] { return Result<OwnedBytes>(elements); };
  return std::vector<StoredTensor>{tensor};
}

Status writeNpy(const std::string &path, const std::vector<TensorToWrite> &tensors) {
  if (tensors.size() != 1)
    return Error{path + ": an npy file holds one tensor, not " + std::to_string(tensors.size()) +
                 "; write an npz"};
  const TensorToWrite &tensor = tensors[0];
  Result<std::string> header = makeNpyHeader(tensor.type, tensor.shape);
  if (!header)
    return Error{path + ": " + header.error()};
  size_t bytes = static_cast<size_t>(*numBytes(tensor.type, tensor.shape));
  return writeFile(path, {*header, {static_cast<const char *>(tensor.data), bytes}});
}

} // namespace cnnc
