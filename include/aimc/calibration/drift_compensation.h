// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/calibrate.h"

#include <cstdint>
#include <vector>

/// Conductances fall with time, nearly alike in all columns: a factor on scale and offset brings
/// the output back without programming or calibrating anew.
namespace aimc::calibration {

/// What the probe vectors of every layer read like through the tile and its words.
struct Readout {
    /// [layers][layer cols] mean magnitude of the corrected output [LSB]
    std::vector<std::vector<double>> mean;
    std::uint64_t vectors = 0;  ///< played
    std::uint64_t cycles = 0;   ///< what playing them takes on this tile
};

/// Plays each layer's probes. Calibration reads, numbered from `first_read`.
Readout read_probes(const config::TileConfig& config, const mvm::ReadPath& path,
                    const config::Workload& workload, const std::vector<LayerCalibration>& layers,
                    std::uint64_t first_read);

/// alpha = value then / value now: one per column, or the same for all (global: values are means
/// over the whole tile). Source: aihwkit, GlobalDriftCompensation and PerColumnDriftCompensation;
/// values below 1e-4 are held there as in that code. Choice: probes are dense calibration vectors
/// (one-hot ones, as there, are lost in the converter's resolution).
/// @return [layers][layer cols]
std::vector<std::vector<double>> compensation_factors(config::Compensation kind,
                                                      const Readout& then, const Readout& now);

/// The words of a layer with scale and offset times alpha, in their formats.
/// Choice: the offset goes with the scale, for it stems from the converter; what a folded batch
/// norm added to it stays. Where the calibration chose the scale exponent, it rises when more
/// than 2 % of the columns would no longer fit.
/// @param factors  [layer cols]
/// @param clipped  + 1 for every scale or offset that no longer fits
mvm::PostWords compensated(const config::TileConfig& config, const config::Layer& layer,
                           double y_lsb, const mvm::PostWords& words,
                           const std::vector<double>& factors, std::uint64_t& clipped);

}  // namespace aimc::calibration
