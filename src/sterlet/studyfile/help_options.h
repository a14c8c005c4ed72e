#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sterlet::studyfile {

/// An option that a program's --help tells of, with its default.
struct HelpOption {
  std::string flag;                  ///< --lr, -b, or of Hydra the path optimizer.lr.
  bool is_assignment = false;        ///< Written flag=value, as Hydra has it; else flag and value are two words.
  std::string value;                 ///< Its default, as the help has it; empty where it tells none.
  std::vector<std::string> choices;  ///< Where the help lists them.

  bool operator==(const HelpOption&) const = default;
};

/// Reads the options that take a value out of what a program prints for --help, in its order: as argparse, click, Go's
/// flag, clap, CLI11 and GNU programs write it, or the configuration that a Hydra program shows. What it does not
/// understand it leaves out; no text is an error. Cost: linear in the text.
std::vector<HelpOption> read_help(std::string_view text);

}  // namespace sterlet::studyfile
