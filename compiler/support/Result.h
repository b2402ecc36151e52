// A value or the reason why there is none: how cnnc's plain C++ reports what a user can get wrong.
//
// The layers that know MLIR report through its diagnostics; everything below them returns a Result.
// No exception crosses a function that returns one.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace cnnc {

/// Why something could not be done: one sentence for the user, in lower case, without a full stop.
struct Error {
  std::string message;
};

/// Either a T or an Error. Test it before use:
///
///     Result<int> width = parseWidth(text);
///     if (!width)
///       return Error{width.error()};
///     use(*width);
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : content(std::move(value)) {}
  Result(Error error) : content(std::move(error)) {}

  /// True when there is a value.
  explicit operator bool() const { return std::holds_alternative<T>(content); }

  /// The value; needs one to be there (assert).
  T &operator*() { return get(); }
  const T &operator*() const { return const_cast<Result *>(this)->get(); }
  T *operator->() { return &get(); }
  const T *operator->() const { return &**this; }

  /// The sentence of the error; needs one to be there (assert).
  const std::string &error() const {
    assert(!*this && "asked for the error of a result that holds a value");
    return std::get<Error>(content).message;
  }

private:
  T &get() {
    assert(*this && "asked for the value of a result that holds an error");
    return *std::get_if<T>(&content);
  }

  std::variant<T, Error> content;
};

/// Of an action that yields nothing: done(), or an Error.
using Status = Result<std::monostate>;
inline Status done() { return std::monostate(); }

} // namespace cnnc
