#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sterlet/retest/retest.h"

namespace sterlet::retest {

/// Fills in what people are told of a verdict: `scale`, `gains` and `advice`. `settings` are all of the study's, `places`
/// those of result.trials among them.
void add_advice(RetestResult& result, const study::Study& study, std::span<const analysis::OldSetting> settings,
                std::span<const std::size_t> places);

/// Parameters along which settings have gained or lost ranks: Spearman's correlation between a coordinate and the ranks
/// gained, where its p by Student's t, times the number of parameters, is below 0.05. A sentence each.
std::vector<std::string> find_gains(const RetestResult& result, const study::Study& study,
                                    std::span<const analysis::OldSetting> settings,
                                    std::span<const std::size_t> places);

}  // namespace sterlet::retest
