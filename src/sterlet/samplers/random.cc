#include "sterlet/samplers/random.h"

namespace sterlet::samplers {

namespace {

class Random final : public Sampler {
 public:
  explicit Random(const space::Space& space) : space_(space) {}

  Suggestion suggest(const space::History&, const base::StreamKey& key) const override {
    return {.point = space_.draw(key), .origin = space::Origin::kRandom};
  }

 private:
  space::Space space_;
};

}  // namespace

std::unique_ptr<Sampler> make_random(const space::Space& space) { return std::make_unique<Random>(space); }

}  // namespace sterlet::samplers
