#include "sterlet/samplers/prior/old_study.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sterlet/samplers/gp/surface.h"
#include "sterlet/samplers/gp/told.h"

namespace sterlet::samplers {

class OldStudy::Process final {
 public:
  Process(const space::Space& space, const space::History& history)
      : embedding_(space), surface_(embedding_, GpSurface::Kind::kObjective) {
    const std::size_t width = space.dimensions().size();
    is_known_.assign(width, false);
    for (const space::Observation& trial : history.trials()) {
      for (std::size_t j = 0; j < width; ++j) is_known_[j] = is_known_[j] || !std::isnan(trial.point.values[j]);
    }
    space::History filled;  // With the unknown dimensions in one place, as they are when it is asked.
    std::vector<double> middle(width, 0.5);
    const space::Point anywhere = space.from_unit(middle);
    for (space::Observation trial : history.trials()) {
      for (std::size_t j = 0; j < width; ++j) {
        if (!is_known_[j]) trial.point.values[j] = anywhere.values[j];
      }
      filled.append(std::move(trial));
    }
    place_ = space.to_unit(anywhere);
    const GpTrials told = read_trials(filled, 1);
    UnitTable table(width);
    table.extend(space, filled);
    surface_.learn(table, objective_rows(filled, told, 0, 1), {}, {});
  }

  void expect(const double* units, std::size_t count, double* out) const {
    const std::vector<double> rows = placed(units, count);
    GpModel::Batch batch;
    surface_.model().predict_means(rows.data(), count, batch);
    std::copy_n(batch.mean.begin(), count, out);
  }

  void add_gradient(const double* units, std::size_t count, const double* factors, double* out) const {
    const std::vector<double> rows = placed(units, count), none(count, 0.0);
    std::vector<double> gradient(rows.size(), 0.0);
    GpModel::Batch batch;
    surface_.model().predict(rows.data(), count, batch);
    surface_.model().gradient(rows.data(), batch, factors, none.data(), gradient.data());
    for (std::size_t i = 0; i < gradient.size(); ++i) out[i] += is_known_[i % is_known_.size()] ? gradient[i] : 0;
  }

 private:
  std::vector<double> placed(const double* units, std::size_t count) const {
    std::vector<double> rows(units, units + count * is_known_.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t j = i % is_known_.size();
      if (!is_known_[j]) rows[i] = place_[j];
    }
    return rows;
  }

  GpEmbedding embedding_;
  GpSurface surface_;
  std::vector<bool> is_known_;  // A dimension.
  std::vector<double> place_;   // Of the unknown ones.
};

OldStudy::OldStudy(const space::Space& space, space::History history) : space_(space), history_(std::move(history)) {}
OldStudy::~OldStudy() = default;

const OldStudy::Process* OldStudy::process() const {
  if (is_made_) return process_.get();
  is_made_ = true;
  std::vector<double> values;
  for (const space::Observation& trial : history_.trials()) values.push_back(trial.values.front());
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.size() < kLeast || GpEmbedding(space_).groups().empty()) return nullptr;
  process_ = std::make_unique<Process>(space_, history_);
  return process_.get();
}

void OldStudy::expect(const double* units, std::size_t count, double* out) const {
  std::fill_n(out, count, 0.0);
  if (count > 0 && process() != nullptr) process()->expect(units, count, out);
}

void OldStudy::add_gradient(const double* units, std::size_t count, const double* factors, double* out) const {
  if (count > 0 && process() != nullptr) process()->add_gradient(units, count, factors, out);
}

}  // namespace sterlet::samplers
