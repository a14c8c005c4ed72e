#include "sterlet/study/strategies/parallel.h"

namespace sterlet::study {

namespace {

class Parallel final : public Strategy {
 public:
  explicit Parallel(const Parts& parts) : claims_(parts.claims) {}

  base::Result<std::optional<Claim>> next(Pause& pause) override {
    return claims_.next(pause, [this](std::int64_t number) { return claims_.next_point(number); });
  }

 private:
  Claims& claims_;
};

}  // namespace

base::Result<std::unique_ptr<Strategy>> make_parallel(const Parts& parts) { return std::make_unique<Parallel>(parts); }

}  // namespace sterlet::study
