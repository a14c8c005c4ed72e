#include "sterlet/samplers/tpe/memo.h"

#include <algorithm>

namespace sterlet::samplers {

namespace {

// A fixed random number of a trial: those with the lowest are a random choice that changes little as trials come
// (reservoir sampling).
std::uint64_t priority_of(std::uint32_t number) {
  std::uint64_t mixed = (number + 1) * 0x9E3779B97F4A7C15;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
  return mixed ^ (mixed >> 31);
}

}  // namespace

TpeMemo::TpeMemo(const space::Space& space)
    : units_(space.dimensions().size()), niches_(space), kernels_{Kernels(space), Kernels(space)} {}

void TpeMemo::follow(const space::Space& space, const space::History& history) {
  const HistoryCursor::Step step = cursor_.advance(history);
  if (step.restart) clear();
  units_.extend(space, history);
  ranking_.update(history, step.changed);
  slots_.resize(history.size(), kTpeNone);
  for (; older_seen_ + kTpeNewest < history.size(); ++older_seen_) choose_older(older_seen_);
}

void TpeMemo::place_newest(std::size_t trials) {
  for (std::size_t number = trials - std::min(trials, kTpeNewest); number < trials; ++number) {
    slots_[number] = static_cast<std::uint32_t>(number % kTpeNewest);
  }
}

void TpeMemo::clear() {
  units_.clear();
  niches_.clear();
  ranking_.clear();
  older_.clear();
  priorities_.clear();
  slots_.clear();
  older_seen_ = 0;
  for (Kernels& kernels : kernels_) {
    kernels.held.clear();
    kernels.table.resize(0);
  }
}

// Trials that are no longer among the newest come here one by one, so that which trial lies where depends only on how
// many there are. Once the places are taken, a trial of a lower priority number takes the place of the one with the
// highest.
void TpeMemo::choose_older(std::uint32_t number) {
  const auto before = [](std::uint32_t a, std::uint32_t b) { return priority_of(a) < priority_of(b); };
  slots_[number] = kTpeNone;
  std::size_t place = older_.size();
  if (place < kTpeOlderMax) {
    older_.push_back(number);
  } else {
    if (!before(number, priorities_.front())) return;
    std::pop_heap(priorities_.begin(), priorities_.end(), before);
    place = slots_[priorities_.back()] - kTpeNewest;
    slots_[priorities_.back()] = kTpeNone;
    priorities_.pop_back();
    older_[place] = number;
  }
  slots_[number] = static_cast<std::uint32_t>(kTpeNewest + place);
  priorities_.push_back(number);
  std::push_heap(priorities_.begin(), priorities_.end(), before);
}

}  // namespace sterlet::samplers
