#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sterlet {

/// What kind of failure.
enum class ErrorCode {
  kNone,             ///< There is none.
  kInvalidArgument,  ///< The caller asked for something that cannot be.
  kBadStudyFile,     ///< A study does not say what a study needs, or says something else than the stored one.
  kNotFound,         ///< A name, number or file is not there.
  kConflict,         ///< Right in itself, but not in the present state.
  kUnreachable,      ///< A service or a file system that does not answer.
  kDisk,             ///< Writing or reading a file failed, or its content is damaged.
  kTimeout,          ///< A limit of time ran out.
  kInterrupted,      ///< A person or a signal ended it.
  kExhausted,        ///< Nothing more to do: the budget or the space is used up.
  kLocked,           ///< Another program holds the storage locked; nothing was changed, and the same may work later.
  kBug,              ///< A promise inside Sterlet is broken. The object that says so is of no further use.
};
/// "invalid argument", "bad study file", and so on.
std::string_view text_of(ErrorCode code) noexcept;

/// A failure as data.
struct Error {
  ErrorCode code = ErrorCode::kNone;
  std::string message;  ///< One sentence: where, what is wrong and what was found, what to do.
};

/// What is thrown to whoever takes the value of a Result that has none.
class Failure final : public std::runtime_error {
 public:
  explicit Failure(Error error)
      : std::runtime_error(error.message), error_(std::make_shared<const Error>(std::move(error))) {}
  const Error& error() const noexcept { return *error_; }

 private:
  std::shared_ptr<const Error> error_;  // Shared, so that a copy of an exception throws nothing.
};

/// A value, or why there is none. Whoever takes a value that is not there gets it thrown as a Failure: `*study.best()`
/// is right in a program that catches, and `if (auto best = study.best())` in one that does not.
template <typename T>
class [[nodiscard]] Result final {
 public:
  Result(T value) : value_(std::move(value)) {}      // NOLINT(google-explicit-constructor): `return value;`
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return value_.has_value(); }
  T& value() & { return check(), *value_; }
  const T& value() const& { return check(), *value_; }
  T&& value() && { return check(), *std::move(value_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T value_or(T otherwise) const& { return value_ ? *value_ : std::move(otherwise); }
  /// Of a result with a value: kNone, without a message.
  const Error& error() const noexcept { return error_; }

 private:
  void check() const {
    if (!value_) throw Failure(error_);
  }

  std::optional<T> value_;
  Error error_;
};

/// Done, or why not.
template <>
class [[nodiscard]] Result<void> final {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const noexcept { return error_.code == ErrorCode::kNone; }
  explicit operator bool() const noexcept { return has_value(); }
  /// Throws the Failure, if there is one.
  void value() const {
    if (!has_value()) throw Failure(error_);
  }
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

}  // namespace sterlet
