// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/row.h"

#include "aimc/cost/hardware.h"

#include "figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aimc::report {
namespace {

constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
constexpr auto lower = Better::lower;
constexpr auto higher = Better::higher;
constexpr auto neither = Better::neither;

double of(const std::optional<double>& value) { return value.value_or(no_value); }
double of(std::uint64_t value) { return static_cast<double>(value); }

MvmError mvm_of(const RunResult& r)
{
    const LayerResult* worst = worst_layer(r);
    return worst != nullptr ? worst->error : MvmError{no_value, no_value, no_value};
}

MvmError post_of(const RunResult& r)
{
    const LayerResult* worst = worst_layer(r);
    return worst != nullptr ? worst->post : MvmError{no_value, no_value, no_value};
}

/// Sum over the layers at the first age.
double sum(const RunResult& r, std::uint64_t CalibrationFacts::*what)
{
    std::uint64_t all = 0;
    for (const LayerResult& layer : r.layers) { all += layer.calibration.*what; }
    return of(all);
}

double largest_exponent(const RunResult& r)
{
    int e = 0;
    for (const LayerResult& l : r.layers) { e = std::max(e, l.calibration.scale_exponent); }
    return e;
}

using Run = const RunResult&;

std::vector<RowColumn> error_columns()
{
    return {
        {"mvm_rel_l2", "", lower,
         "error of y against W x, relative L2 norm, worst layer, first age",
         [](Run r) { return mvm_of(r).rel_l2; }},
        {"mvm_rmse_lsb", "LSB", lower, "error of y against W x, rms",
         [](Run r) { return mvm_of(r).rmse_lsb; }},
        {"mvm_max_abs_lsb", "LSB", lower, "error of y against W x, largest",
         [](Run r) { return mvm_of(r).max_abs_lsb; }},
        {"sqnr_db", "dB", higher, "-20 log10 of mvm_rel_l2",
         [](Run r) { return mvm_of(r).sqnr_db(); }},
        {"enob", "bit", higher, "(sqnr_db - 1.76) / 6.02", [](Run r) { return mvm_of(r).enob(); }},
        {"post_rel_l2", "", lower,
         "error of the post unit alone, against its affine map in exact arithmetic",
         [](Run r) { return post_of(r).rel_l2; }},
        {"post_rmse_lsb", "LSB", lower, "error of the post unit alone, rms",
         [](Run r) { return post_of(r).rmse_lsb; }},
        {"post_max_abs_lsb", "LSB", lower, "error of the post unit alone, largest",
         [](Run r) { return post_of(r).max_abs_lsb; }},
        {"top1", "%", higher, "of a workload with labels, first age",
         [](Run r) { return of(r.top1); }},
    };
}

std::vector<RowColumn> word_columns()
{
    return {
        {"scale_exponent", "bit", neither, "e of the NMPU, the largest of the layers",
         largest_exponent},
        {"columns_needing_exponent", "", lower, "columns with a scale that does not fit at e = 0",
         [](Run r) { return sum(r, &CalibrationFacts::columns_needing_exponent); }},
        {"scales_clipped", "", lower, "columns",
         [](Run r) { return sum(r, &CalibrationFacts::scales_clipped); }},
        {"offsets_clipped", "", lower, "columns",
         [](Run r) { return sum(r, &CalibrationFacts::offsets_clipped); }},
        {"saturated", "", lower, "outputs, over all ages",
         [](Run r) { return of(lane_sum(r, 0)); }},
        {"relu_clipped", "", neither, "outputs changed by the activation, over all ages",
         [](Run r) { return of(lane_sum(r, 1)); }},
    };
}

std::vector<RowColumn> time_columns()
{
    return {
        {"latency_cycles", "cycles", lower, "of one MVM, mean",
         [](Run r) { return r.latency.mean; }},
        {"initiation_interval_cycles", "cycles", lower, "from one read to the next, mean",
         [](Run r) { return r.initiation_interval > 0.0 ? r.initiation_interval : no_value; }},
        {"post_cycles", "cycles", lower, "of the post unit per vector",
         [](Run r) { return static_cast<double>(r.n_post); }},
        {"reading", "cycles", neither, "the array reads",
         [](Run r) { return of(r.states.reading); }},
        {"input_starved", "cycles", lower, "the array waits for a vector",
         [](Run r) { return of(r.states.input_starved); }},
        {"post_busy", "cycles", lower, "the array waits for the post unit",
         [](Run r) { return of(r.states.post_busy); }},
        {"output_blocked", "cycles", lower, "the array waits for the sink",
         [](Run r) { return of(r.states.output_blocked); }},
        {"drain", "cycles", lower, "after the last read", [](Run r) { return of(r.states.drain); }},
        {"tops", "TOPS", higher, "2 x rows x cols operations per interval",
         [](Run r) { return of(tops(r)); }},
    };
}

/// What a point costs. The formulas are with their functions in the room cost.
std::vector<RowColumn> cost_columns()
{
    return {
        {"energy_nj", "nJ", lower,
         "of one MVM of the tile, without the post unit unless its energy is given",
         [](Run r) { return r.energy ? r.energy->per_mvm_nJ : no_value; }},
        {"hardware_bits", "bit", lower, "hardware proxy: storage, multipliers and adders added up",
         [](Run r) { return of(cost::hardware_cost(r.config).bits()); }},
        {"storage_bits", "bit", lower, "hardware proxy: words of the columns",
         [](Run r) { return of(cost::hardware_cost(r.config).storage_bits); }},
        {"multiplier_bit_products", "", lower, "hardware proxy: AND gates of the multipliers",
         [](Run r) { return of(cost::hardware_cost(r.config).multiplier_bit_products); }},
        {"adder_bits", "bit", lower, "hardware proxy: full adders beside the multipliers",
         [](Run r) { return of(cost::hardware_cost(r.config).adder_bits); }},
    };
}

}  // namespace

const std::vector<RowColumn>& row_columns()
{
    static const std::vector<RowColumn> all = [] {
        std::vector<RowColumn> list;
        for (const auto& part : {error_columns(), word_columns(), time_columns(), cost_columns()}) {
            list.insert(list.end(), part.begin(), part.end());
        }
        return list;
    }();
    return all;
}

std::vector<double> row_of(const RunResult& run)
{
    std::vector<double> row;
    for (const RowColumn& column : row_columns()) {
        const double value = column.value(run);
        row.push_back(std::isfinite(value) ? value : no_value);
    }
    return row;
}

}  // namespace aimc::report
