// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/affine_fit.h"
#include "aimc/calibration/calibrate.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aimc::calibration {

/// Everything that was seen while one layer's vectors played.
struct Played {
    std::vector<ColumnSamples> columns;       ///< [layer cols]
    Matrix<std::int32_t> counts_p, counts_n;  ///< [vectors x tile cols]
    std::vector<int> phases;                  ///< [vectors] of each read
};

/// @param x  [vectors x layer rows]   @param first_read  read index of x[0]
/// @param nominal  [layer cols] nominal_counts()
Played play(const config::TileConfig& config, const mvm::ReadPath& path, const config::Layer& layer,
            const Matrix<std::int8_t>& x, std::uint64_t first_read,
            const std::vector<double>& nominal, const Stop& stop = {});

/// What a play depends on beside the analog half of the tile.
std::string key_of_play(const mvm::Chip& chip, const config::Layer& layer,
                        const Matrix<std::int8_t>& x, std::uint64_t first_read);
std::size_t bytes_of_play(const Played& played);

/// @param memory, key  where fits of the same play may be found; nullptr: nowhere
LayerCalibration fit_layer(const config::TileConfig& config, const config::Layer& layer,
                           const Played& played, const mvm::ReadMemory* memory = nullptr,
                           const std::string& key = "");

}  // namespace aimc::calibration
