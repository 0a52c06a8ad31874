// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/report/run_result.h"

#include <string>

namespace aimc::report {

/// The row about this quantity, or an empty one.
inline Comparison row(const RunResult& result, const std::string& quantity)
{
    for (const Comparison& c : compare_with_published(result)) {
        if (c.quantity.find(quantity) != std::string::npos) { return c; }
    }
    return {};
}

/// A plausible run of 64 vectors on the one-phase default tile; tests change the one thing they are
/// about.
inline RunResult one_phase_run()
{
    RunResult r;
    r.config_name = "hermes_256_one_phase";
    r.config_sha256 = std::string(64, 'c');
    r.workload_name = "generated";
    r.device_seed = 1;
    r.read_seed = 2;
    r.mvms = 64;
    r.config.device.model = config::DeviceModel::hermes;
    r.latency = {140, 140, 140, 140, 140.0};
    r.read_cycles = {133, 133, 133, 133, 133.0};
    r.post_cycles = {7, 7, 7, 7, 7.0};
    r.cycles_total = 8519;
    r.initiation_interval = 133.0;
    r.states = {8512, 0, 0, 0, 7};
    r.phases = 64;
    r.n_post = 7;
    r.lanes.assign(64, {0, 0});
    r.lanes[3] = {2, 5};
    LayerResult layer;
    layer.name = "layer 0";
    layer.mvms = 64;
    layer.y_lsb = 512.5;
    layer.error = {0.137, 5.25, 24.5};
    layer.post = {0.0104, 0.33, 0.75};
    layer.saturated = 2;
    layer.relu_clipped = 5;
    layer.calibration = {true, "least_squares", 2048, 272384, 1, 200, 3, 0, 0, {}, 40.5, 5.25};
    r.layers.push_back(layer);
    r.adc.curves = "synthetic";
    r.adc.events.conversions = 16384;
    r.adc.events.watched = r.adc.events.conversions;
    r.adc.events.over_range = 12;
    r.adc.events.polarity_flips = 14500;
    r.adc.gain = {0.8125, 1.0, 1.1875};
    r.energy = cost::energy_of(r.config, r.mvms, r.phases);
    r.area = cost::area_of(r.config);
    r.hardware = cost::hardware_cost(r.config);
    r.host = {1.5, 42.0, 5678.0, 2, "avx2", 31.0, "2024-05-01T12:00:00Z"};
    return r;
}

}  // namespace aimc::report
