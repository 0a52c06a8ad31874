// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/chip_file.h"

#include "json_fields.h"

// The part that affine tables and frozen chips have in common.
namespace aimc::calibration {

/// What the words of a file hold for. Another read mode or format makes other words of them.
Json words_made_for(const config::TileConfig& config);
/// Current ratio and layers.
Json affine_body(const std::vector<LayerCalibration>& layers, double current_ratio);
/// One table row a line keeps the file readable and its diffs small.
std::string pretty(const Json& json);
AffineFile affine_from(const Fields& f, const config::TileConfig& config,
                       const config::Workload& workload);
void check_format(const Fields& f, const char* expected, const Json& made_for);

}  // namespace aimc::calibration
