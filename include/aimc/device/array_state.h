// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/base/quantity.h"
#include "aimc/config/tile_config.h"

#include <cstdint>

namespace aimc::device {

/// Cell targets: G+ - G- = code / full_scale * G_max. Shape of `codes` [rows x cols].
struct CellTargets {
    Matrix<std::int16_t> codes;
    int full_scale = 127;
};

/// What programming the array took.
struct ProgrammingFacts {
    std::uint64_t pulses = 0;       ///< programming pulses over all cells
    std::uint64_t unconverged = 0;  ///< cells outside the margin after the last iteration
    std::uint64_t cycles = 0;       ///< pulses and verifying reads, word line by word line
};

/// What does not work, drawn or listed.
struct FaultFacts {
    std::uint64_t stuck_reset = 0, stuck_set = 0;  ///< devices
    std::uint64_t dead_rows = 0, dead_cols = 0;    ///< lines
};

/// What reads of the array meet, after programming and ageing. All [rows x cols].
struct Conductances {
    Matrix<double> g_pos, g_neg;          ///< mean conductance of a read        [S]
    Matrix<double> sigma_pos, sigma_neg;  ///< sd of the fresh read noise        [S]
    ProgrammingFacts programming;
    FaultFacts faults;
};

/// Programs every cell and ages it to `device.age_s`:
///
///   G_prog = max(G + sigma_prog * xi, 0)        drawn once per device pair and chip seed
///   G      = G_prog * (t / t_0)^-nu             nu = |mean + sd * xi|, fixed after programming
///   sigma  = G * Q_s(G_prog / G_max) * sqrt(ln((t + t_read) / (2 t_read)))
///
/// The frozen share of the read-noise variance is drawn once and added to G (it can be calibrated
/// out); the rest stays in sigma. Choice: Q_s at the programmed g, as the fit's code does.
/// Every random number is a function of (seed, purpose, tile, row, column, polarity).
Conductances program_array(const config::TileConfig& config, const CellTargets& targets);

/// Conductance of a full-scale weight.  [S]
Siemens g_max(const config::DeviceConfig& device);

}  // namespace aimc::device
