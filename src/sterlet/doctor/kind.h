#pragma once

#include <span>
#include <string>
#include <vector>

namespace sterlet::doctor {

/// What kind of model a study tunes, as far as can be told: what a tag "kind:NAME" of the study says, else the program
/// that its command starts: "train_cnn.py" of [python3, -u, train_cnn.py, ...], "sterlet-train mlp" of [sterlet-train,
/// mlp, ...], "project.train" of [python3, -m, project.train, ...]. Empty where neither tells.
std::string kind_of(const std::vector<std::string>& tags, std::span<const std::string> command);

}  // namespace sterlet::doctor
