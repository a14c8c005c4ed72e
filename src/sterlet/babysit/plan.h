#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sterlet/base/json.h"
#include "sterlet/storage/live.h"

namespace sterlet::babysit {

/// An action that is being carried out: what it comes to and what it still waits for.
struct Plan {
  storage::CommandRecord command;          ///< As it was asked for; id 0: by Sterlet itself.
  base::Json body = base::Json::object();  ///< Of the command.
  base::Json set = base::Json::object();   ///< What is changed ...
  base::Json was = base::Json::object();   ///< ... and the values before.
  std::optional<std::int64_t> before;      ///< The checkpoint taken for it.
  std::optional<std::int64_t> target;      ///< The checkpoint to go back to.
  std::int64_t skip_steps = 0;             ///< Data to leave out after that ...
  std::int64_t skipped_steps = 0;          ///< ... and what the program says that it leaves out.
  std::optional<int> base;                 ///< Branch: of a try, the one it is compared with; else where to go back to.
  bool wants_checkpoint = false;           ///< Waits until `before` is there.
  std::string checkpoint_refusal;          ///< Why none could be taken.
  /// The program was sent a `set` or a `restore` for it: until it answers, nobody knows which branch it trains.
  bool awaits_answer = false;

  bool is_own() const { return command.id == 0; }
  bool takes_checkpoint() const { return wants_checkpoint || before.has_value(); }
  std::string note() const {
    const auto found = body.find("note");
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
  }
};

}  // namespace sterlet::babysit
