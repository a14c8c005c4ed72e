#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace sterlet::trainer {

/// A failure as the one sentence a person reads: `where: what is wrong (what was found); what to do`.
struct Error {
  std::string sentence;
};

/// Tells a person one sentence. Where nobody can read it (a full disk, a closed pipe) the training goes on.
inline void say(const std::string& sentence) { std::fputs(("sterlet-train: " + sentence + "\n").c_str(), stderr); }

/// A value, or why there is none. The trainer's own, so that it builds alone, without the tuner.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(std::move(error)) {}
  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  T* operator->() { return &*value_; }
  const Error& error() const { return error_; }

 private:
  std::optional<T> value_;
  Error error_;
};

}  // namespace sterlet::trainer
