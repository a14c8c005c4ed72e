#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace sterlet::base {

/// What kind of failure; decides the exit code (see exit_code).
enum class ErrorCode {
  kInvalidArgument,  ///< The caller asked for something that cannot be.
  kBadStudyFile,     ///< A study file does not say what a study needs.
  kNotFound,         ///< A name, number or file is not there.
  kConflict,         ///< Right in itself, but not in the present state.
  kUnreachable,      ///< A service or a file system that does not answer.
  kDisk,             ///< Writing or reading a file failed, or its content is damaged.
  kTimeout,          ///< A limit of time ran out.
  kInterrupted,      ///< A person or a signal ended it.
  kExhausted,        ///< Nothing more to do: the budget or the space is used up.
  kLocked,           ///< Another program holds the storage locked; nothing was changed, and the same may work later.
};

/// A failure as data. Printed as `where: what (why); next`, each part left out when empty.
struct Error {
  ErrorCode code = ErrorCode::kInvalidArgument;
  std::string where;  ///< `file:line:col`, `trial 17`, a path; empty where the message needs no place.
  std::string what;   ///< What is wrong, in the user's words, with the value found.
  std::string next;   ///< What to do about it; may be empty.

  bool operator==(const Error&) const = default;

  /// The one sentence a person reads.
  std::string message() const;
  /// The same error, with a place put before it where it has none yet.
  Error at(std::string place) const;
  /// The same error, naming what was being done.
  Error while_doing(std::string_view doing) const;
};

template <typename T, typename E>
class Result;

template <typename T>
inline constexpr bool kIsResult = false;
template <typename T, typename E>
inline constexpr bool kIsResult<Result<T, E>> = true;

/// A value, or why there is none. A result that nobody looks at does not compile without a warning: a failure is part
/// of the answer. The face of tl::expected (`has_value`, `*`, `->`, `value_or`, `error`) until the standard has its own.
template <typename T = void, typename E = Error>
class [[nodiscard]] Result final : public tl::expected<T, E> {
  using Expected = tl::expected<T, E>;

 public:
  Result() requires std::default_initializable<T> : Expected() {}
  Result(T value) : Expected(std::move(value)) {}  // NOLINT(google-explicit-constructor): `return value;`
  template <std::convertible_to<T> U>
  requires(!kIsResult<std::remove_cvref_t<U>> && !std::same_as<std::remove_cvref_t<U>, T>) Result(U&& value)
      : Expected(tl::in_place, std::forward<U>(value)) {}              // NOLINT(google-explicit-constructor)
  Result(tl::unexpected<E> failure) : Expected(std::move(failure)) {}  // NOLINT(google-explicit-constructor)
  /// A unique_ptr<Tpe> for a unique_ptr<Sampler>.
  template <std::convertible_to<T> U>
  requires(!std::same_as<U, T>) Result(Result<U, E> other)  // NOLINT(google-explicit-constructor)
      : Expected(other ? Expected(tl::in_place, std::move(*other)) : Expected(tl::unexpect, std::move(other).error())) {
  }
};

/// Done, or why not.
template <typename E>
class [[nodiscard]] Result<void, E> final : public tl::expected<void, E> {
 public:
  Result() = default;
  Result(tl::unexpected<E> failure)  // NOLINT(google-explicit-constructor)
      : tl::expected<void, E>(std::move(failure)) {}
};

/// Process exit code of an error: 1 error, 2 usage, 64 bad study file, 69 unreachable, 74 disk, 124 time, 130
/// interrupted.
int exit_code(ErrorCode code);

/// What a function that returns a Result returns instead of a value.
using Failure = tl::unexpected<Error>;

inline Failure fail(ErrorCode code, std::string what, std::string next = {}, std::string where = {}) {
  return Failure(Error{code, std::move(where), std::move(what), std::move(next)});
}
/// The same of any other kind of error: a list of faults in a study file.
template <typename E>
tl::unexpected<E> fail(E error) {
  return tl::unexpected<E>(std::move(error));
}

/// Ends the program with file, line and message: a broken promise inside our own code, never bad input.
[[noreturn]] void stop(const char* file, int line, const char* condition, const char* message);

}  // namespace sterlet::base

#define STERLET_CHECK(condition, message) \
  ((condition) ? static_cast<void>(0) : ::sterlet::base::stop(__FILE__, __LINE__, #condition, message))

#define STERLET_JOIN_INNER(a, b) a##b
#define STERLET_JOIN(a, b) STERLET_JOIN_INNER(a, b)

/// Declares `declaration` from the value of `expression`, or returns its error from the enclosing function.
#define STERLET_TRY(declaration, expression) STERLET_TRY_INNER(STERLET_JOIN(result_, __LINE__), declaration, expression)
#define STERLET_TRY_INNER(name, declaration, expression)            \
  auto name = (expression);                                         \
  if (!name) return ::tl::make_unexpected(std::move(name).error()); \
  declaration = std::move(*name)

/// Returns the error of `expression` (a Result<void>) from the enclosing function, if it has one.
#define STERLET_PASS(expression) \
  if (auto pass = (expression); !pass) return ::tl::make_unexpected(std::move(pass).error())
