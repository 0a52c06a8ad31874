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

/// What programming the array took. Choice: the cells of one word line and polarity are pulsed and
/// verified in parallel, so each word line and polarity takes as long as its slowest cell.
struct ProgrammingFacts {
    std::uint64_t pulses = 0;  ///< programming pulses, one per polarity of a cell; 0: not known
    std::uint64_t unconverged =
        0;  ///< cells with a polarity outside the margin after the last pulse
    /// Pulses and verifying reads, word line by word line. Statistical programming: an upper bound,
    /// max_iterations for every word line and polarity; 0 for the ideal device.  [cycles]
    std::uint64_t cycles = 0;
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
    ProgrammingFacts programming{};
    FaultFacts faults{};
};

/// Programs every cell and ages it to `device.age_s`:
///
///   G_prog = max(G + sigma_prog * xi, 0)        drawn once per device pair and chip seed
///   G      = G_prog * (t / t_0)^-nu             nu = |mean + sd * xi|, fixed after programming
///   sigma  = G * Q_s(G_prog / G_max) * sqrt(ln((t + t_read) / (2 t_read)))
///
/// The frozen share of the read-noise variance is drawn once and added to G (it can be calibrated
/// out); the rest stays in sigma. Verifying reads see the whole variance fresh (Choice: pulses lie
/// between them). Choice: Q_s at the programmed g, as the fits' code does; the exponent's
/// statistics at the target, as there, or at the programmed g (device.drift_exponent_at). Every
/// random number is a function of (seed, purpose, tile, row, column, polarity): at another age the
/// same call gives the same array, only older.
///
/// `device.programming` write_verify pulses each cell until a read at t_0 counts within the margin
/// of what its target would count, at most max_iterations times; the last pulse stays. Choice: each
/// pulse is a fresh draw around the target with pulse_sd * sigma_prog (no single-pulse statistics
/// were found). The fits' spread is already that of verified devices at t_0, so verifying on top of
/// it is optimistic.
///
/// `device.faults`: of n devices per polarity the stuck ones stay at 0 or at
/// set_ratio * G_max / n, and the others carry their 1/n of the target; see FaultFacts. Cells of a
/// dead row or column are 0, and count 0 when they are verified.
///
/// Throws InputError for a device table or fault list that is wrong, ConfigError for a table that
/// does not fit the configuration.
Conductances program_array(const config::TileConfig& config, const CellTargets& targets);

/// Conductance of a full-scale weight, all devices of one polarity; reads the table if there is
/// one, with the same errors.  [S]
Siemens g_max(const config::DeviceConfig& device);

}  // namespace aimc::device
