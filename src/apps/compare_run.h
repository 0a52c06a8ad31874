// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

#include <string>

namespace aimc::apps {

/// How a run in a process of its own ended.
struct RunApart {
    int code = 0;        ///< exit code; what went wrong is on stderr by then
    std::string report;  ///< its report.json; empty unless the code is 0
};

/// Runs what `options` ask for in a process of its own: the SystemC kernel elaborates once per
/// process, and each run gets its own peak of memory. Ctrl-C reaches it.
/// @param options  `run` or `network`; an empty `out` leaves no files
RunApart run_apart(Options options);

/// In that process: gives the report to the one that waits for it.
void hand_over(const Options& options, const std::string& report);

}  // namespace aimc::apps
