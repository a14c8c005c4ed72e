#pragma once

#include "sterlet/study/study.h"

namespace sterlet::api {

/// Answers the lines of the ask/tell stream (docs/ask-tell.md) that come from one file descriptor, each with one line
/// on another, until they end. An error is {"error":"line 42: ..."} and changes nothing. Lines that came together share
/// a wait for the disk, at most 10 ms of them: no answer to a tell, add or enqueue leaves before the disk has it.
/// Errors    kDisk, kUnreachable (nobody reads the answers).
base::Result<void> answer_lines(study::Study& study, int in, int out);

}  // namespace sterlet::api
