#include "sterlet/samplers/prior/steered.h"

#include <utility>

namespace sterlet::samplers {

namespace {

// A draw, as the samplers' histories see it: it moves no sequence of theirs on.
Suggestion drawn_from_prior(DrawnPoint drawn) {
  const char* by = drawn.is_of_practice ? "practice" : "prior";
  return {.point = std::move(drawn.point), .origin = space::Origin::kRandom, .note = {{"drawn", by}}};
}

class Steered final : public Sampler {
 public:
  Steered(std::unique_ptr<Sampler> sampler, const space::Space& space, const std::vector<ActivePrior>& priors)
      : sampler_(std::move(sampler)), space_(space), steering_(priors) {}

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    if (auto probe = steering_.probe(space_, history, key)) return drawn_from_prior({.point = std::move(*probe)});
    if (auto drawn = draw_steered(steering_, space_, history, key)) return std::move(*drawn);
    return sampler_->suggest(history, key);
  }

 private:
  std::unique_ptr<Sampler> sampler_;
  space::Space space_;
  Steering steering_;
};

class Probing final : public Sampler {
 public:
  Probing(std::unique_ptr<Sampler> sampler, const space::Space& space, const std::vector<ActivePrior>& priors)
      : sampler_(std::move(sampler)), space_(space), steering_(priors) {}

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    if (auto probe = steering_.probe(space_, history, key)) return drawn_from_prior({.point = std::move(*probe)});
    return sampler_->suggest(history, key);
  }

 private:
  std::unique_ptr<Sampler> sampler_;
  space::Space space_;
  Steering steering_;
};

}  // namespace

std::unique_ptr<Sampler> make_probing(std::unique_ptr<Sampler> sampler, const space::Space& space,
                                      const std::vector<ActivePrior>& priors) {
  return std::make_unique<Probing>(std::move(sampler), space, priors);
}

std::unique_ptr<Sampler> make_steered(std::unique_ptr<Sampler> sampler, const space::Space& space,
                                      const std::vector<ActivePrior>& priors) {
  return std::make_unique<Steered>(std::move(sampler), space, priors);
}

std::optional<Suggestion> draw_steered(const Steering& steering, const space::Space& space,
                                       const space::History& history, const base::StreamKey& key) {
  auto drawn = steering.draw(space, history, key);
  if (!drawn) return std::nullopt;
  return drawn_from_prior(std::move(*drawn));
}

}  // namespace sterlet::samplers
