// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/budget/error_budget.h"
#include "aimc/calibration/calibrate.h"

#include <vector>

namespace aimc::budget {

/// What all variants share: made once, from the configuration as it is.
struct Experiment {
    const config::TileConfig& config;
    const config::Workload& workload;
    device::CellTargets targets;
    std::vector<Matrix<std::int8_t>> calibration_inputs;  ///< per layer [n x layer rows]
    std::vector<Matrix<std::int8_t>> inputs;              ///< per layer [n x layer rows]
    std::vector<calibration::LayerCalibration> fixed;     ///< method fixed: the words
    std::vector<double> y_lsb;                            ///< per layer
};
Experiment prepare(const config::TileConfig& config, const config::Workload& workload);

/// Brings up the variant with these sources and reads every layer's inputs. Throws
/// std::logic_error if the variant's output scale is not the experiment's.
/// @return the error of each layer; empty when stopped
std::vector<Error> run_variant(const Experiment& experiment, Switches on, const Settings& settings);

}  // namespace aimc::budget
