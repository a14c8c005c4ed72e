#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sterlet/api/arguments.h"
#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

/// What an operation leaves behind.
enum class Effect {
  kReads,   ///< Nothing.
  kWrites,  ///< What a loss of power may take back: a trial that was handed out is lost with it in any case.
  kLasts,   ///< What must be on the disk before the answer is given (Study::sync).
};

/// What can be asked of a study: one row for pipes, HTTP and libraries alike.
struct Operation {
  std::string_view name;
  std::string_view summary;
  Effect effect;
  std::span<const Argument> arguments;
  std::string_view example;  ///< Arguments as JSON.
  std::string_view answer;   ///< What they are answered, as JSON; `...` stands for what depends on the study.
  std::string_view note;     ///< What there is to say of the answer; may be empty.
  base::Result<base::Json> (*run)(study::Study& study, const base::Json& arguments);  ///< Arguments are checked.
};

std::span<const Operation> operations();
/// Errors: kInvalidArgument names the nearest.
base::Result<const Operation*> find_operation(std::string_view name);

/// Checks the arguments, an object, by the operation's row, then carries it out. With an error nothing was changed.
/// Errors    kInvalidArgument for an unknown, missing or wrong argument; else those of study::Study.
base::Result<base::Json> call(const Operation& operation, study::Study& study, const base::Json& arguments);

/// The operations as docs/ask-tell.md shows them.
std::string operations_page();

}  // namespace sterlet::api
