// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/affine_fit.h"
#include "aimc/calibration/calibrate.h"

#include <cstdint>
#include <vector>

namespace aimc::calibration {

/// Everything that was seen while one layer's vectors played.
struct Played {
    std::vector<ColumnSamples> columns;       ///< [layer cols]
    Matrix<std::int32_t> counts_p, counts_n;  ///< [vectors x tile cols]
    std::uint64_t cycles = 0;
};

/// @param x  [vectors x layer rows]   @param first_read  read index of x[0]
Played play(const config::TileConfig& config, const mvm::AnalogPath& path,
            const config::Layer& layer, const Matrix<std::int8_t>& x, std::uint64_t first_read);

LayerCalibration fit_layer(const config::TileConfig& config, const config::Layer& layer,
                           const Played& played);

}  // namespace aimc::calibration
