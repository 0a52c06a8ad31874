// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/workload.h"
#include "aimc/mvm/analog_path.h"
#include "aimc/mvm/post.h"

namespace aimc::bench {

/// What is simulated: a shipped configuration with one thing changed.
enum class Case {
    ideal,               ///< ideal_256: no noise, ideal curve
    charge_noise,        ///< the HERMES-like tile with adc.integration charge and the ideal curve
    curves_noise,        ///< the same time-resolved, with hermes_like_256 curves: as shipped
    ldpu,                ///< the same with the FP16 unit
    charge_curves,       ///< curves_noise by charge: what a network runs on
    charge_curves_ldpu,  ///< the same with the FP16 unit
};
const char* to_string(Case which);

/// A programmed and calibrated tile, ready to read.
struct Setup {
    config::TileConfig config;
    config::Workload workload;  ///< its inputs are one job of a measurement
    device::CellTargets targets;
    mvm::Chip chip;
    mvm::PostWords words;
};

/// Made at first use and kept. Throws what the reader and the calibration throw.
const Setup& setup(Case which, config::ReadMode mode);

}  // namespace aimc::bench
