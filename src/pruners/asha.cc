#include "sterlet/pruners/asha.h"

#include "sterlet/pruners/progress.h"
#include "sterlet/pruners/rungs.h"

namespace sterlet::pruners {

namespace {

class Asha final : public Pruner {
 public:
  explicit Asha(const AshaOptions& options) : rungs_(options.eta, options.min_steps) {}

  Decision report(const Report& report) override {
    const auto before = progress_.last_step(report.trial);
    if (!progress_.take(report)) return {};
    return rungs_.take(report, before);
  }

 private:
  Progress progress_;
  Rungs rungs_;
};

}  // namespace

std::unique_ptr<Pruner> make_asha(const AshaOptions& options) { return std::make_unique<Asha>(options); }

}  // namespace sterlet::pruners
