// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/budget/error_budget.h"

#include "support/tiny_tile.h"

#include <vector>

namespace aimc::test {

/// A grid-exact ideal tile of 64 x 16, calibrated by least squares. One weight step times one input
/// step is 1 count; divide the gain for a coarser counter.
inline config::TileConfig budget_tile()
{
    config::TileConfig c = tiny_tile();
    c.name = "budget";
    c.rows = 64;
    c.cols = 16;
    c.nmpu.lanes = 4;
    c.nmpu.scale_exponent.reset();
    c.calibration.method = config::CalibrationMethod::least_squares;
    c.calibration.count = 256;
    c.workload.mvms = 32;
    return c;
}

/// The same with a coarse 12-bit counter and every source but faults and IR drop.
inline config::TileConfig noisy_tile()
{
    config::TileConfig c = budget_tile();
    c.device.model = config::DeviceModel::hermes;
    c.device.g_max_uS = 25.0;
    c.device.age_s = 3600.0;
    c.device.polarity_asymmetry_mean = 0.01;
    c.device.polarity_asymmetry_sd = 0.01;
    c.crossbar.g_lsb_nS = 4.0;
    c.adc.curves = config::CurveSource::parametric;
    c.adc.gain_MHz_per_uA = 35.0;
    c.adc.full_scale_uA = 94.0;
    c.adc.current_ratio.reset();
    c.adc.count_bits = 12;
    c.adc.sigma_lsb = 0.5;
    c.adc.input_offset_sd_uA = 0.02;
    return c;
}

/// All figures of a budget in a row, to compare two budgets bit by bit.
inline std::vector<double> figures(const budget::Budget& b)
{
    std::vector<double> all;
    const auto error = [&](const budget::Error& e) {
        for (const double v : {e.rel_l2, e.rmse_lsb, e.max_abs_lsb, e.current_ratio}) {
            all.push_back(v);
        }
    };
    for (const auto& l : b.layers) {
        all.push_back(l.y_lsb);
        for (const auto* e : {&l.all, &l.quantisation_only, &l.none}) { error(*e); }
        for (const auto& part : l.parts) {
            error(part.alone);
            error(part.without);
            all.push_back(part.share.value_or(-1.0));
        }
        all.push_back(l.residue.value_or(-1.0));
        all.push_back(l.interaction.value_or(-1.0));
    }
    return all;
}

inline const budget::Part& part_of(const budget::LayerBudget& l, budget::Source s)
{
    return l.parts.at(static_cast<std::size_t>(s));
}

}  // namespace aimc::test
