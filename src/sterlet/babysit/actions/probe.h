#pragma once

#include <memory>
#include <string_view>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

inline constexpr std::string_view kProbeKind = "probe";

/// Sends the program back to a checkpoint of a few reports ago, with nothing changed: whether it can go back is seen
/// before anybody relies on it. What it reported since then it reports again. In the body: "checkpoint", by number.
std::unique_ptr<const Action> make_probe();

}  // namespace sterlet::babysit
