#include "compiler/frontend/onnx/SymbolicSizes.h"
#include "compiler/support/Spelling.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace cnnc::onnximport {

std::string toIdentifier(const std::string &name, const std::string &prefix) {
  std::string result = name.empty() || !llvm::isAlpha(name.front()) ? prefix : "";
  for (char c : name)
    result += llvm::isAlnum(c) || c == '_' ? c : '_';
  return result;
}

static std::string sizeIdentifier(const std::string &name) { return toIdentifier(name, "d_"); }

/// What `entries` says of a size under one of its names.
template <typename T>
static const T *find(const std::map<std::string, T> &entries, ArrayRef<std::string> names) {
  for (const std::string &name : names)
    if (auto it = entries.find(name); it != entries.end())
      return &it->second;
  return nullptr;
}

static Status checkSize(const std::string &name, int64_t size) {
  if (size >= 1 && size <= std::numeric_limits<int32_t>::max())
    return done();
  return Error{"the size '" + name + "' must be between 1 and 2147483647 but is " +
               std::to_string(size)};
}

std::string SymbolicSizes::uniqueIdentifier(const std::string &name) {
  std::string &identifier = identifiers[name];
  if (!identifier.empty())
    return identifier;
  auto isTaken = [&](const std::string &candidate) {
    return llvm::any_of(identifiers, [&](const auto &entry) { return entry.second == candidate; });
  };
  std::string wanted = sizeIdentifier(name), candidate = wanted;
  for (int i = 2; isTaken(candidate); ++i)
    candidate = wanted + "_" + std::to_string(i);
  return identifier = candidate;
}

Result<Size> SymbolicSizes::namedSize(const std::string &nameInFile, bool isBatch) {
  constexpr int64_t typicalExtent = 224;
  std::vector<std::string> names = {nameInFile};
  if (const std::string *renamed = find(options.renames, {nameInFile, sizeIdentifier(nameInFile)}))
    names.push_back(*renamed);
  names.push_back(uniqueIdentifier(names.back()));
  llvm::append_range(seen, names);
  const std::string &name = names.back();
  if (const int64_t *fixed = find(options.sizes, names)) {
    if (Status status = checkSize(name, *fixed); !status)
      return Error{status.error()};
    return getAffineConstantExpr(*fixed, context);
  }
  size_t symbol = llvm::find(symbols, name) - symbols.begin();
  if (symbol == symbols.size()) {
    const int64_t *typical = find(options.typical, names);
    symbols.push_back(name);
    typicalSizes.push_back(typical ? *typical : isBatch ? options.typicalBatch : typicalExtent);
    if (Status status = checkSize(name, typicalSizes.back()); !status)
      return Error{status.error()};
  }
  return getAffineSymbolExpr(symbol, context);
}

Result<Size> SymbolicSizes::sizeOf(const onnx::TensorShapeProto::Dimension &dim,
                                   const std::string &input, int64_t index) {
  if (dim.has_dim_value()) {
    std::string name = "dim " + std::to_string(index) + " of input '" + input + "'";
    if (dim.dim_value() >= 1 && dim.dim_value() <= std::numeric_limits<int32_t>::max())
      return getAffineConstantExpr(dim.dim_value(), context);
    return Error{name + " is " + std::to_string(dim.dim_value()) +
                 ", but a size must be between 1 and 2147483647, or have a name"};
  }
  std::string name = dim.dim_param();
  if (name.empty())
    name = input + "_d" + std::to_string(index);
  return namedSize(name, index == 0);
}

template <typename T>
static Status checkNames(const std::map<std::string, T> &entries,
                         const std::vector<std::string> &names) {
  for (const auto &[name, value] : entries)
    if (!llvm::is_contained(names, name))
      return Error{"the model has no symbolic size '" + name + "'" + suggestion(name, names)};
  return done();
}

Status SymbolicSizes::checkOptions() const {
  std::vector<std::string> names;
  for (const std::string &name : seen)
    if (!llvm::is_contained(names, name))
      names.push_back(name);
  for (Status status : {checkNames(options.sizes, names), checkNames(options.typical, names),
                        checkNames(options.renames, names)})
    if (!status)
      return status;
  return done();
}

} // namespace cnnc::onnximport
