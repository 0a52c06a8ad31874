// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/calibrate.h"

#include <cstdint>
#include <vector>

namespace aimc::calibration {

Matrix<std::int8_t> first_rows(const Matrix<std::int8_t>& x, std::size_t n);

/// One output LSB: the percentile of these |W x| maps to the largest code. [units of W x]
double output_lsb(const config::TileConfig& config, std::vector<double> magnitudes);

}  // namespace aimc::calibration
