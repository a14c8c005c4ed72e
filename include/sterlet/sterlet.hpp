#pragma once

// Sterlet as a library: a program tunes a function of its own, in its own process (docs/cpp.md).
//
//   sterlet::Space space;
//   space.add_float("x", -1, 1);
//   auto study = sterlet::Study::open(space, {.trials = 50});   // C++20; in C++17, set the fields of a StudyOptions
//   while (const auto trial = study->ask()) {
//     const double x = *trial->params.number("x");
//     study->tell(trial->number, x * x).value();
//   }
//   std::cout << study->best()->values.front() << "\n";
//
// C++17, the standard library's types alone. It lives beside <sterlet.hpp>, the client of a program that the command line
// tunes: a program may include both.

#include "sterlet/error.hpp"
#include "sterlet/params.hpp"
#include "sterlet/sampler.hpp"
#include "sterlet/space.hpp"
#include "sterlet/study.hpp"

namespace sterlet {

/// "0.1.0".
const char* version() noexcept;

}  // namespace sterlet
