#include "compiler/support/Safetensors.h"

#include "compiler/support/WriteFile.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace cnnc {

using Json = nlohmann::json;

static constexpr size_t lengthBytes = 8;
static constexpr uint64_t longestHeader = 100'000'000; // the format's own limit

namespace {
struct TypeWord {
  const char *word;
  StorageType type;
};

/// Bytes of elements, counted from the end of the header.
struct Range {
  uint64_t begin, end;
};
} // namespace

static const TypeWord typeWords[] = {
    {"F64", StorageType::F64},   {"F32", StorageType::F32}, {"F16", StorageType::F16},
    {"BF16", StorageType::BF16}, {"I64", StorageType::I64}, {"I32", StorageType::I32},
    {"I16", StorageType::I16},   {"I8", StorageType::I8},   {"U64", StorageType::U64},
    {"U32", StorageType::U32},   {"U16", StorageType::U16}, {"U8", StorageType::U8},
    {"BOOL", StorageType::Bool},
};

static StorageType typeOfWord(const std::string &word) {
  for (const TypeWord &row : typeWords)
    if (word == row.word)
      return row.type;
  return StorageType::Unsupported;
}

static const char *wordOfType(StorageType type) {
  for (const TypeWord &row : typeWords)
    if (row.type == type)
      return row.word;
  return nullptr;
}

static Error tensorError(const std::string &name, const std::string &reason) {
  return Error{"tensor '" + name + "': " + reason};
}

/// Parses the header. JSON itself lets a name come twice and keeps one of the two, so names are
/// watched as they pass by.
static Result<Json> parseHeader(std::string_view text) {
  std::set<std::string> names;
  std::string twice;
  auto watch = [&](int depth, Json::parse_event_t event, Json &value) {
    if (depth == 1 && event == Json::parse_event_t::key && !names.insert(value).second)
      twice = value;
    return true;
  };
  Json header = Json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (header.is_discarded() || !header.is_object())
    return Error{"the header is not a JSON object: the file is damaged"};
  if (!twice.empty())
    return tensorError(twice, "the header names it twice");
  return header;
}

static Result<Json> readHeader(const OwnedBytes &file, size_t &dataOffset) {
  if (file.data.size() < lengthBytes)
    return Error{"this is not a safetensors file: it has only " + std::to_string(file.data.size()) +
                 " bytes"};
  uint64_t length;
  std::memcpy(&length, file.data.data(), lengthBytes);
  if (length > longestHeader)
    return Error{"this is not a safetensors file: its header would have " + std::to_string(length) +
                 " bytes"};
  if (length > file.data.size() - lengthBytes)
    return Error{"the file is truncated: its header has " + std::to_string(length) + " bytes but " +
                 std::to_string(file.data.size() - lengthBytes) + " are there"};
  dataOffset = lengthBytes + length;
  return parseHeader(file.data.substr(lengthBytes, length));
}

/// The value of `key` when it is a list of integers >= 0.
static bool readNumbers(const Json &object, const char *key, std::vector<int64_t> &numbers) {
  auto found = object.find(key);
  if (found == object.end() || !found->is_array())
    return false;
  for (const Json &number : *found) {
    if (!number.is_number_unsigned() || number.get<uint64_t>() > INT64_MAX)
      return false;
    numbers.push_back(number.get<int64_t>());
  }
  return true;
}

/// Fills in what one entry of the header says; `range` gets its place in the file.
static Result<StoredTensor> readEntry(const std::string &name, const Json &entry,
                                      const OwnedBytes &elements, Range &range) {
  StoredTensor tensor;
  tensor.name = name;
  std::vector<int64_t> offsets;
  if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string() ||
      !readNumbers(entry, "shape", tensor.shape) || !readNumbers(entry, "data_offsets", offsets) ||
      offsets.size() != 2)
    return tensorError(name, "its entry does not tell dtype, shape and two data_offsets");
  uint64_t present = elements.data.size();
  range.begin = static_cast<uint64_t>(offsets[0]);
  range.end = static_cast<uint64_t>(offsets[1]);
  if (range.begin > range.end)
    return tensorError(name, "it begins at byte " + std::to_string(range.begin) +
                                 " but ends at byte " + std::to_string(range.end));
  if (range.end > present)
    return tensorError(name, "the file is truncated: it ends at byte " + std::to_string(range.end) +
                                 " but the data has " + std::to_string(present));
  std::string word = entry["dtype"];
  tensor.type = typeOfWord(word);
  Result<int64_t> bytes = numBytes(tensor.type, tensor.shape);
  if (!bytes)
    return tensorError(name, bytes.error());
  if (tensor.type == StorageType::Unsupported) {
    Error error = tensorError(name, "cnnc does not read elements of type " + word);
    tensor.load = [error]() -> Result<OwnedBytes> { return error; };
    return tensor;
  }
  if (static_cast<uint64_t>(*bytes) != range.end - range.begin)
    return tensorError(name, "shape " + shapeToString(tensor.shape) + " of " + word + " takes " +
                                 std::to_string(*bytes) + " bytes but its offsets span " +
                                 std::to_string(range.end - range.begin));
  OwnedBytes own = elements.part(range.begin, range.end - range.begin);
  tensor.load = [own] { return Result<OwnedBytes>(own); };
  return tensor;
}

namespace {
struct PlacedTensor {
  StoredTensor tensor;
  Range range;
};
} // namespace

static Status checkDisjoint(const std::vector<PlacedTensor> &sorted) {
  for (size_t i = 1; i < sorted.size(); ++i) {
    const PlacedTensor &before = sorted[i - 1], &after = sorted[i];
    if (after.range.begin < before.range.end)
      return tensorError(after.tensor.name,
                         "it begins at byte " + std::to_string(after.range.begin) +
                             ", within tensor '" + before.tensor.name + "', which ends at byte " +
                             std::to_string(before.range.end));
  }
  return done();
}

Result<std::vector<StoredTensor>> readSafetensors(const std::string &, const OwnedBytes &file) {
  size_t dataOffset = 0;
  Result<Json> header = readHeader(file, dataOffset);
  if (!header)
    return Error{header.error()};
  OwnedBytes elements = file.part(dataOffset, file.data.size() - dataOffset);
  std::vector<PlacedTensor> placed;
  for (const auto &[name, entry] : header->items()) {
    if (name == "__metadata__")
      continue;
    Range range{0, 0};
    Result<StoredTensor> tensor = readEntry(name, entry, elements, range);
    if (!tensor)
      return Error{tensor.error()};
    placed.push_back({std::move(*tensor), range});
  }
  std::stable_sort(placed.begin(), placed.end(), [](const auto &a, const auto &b) {
    return std::tie(a.range.begin, a.range.end) < std::tie(b.range.begin, b.range.end);
  });
  Status disjoint = checkDisjoint(placed);
  if (!disjoint)
    return Error{disjoint.error()};
  std::vector<StoredTensor> tensors;
  for (PlacedTensor &each : placed)
    tensors.push_back(std::move(each.tensor));
  return tensors;
}

/// Length and header, padded with blanks (which JSON ignores) to a multiple of 64 bytes.
static std::string frameHeader(const Json &header) {
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text += std::string((64 - (lengthBytes + text.size()) % 64) % 64, ' ');
  uint64_t length = text.size();
  return std::string(reinterpret_cast<const char *>(&length), lengthBytes) + text;
}

Status writeSafetensors(const std::string &path, const std::vector<TensorToWrite> &tensors) {
  Json header = Json::object();
  std::vector<std::string_view> pieces(1);
  int64_t offset = 0;
  for (const TensorToWrite &tensor : tensors) {
    int64_t bytes = *numBytes(tensor.type, tensor.shape);
    assert(wordOfType(tensor.type) && "a tensor to write has a supported type");
    header[tensor.name] = {{"dtype", wordOfType(tensor.type)},
                           {"shape", tensor.shape},
                           {"data_offsets", {offset, offset + bytes}}};
    pieces.push_back({static_cast<const char *>(tensor.data), static_cast<size_t>(bytes)});
    offset += bytes;
  }
  std::string framed = frameHeader(header);
  pieces[0] = framed;
  return writeFile(path, pieces);
}

} // namespace cnnc
