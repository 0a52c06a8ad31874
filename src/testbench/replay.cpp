// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/error.h"
#include "aimc/config/curve_file.h"
#include "aimc/crossbar/grid_array.h"
#include "aimc/testbench/cycle_engine.h"

#include "bench.h"

#include <algorithm>
#include <cmath>

namespace aimc::testbench {
namespace {

constexpr double largest_current = 2147483646.0;  ///< as the curve table cuts it [current grid]

/// One sweep position: the recorded point of every column, where it has that many.
struct Step {
    int sign;           ///< +1 or -1: polarity of the test current
    std::size_t point;  ///< index into the recorded points
};

const std::vector<config::CurvePoint>& points_of(const config::ColumnCurves& column, int sign)
{
    return sign > 0 ? column.pos : column.neg;
}

}  // namespace

ReplayResult replay_curves(const config::TileConfig& original, SimdLevel simd)
{
    config::TileConfig config = original;
    config.adc.sigma_lsb = 0.0;
    config.adc.current_ratio = 1.0;
    config.adc.count_bits = 24;
    config.adc.input_offset_sd_uA = 0.0;
    config.adc.rounding = config::Rounding::floor;
    // A recorded point is one conversion. Of the four phases only PP is left: the others would add
    // the free-running counts of their empty windows.
    config.read.skip_empty_phases = true;
    const auto file = config::load_curve_file(config.adc.curve_file, config.adc.non_monotone);
    const double i_lsb = crossbar::current_lsb_uA(config.crossbar);
    const double uA = file.full_scale_current_uA / file.full_scale;
    const bool one_phase = config.read.mode == config::ReadMode::one_phase;
    // A window that differs from the recorded one scales the codes.
    const double window = config.read.n_window * static_cast<double>(config.t_clk_ps) * 1e-3;
    const double per_code = window / file.t_window_ns;

    std::vector<Step> steps;
    for (const int sign : one_phase ? std::vector<int>{1, -1} : std::vector<int>{1}) {
        std::size_t most = 0;
        for (const auto& c : file.columns) { most = std::max(most, points_of(c, sign).size()); }
        for (std::size_t p = 0; p < most; ++p) { steps.push_back({sign, p}); }
    }

    ReplayResult result;
    result.columns = config.cols;
    // fewer curves than columns: they repeat, as in the tile
    const auto recorded = [&](std::size_t c) -> const config::ColumnCurves& {
        return file.columns[c % file.columns.size()];
    };
    // What is wrong with the curves must be said outside the kernel's processes.
    converters::to_table(converters::make_curves(config, 0.0), i_lsb,
                         config.adc.current_ratio.value_or(1.0));
    Bench bench("bench", config, simd);
    bench.program = [&] {
        tile::Controller& controller = bench.tile.controller();
        mvm::PostWords words;
        words.nmpu.resize(config.cols);
        bench.host.set_mode(words, true);
        mvm::Job job;
        job.inputs = Matrix<std::int8_t>(1, config.rows);
        sc_core::sc_event out{"out"};
        mvm::MvmValues got;
        controller.set_observer([&](const tile::MvmToken& token) {
            got = token.record.values;
            out.notify(sc_core::SC_ZERO_TIME);
        });
        for (const Step& step : steps) {
            std::vector<std::int32_t> currents(config.cols, 0);
            for (std::size_t c = 0; c < result.columns; ++c) {
                const auto& points = points_of(recorded(c), step.sign);
                const auto& point = points[std::min(step.point, points.size() - 1)];
                const double position = std::floor(point.input * uA / i_lsb + 0.5);
                currents[c] =
                    step.sign * static_cast<std::int32_t>(std::min(position, largest_current));
            }
            bench.host.set_test_currents(currents);
            to_edge(bench.edges);
            bench.sink.start({}, bench.edges.now(), {});
            bench.source.start(job, [] { return false; });
            sc_core::wait(out);
            for (std::size_t c = 0; c < result.columns; ++c) {
                const auto& points = points_of(recorded(c), step.sign);
                // A zero current belongs to the positive curve.
                if (step.point >= points.size() || (step.sign < 0 && currents[c] == 0)) {
                    continue;
                }
                const auto expected = static_cast<std::int32_t>(
                    std::floor(points[step.point].code * per_code + 1e-3));
                const std::int32_t count = step.sign > 0 ? got.c_p[c] : got.c_n[c];
                ++result.points;
                if (count == expected) {
                    ++result.reproduced;
                } else if (result.first_difference.empty()) {
                    result.first_difference =
                        "column " + std::to_string(c) + (step.sign > 0 ? " pos" : " neg") +
                        ", point " + std::to_string(step.point) + ": recorded " +
                        std::to_string(expected) + ", got " + std::to_string(count);
                }
            }
        }
    };
    run_bench(bench);
    return result;
}

}  // namespace aimc::testbench
