#include "sterlet/samplers/tpe/kernel.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "sterlet/base/normal.h"
#include "sterlet/base/result.h"
#include "sterlet/samplers/tpe/score.h"

namespace sterlet::samplers {

namespace {

constexpr double kLogSqrtTwoPi = 0.91893853320467274178;
constexpr double kLogFloor = -80;
// Levels that get a column of indexes and lookup tables; with more, a wide cell's mass is computed centre by centre.
constexpr std::uint64_t kLookupLevelsMax = 1024;
// A cell is narrow below this share of the bandwidth: its mass is then the density at its middle, corrected to second
// order, with a relative error below (w/b)^4 z^4 / 1920 = 2e-6 z^4.
constexpr double kNarrowCell = 0.25;
// Pieces of the table of ln Z, on [0, 1/2]: its error at b = 0.01 is below 1e-4. More than 6 b from the edge ln Z is
// -1e-9 and taken for 0.
constexpr std::size_t kMassPieces = 128;
constexpr double kMassReach = 6;
constexpr std::size_t kMassesMax = 128, kLookupsMax = 256;  // Then the tables are made anew.
constexpr float kNothing = -1e30f;

double normal_mass(double mean, double deviation, double low, double high) {
  double from = (low - mean) / deviation, to = (high - mean) / deviation;
  if (from > 0) std::tie(from, to) = std::pair(-to, -from);  // The lower tail, where Phi keeps its digits.
  return base::normal_cdf(to) - base::normal_cdf(from);
}

}  // namespace

double log_normal_mass(double mean, double deviation, double low, double high) {
  const double mass = normal_mass(mean, deviation, low, high);
  return mass > 0 ? std::max(std::log(mass), kLogFloor) : kLogFloor;
}

ParzenTable::ParzenTable(const space::Space& space) {
  for (std::size_t i = 0; i < space.dimensions().size(); ++i) {
    const space::Parameter& parameter = space.parameters()[space.dimensions()[i].parameter];
    Column column(space.axis(i));
    column.conditional = !parameter.when.empty() || !parameter.repeat.empty();
    const auto levels = column.axis.level_count();
    column.count = levels.value_or(0);
    if (column.count == 1) {
      column.kind = ParzenKind::kFixed;
    } else if (!column.axis.ordered()) {
      column.kind = ParzenKind::kChoices;
    } else if (levels && parameter.zero == 0) {  // An extra value 0 has no cell; its share of [0, 1] is like any other.
      column.kind = ParzenKind::kLevels;
    }
    columns_.push_back(std::move(column));
  }
  terms_.resize(columns_.size());
}

std::size_t ParzenTable::padded_size() const { return padded(size_); }

std::uint64_t ParzenTable::level_of(const Column& column, double value) const {
  const double low = column.axis.level(0),
               step = (column.axis.level(column.count - 1) - low) / static_cast<double>(column.count - 1);
  return static_cast<std::uint64_t>(
      std::clamp(std::round((value - low) / step), 0.0, static_cast<double>(column.count - 1)));
}

double ParzenTable::log_factor(const Column& column, double bandwidth, double centre_unit, double centre_value,
                               double unit, double value) const {
  switch (column.kind) {
    case ParzenKind::kFixed:
      return 0;
    case ParzenKind::kChoices: {
      const auto count = static_cast<double>(column.count);
      return std::log(count * (centre_value == value ? 1 - bandwidth : bandwidth / (count - 1)));
    }
    case ParzenKind::kLevels: {
      const std::uint64_t level = level_of(column, value);
      const double begin = column.axis.cell_begin(level), end = column.axis.cell_begin(level + 1);
      return log_normal_mass(centre_unit, bandwidth, begin, end) - std::log(end - begin) -
             log_normal_mass(centre_unit, bandwidth, 0, 1);
    }
    case ParzenKind::kContinuous: {
      const double z = (unit - centre_unit) / bandwidth;
      return -0.5 * z * z - std::log(bandwidth) - kLogSqrtTwoPi - log_normal_mass(centre_unit, bandwidth, 0, 1);
    }
  }
  return 0;
}

double ParzenTable::log_kernel(const ParzenPoint& centre, const ParzenPoint& x,
                               std::span<const double> bandwidths) const {
  double sum = 0;
  for (std::size_t j = 0; j < columns_.size(); ++j) {
    if (std::isnan(centre.unit[j]) || std::isnan(x.unit[j])) continue;
    sum += log_factor(columns_[j], bandwidths[j], centre.unit[j], centre.values[j], x.unit[j], x.values[j]);
  }
  return sum;
}

std::shared_ptr<const ParzenTable::LogMass> ParzenTable::log_mass(double bandwidth) const {
  const auto found =
      std::find_if(masses_.begin(), masses_.end(), [&](const auto& table) { return table->bandwidth == bandwidth; });
  if (found != masses_.end()) return *found;
  if (masses_.size() == kMassesMax) masses_.clear();
  LogMass table{.bandwidth = bandwidth, .pieces = std::vector<Cubic>(kMassPieces)};
  const double width = 0.5 / static_cast<double>(kMassPieces);
  const auto count = std::min(kMassPieces, static_cast<std::size_t>(std::ceil(kMassReach * bandwidth / width)));
  float v0 = 0, s0 = 0;
  for (std::size_t node = 0; node <= count; ++node) {
    const double mean = static_cast<double>(node) * width;
    const double mass = normal_mass(mean, bandwidth, 0, 1);
    const double slope = (base::normal_pdf(mean / bandwidth) - base::normal_pdf((1 - mean) / bandwidth)) / bandwidth;
    const auto v1 = static_cast<float>(std::log(mass)), s1 = static_cast<float>(slope / mass * width);
    // Hermite's cubic between two nodes, Z being symmetric about 1/2.
    if (node > 0) table.pieces[node - 1] = {v0, s0, 3 * (v1 - v0) - 2 * s0 - s1, 2 * (v0 - v1) + s0 + s1};
    v0 = v1;
    s0 = s1;
  }
  return masses_.emplace_back(std::make_shared<const LogMass>(std::move(table)));
}

void ParzenTable::resize(std::size_t count) {
  for (std::size_t slot = count; slot < size_; ++slot) empty(slot);
  size_ = count;
  const std::size_t room = padded(count);
  starts_.resize(room, kNothing);
  constants_.resize(room, kNothing);
  for (Column& column : columns_) {
    if (column.kind == ParzenKind::kFixed) continue;
    column.centre.resize(room, column.kind == ParzenKind::kChoices ? -1.0f : 0.0f);
    if (column.kind == ParzenKind::kChoices) continue;
    column.piece.resize(room, 0);
    column.along.resize(room, 0.0f);
    column.constant.resize(room, 0.0f);
    if (column.conditional) column.present.resize(room, 0.0f);
    if (column.kind == ParzenKind::kLevels && column.count <= kLookupLevelsMax) {
      column.levels.resize(room, static_cast<std::uint32_t>(column.count));
    }
  }
}

void ParzenTable::find_constants(Column& column, std::size_t slot, std::size_t count) {
  const std::span<float> constants = std::span(column.constant).subspan(slot, count);
  minus_cubics(constants, column.mass->pieces.data(), column.piece.data() + slot, column.along.data() + slot,
               column.log_norm);
  if (!column.conditional) return;
  for (std::size_t i = 0; i < count; ++i) constants[i] *= column.present[slot + i];
}

void ParzenTable::sum_constants(std::size_t slot, std::size_t count) {
  const std::span<float> sums = std::span(constants_).subspan(slot, count);
  std::copy_n(starts_.data() + slot, count, sums.data());
  for (const Column& column : columns_) {
    if (!column.conditional && !column.constant.empty()) add_column(sums, column.constant.data() + slot);
  }
}

void ParzenTable::set_bandwidths(std::span<const double> bandwidths) {
  bool any = false;
  for (std::size_t j = 0; j < columns_.size(); ++j) {
    Column& column = columns_[j];
    if (column.bandwidth == bandwidths[j]) continue;
    column.bandwidth = bandwidths[j];
    if (column.kind == ParzenKind::kFixed) continue;
    if (column.kind == ParzenKind::kChoices) {
      const auto count = static_cast<double>(column.count);
      column.log_same = static_cast<float>(std::log(count * (1 - column.bandwidth)));
      column.log_other = static_cast<float>(std::log(count * column.bandwidth / (count - 1)));
      continue;
    }
    column.log_norm = static_cast<float>(std::log(column.bandwidth) + kLogSqrtTwoPi);
    column.scale = static_cast<float>(0.5 / (column.bandwidth * column.bandwidth));
    column.mass = log_mass(column.bandwidth);
    find_constants(column, 0, column.constant.size());
    any = any || !column.conditional;
  }
  if (any) sum_constants(0, constants_.size());
}

void ParzenTable::set(std::size_t slot, const ParzenPoint& centre) {
  starts_[slot] = 0;
  for (std::size_t j = 0; j < columns_.size(); ++j) {
    Column& column = columns_[j];
    if (column.kind == ParzenKind::kFixed) continue;
    const double unit = centre.unit[j];
    const bool is_absent = std::isnan(unit);
    if (column.kind == ParzenKind::kChoices) {
      column.centre[slot] = is_absent ? -1.0f : static_cast<float>(centre.values[j]);
      continue;
    }
    column.centre[slot] = is_absent ? 0.0f : static_cast<float>(unit);
    const double place = is_absent ? 0 : std::max(std::min(unit, 1 - unit), 0.0) * 2 * static_cast<double>(kMassPieces);
    column.piece[slot] = std::min(static_cast<std::int32_t>(place), static_cast<std::int32_t>(kMassPieces) - 1);
    column.along[slot] = static_cast<float>(place - static_cast<double>(column.piece[slot]));
    if (column.conditional) column.present[slot] = is_absent ? 0.0f : 1.0f;
    if (!column.levels.empty()) {
      column.levels[slot] = static_cast<std::uint32_t>(is_absent ? column.count : level_of(column, centre.values[j]));
    }
    find_constants(column, slot, 1);
  }
  sum_constants(slot, 1);
}

void ParzenTable::empty(std::size_t slot) { starts_[slot] = constants_[slot] = kNothing; }

const ParzenTable::Lookup& ParzenTable::lookup(std::size_t dimension, std::uint64_t level) const {
  const Column& column = columns_[dimension];
  const auto found = std::find_if(lookups_.begin(), lookups_.end(), [&](const Lookup& table) {
    return table.dimension == dimension && table.level == level && table.bandwidth == column.bandwidth;
  });
  if (found != lookups_.end()) return *found;
  if (lookups_.size() == kLookupsMax) lookups_.clear();
  Lookup table{.dimension = dimension, .level = level, .bandwidth = column.bandwidth};
  const double begin = column.axis.cell_begin(level), end = column.axis.cell_begin(level + 1);
  // The constant of the density is in the kernel's constants already.
  const double norm = std::log(column.bandwidth) + kLogSqrtTwoPi - std::log(end - begin);
  for (std::uint64_t k = 0; k < column.count; ++k) {
    const double centre = column.axis.unit(column.axis.level(k));
    table.by_centre.push_back(static_cast<float>(log_normal_mass(centre, column.bandwidth, begin, end) + norm));
  }
  table.by_centre.push_back(0);
  lookups_.push_back(std::move(table));
  return lookups_.back();
}

void ParzenTable::add_levels(std::size_t dimension, const ParzenPoint& x, std::span<float> out) const {
  const Column& column = columns_[dimension];
  const double b = column.bandwidth;
  const std::uint64_t level = level_of(column, x.values[dimension]);
  const double begin = column.axis.cell_begin(level), end = column.axis.cell_begin(level + 1), width = end - begin;
  if (width < kNarrowCell * b) {
    // Mass / width = phi(z) / b (1 + r (z^2 - 1)) with r = (width / b)^2 / 24, and 1 + r (z^2 - 1) ~ exp(r (z^2 - 1)).
    const double r = (width / b) * (width / b) / 24;
    const auto middle = static_cast<float>((begin + end) / 2), scale = static_cast<float>((0.5 - r) / (b * b));
    const auto minus_r = static_cast<float>(-r);
    if (column.conditional) {
      subtract_squares_where(out, column.centre.data(), column.constant.data(), column.present.data(), middle, scale);
      for (std::size_t i = 0; i < out.size(); ++i) out[i] += column.present[i] * minus_r;
    } else {
      const SquareTerm term{.centre = column.centre.data(), .x = middle, .scale = scale};
      subtract_squares(out, {&term, 1});
      for (float& value : out) value += minus_r;
    }
    return;
  }
  if (column.conditional) add_column(out, column.constant.data());
  if (!column.levels.empty()) {
    add_lookup(out, column.levels.data(), lookup(dimension, level).by_centre.data());
    return;
  }
  const double norm = std::log(b) + kLogSqrtTwoPi - std::log(width);
  for (std::size_t i = 0; i < size_; ++i) {
    if (column.conditional && column.present[i] == 0) continue;
    out[i] += static_cast<float>(log_normal_mass(static_cast<double>(column.centre[i]), b, begin, end) + norm);
  }
}

void ParzenTable::log_kernels(const ParzenPoint& x, std::span<float> out) const {
  STERLET_CHECK(out.size() == padded_size(), "room for every kernel and the padding");
  std::copy(constants_.begin(), constants_.end(), out.begin());
  std::size_t terms = 0;
  const auto subtract_terms = [&] {
    if (terms > 0) subtract_squares(out, std::span(terms_).first(terms));
    terms = 0;
  };
  for (std::size_t j = 0; j < columns_.size(); ++j) {
    const Column& column = columns_[j];
    if (column.kind == ParzenKind::kFixed || std::isnan(x.unit[j])) continue;
    const auto unit = static_cast<float>(x.unit[j]);
    if (column.kind == ParzenKind::kContinuous && !column.conditional) {
      terms_[terms++] = {.centre = column.centre.data(), .x = unit, .scale = column.scale};
      continue;
    }
    subtract_terms();
    if (column.kind == ParzenKind::kLevels) {
      add_levels(j, x, out);
    } else if (column.kind == ParzenKind::kChoices) {
      add_choice(out, column.centre.data(), static_cast<float>(x.values[j]), column.log_same, column.log_other);
    } else {
      subtract_squares_where(out, column.centre.data(), column.constant.data(), column.present.data(), unit,
                             column.scale);
    }
  }
  subtract_terms();
}

}  // namespace sterlet::samplers
