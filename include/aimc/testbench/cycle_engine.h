// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/mvm/job.h"

#include <cstdint>
#include <string>

namespace aimc::testbench {

/// Runs jobs on the SystemC tile: a host programs weights and affine words through the registers, a
/// source streams vectors, a sink takes them, a scoreboard compares. Call it once per process, from
/// sc_main. Throws std::logic_error when the scoreboard finds a difference.
void run_cycle_engine(const config::TileConfig& config, SimdLevel simd, mvm::JobRunner& runner);

/// What a replay of ADC curves found.
struct ReplayResult {
    std::uint64_t points = 0;      ///< recorded points played, over all columns and polarities
    std::uint64_t reproduced = 0;  ///< of these, code equal to the recorded one
    std::uint64_t columns = 0;
    std::string first_difference;  ///< empty when all agree
};

/// Sweeps every ADC over the recorded points of its curve file: the host sets the test currents
/// through the registers and the counts come out of the timed tile. One-phase: both polarities.
/// Noise and mirror ratio are left out, as they are no part of a recorded curve.
ReplayResult replay_curves(const config::TileConfig& config, SimdLevel simd);

}  // namespace aimc::testbench
