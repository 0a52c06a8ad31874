// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

namespace aimc::apps {

/// `sim compare`: the same workload on several tiles, one after the other, each as `sim run` (or
/// `sim network`) would run it; one table. @return the exit code
int compare_command(const Options& options);

}  // namespace aimc::apps
