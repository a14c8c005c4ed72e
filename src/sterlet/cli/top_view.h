#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sterlet/cli/keyboard.h"
#include "sterlet/cli/study_lines.h"

namespace sterlet::cli {

/// What `sterlet top` shows and how keys change it: a list of trials, one of them chosen, or that one in full. Pure: it
/// reads no storage and does nothing to a trial, but says what is wanted.
class TopView final {
 public:
  enum class Order { kNumber, kValue, kTime };
  /// What a key asks for that is done outside. Of the chosen trial, but kQuit.
  enum class Wanted { kNothing, kQuit, kOpen, kStop, kPrune, kHold };

  Wanted press(const Key& key, const study::Study& study);

  /// The list's screen, or with `card` (lines of the chosen trial in full) that one's.
  std::vector<Line> lines(const study::Study& study, const base::Clock& clock, const Room& room, const Crew& crew,
                          const Curves& curves, const std::vector<std::string>& card);

  /// The trial that is chosen; -1 where there is none.
  std::int64_t chosen() const { return chosen_; }
  bool is_open() const { return is_open_; }
  /// A sentence at the foot of the screen until the next key.
  void say(std::string sentence) { said_ = std::move(sentence); }

  /// The trials that pass the filter, in their order: those that run first where it is by number.
  std::vector<std::int64_t> listed(const study::Study& study) const;

 private:
  Wanted press_while_filtering(const Key& key);
  Wanted press_to_confirm(const Key& key);
  void move(std::int64_t by, const study::Study& study);
  std::string keys_text() const;
  Line row(const study::Study& study, const base::Clock& clock, const Curves& curves, std::int64_t trial,
           std::size_t columns) const;

  // What a trial was looked through for a filter, in the state that it had then.
  struct Words {
    storage::State state = storage::State::kWaiting;
    std::string text;
  };
  bool passes(const study::Study& study, std::int64_t trial, const std::string& wanted) const;

  mutable std::map<std::int64_t, Words> words_;
  Order order_ = Order::kNumber;
  std::string filter_;
  bool is_filtering_ = false;  // The filter is being typed.
  std::int64_t chosen_ = -1;
  bool is_open_ = false;
  Wanted unconfirmed_ = Wanted::kNothing;
  std::string said_;
  std::size_t first_ = 0;  // Row of the list, or of the card, that is on top.
  std::size_t page_ = 10;  // Rows that had room.
};

}  // namespace sterlet::cli
