#pragma once

#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/error.hpp"

namespace sterlet::library {

/// A broken promise inside our code: what base::stop throws here, in place of ending the process. Nobody else sees it.
class Bug final : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// While it lives, what the rooms would tell a person on stderr in this thread is added to `remarks`.
class Listening final {
 public:
  explicit Listening(std::vector<std::string>& remarks);
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening();

 private:
  std::vector<std::string>* before_;
};

Error public_error(const base::Error& error);
Error bug_error(const std::string& what);

template <typename T>
Result<T> public_result(base::Result<T> result) {
  if (!result) return public_error(result.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result);
  }
}

/// What `call` returns, with its failure as a public one. A bug and what other libraries throw are failures, too;
/// memory that ran out is std::bad_alloc, as everywhere.
template <typename Call>
auto guarded(Call call) {
  using Answer = decltype(public_result(call()));
  try {
    return public_result(call());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& thrown) {
    return Answer(bug_error(thrown.what()));
  }
}

}  // namespace sterlet::library
