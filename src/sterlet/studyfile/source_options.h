#pragma once

#include <string_view>
#include <vector>

#include "sterlet/studyfile/help_options.h"

namespace sterlet::studyfile {

/// The options with a default that a program's source declares, in its order: "--lr" in quotes, and in the same call
/// default=0.1 and, where they are listed, choices=["sgd", "adam"], as argparse, click, typer and R's optparse have it. A
/// program's help often tells an option without its default. What it does not understand it leaves out. Cost: linear in
/// the source.
std::vector<HelpOption> read_source(std::string_view source);

}  // namespace sterlet::studyfile
