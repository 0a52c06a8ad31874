// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/calibrate.h"

#include <cstdint>
#include <vector>

namespace aimc::calibration {

Matrix<std::int8_t> first_rows(const Matrix<std::int8_t>& x, std::size_t n);

/// The percentile of these |W x| that maps to the largest code. [units of W x]
double top_magnitude(const config::TileConfig& config, std::vector<double> magnitudes);
/// One output LSB, by that. [units of W x]
double output_lsb(const config::TileConfig& config, double top_magnitude);

}  // namespace aimc::calibration
