// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/network/layer_unit.h"

#include <vector>

namespace aimc::network {

/// Samples of all columns of a layer's blocks. [blocks][block cols]
using BlockSamples = std::vector<std::vector<calibration::ColumnSamples>>;

/// Words of a layer from what its blocks showed: one scale exponent for all, one offset per
/// output, spread over the chain with the rounding in its last word. Column targets are in output
/// LSB, so that words are, too.
LayerWords fit_words(const config::TileConfig& config, const Step& step, const LayerPlan& plan,
                     const std::vector<ColumnTarget>& targets, const BlockSamples& samples);

}  // namespace aimc::network
