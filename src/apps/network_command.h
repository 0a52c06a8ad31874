// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

namespace aimc::apps {

/// `sim network`: maps a network to tiles, calibrates them, runs images, writes the results.
/// @return the exit code
int network_command(const Options& options);

}  // namespace aimc::apps
