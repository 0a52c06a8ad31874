// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/report/run_result.h"

#include <cstddef>
#include <cstdint>
#include <optional>

/// Figures that follow from a RunResult by arithmetic; report.json and report.txt share them.
namespace aimc::report {

inline double clock_ghz(const RunResult& r) { return 1000.0 / static_cast<double>(r.t_clk_ps); }

/// Multiplications and additions of one MVM. [-]
inline double n_operations(const config::TileConfig& c)
{
    return 2.0 * static_cast<double>(c.rows) * static_cast<double>(c.cols);
}

/// Throughput when a vector starts every `cycles`. [TOPS]
inline double tops_at(const RunResult& r, double cycles)
{
    return n_operations(r.config) * clock_ghz(r) * 1e9 / cycles / 1e12;
}

/// Rows for a tile of kind digital_cim: the array of fritchman21.
void add_digital(const RunResult& r, std::vector<Comparison>& rows);

/// None for a single vector: it has no interval.
inline std::optional<double> tops(const RunResult& r)
{
    if (r.initiation_interval <= 0.0) { return std::nullopt; }
    return tops_at(r, r.initiation_interval);
}

inline std::optional<double> mvm_per_s(const RunResult& r)
{
    if (r.initiation_interval <= 0.0) { return std::nullopt; }
    return clock_ghz(r) * 1e9 / r.initiation_interval;
}

/// Sum over the lanes, or over the layers when the unit has no counters per lane.
/// @param which  0: saturated, 1: changed by the activation
inline std::uint64_t lane_sum(const RunResult& r, std::size_t which)
{
    std::uint64_t sum = 0;
    for (const auto& lane : r.lanes) { sum += lane[which]; }
    if (!r.lanes.empty()) { return sum; }
    for (const auto& layer : r.layers) { sum += which == 0 ? layer.saturated : layer.relu_clipped; }
    return sum;
}

/// The layer with the largest MVM error; it stands for the run.
inline const LayerResult* worst_layer(const RunResult& r)
{
    const LayerResult* worst = nullptr;
    for (const auto& layer : r.layers) {
        if (worst == nullptr || layer.error.rel_l2 > worst->error.rel_l2) { worst = &layer; }
    }
    return worst;
}

}  // namespace aimc::report
