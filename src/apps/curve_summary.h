// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/read_path.h"
#include "aimc/report/run_result.h"

namespace aimc::apps {

/// Static metrics of a chip's transfer curves, over columns, for the report.
void summarise_curves(const config::TileConfig& config, const mvm::Chip& chip,
                      report::AdcFacts& facts);

}  // namespace aimc::apps
