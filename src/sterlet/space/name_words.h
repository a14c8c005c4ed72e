#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sterlet::space {

/// The words of a name, in lower case: "learning", "rate" of learning_rate, learningRate and learning-rate alike.
std::vector<std::string> words_of(std::string_view name);
/// Whether the name has these words, one after another: "weight decay" of optim.weight_decay. A number after a word of two
/// letters or more counts it, as in units2 and lr0; l1, b2 and beta1 are words of their own where they are sought so.
bool has_words(std::string_view name, std::string_view sought);
/// The same of words that are known already.
bool has_words(const std::vector<std::string>& words, std::string_view sought);

}  // namespace sterlet::space
