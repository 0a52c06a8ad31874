// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/error.h"
#include "aimc/converters/curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aimc::converters {
namespace {

constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();
constexpr double rate_limit = 2147483647.0 * 0.999;  // slopes are rounded: leave room above the end
constexpr int most_fraction_bits = 29;

std::int64_t nearest(double x) { return static_cast<std::int64_t>(std::floor(x + 0.5)); }

/// Where knots of a curve land on the current grid, and with which rate.
struct GridKnot {
    std::int32_t start;
    std::int64_t value;
};

std::vector<GridKnot> on_grid(const std::vector<Knot>& knots, double i_step, double one_count)
{
    std::vector<GridKnot> out;
    for (const Knot& k : knots) {
        const double position = std::floor(k.i_uA / i_step + 0.5);
        const auto start = static_cast<std::int32_t>(std::min(position, 2147483646.0));
        const auto value = nearest(k.rate * one_count);
        if (out.empty() && start > 0) { out.push_back({0, value}); }  // held below the first point
        if (!out.empty() && out.back().start == start) {
            out.back().value = value;  // finer than the grid: the later point holds from here on
        } else {
            out.push_back({start, value});
        }
    }
    return out;
}

/// Slope between two knots, rounded to a whole number of units per grid step.
std::int32_t whole_slope(const GridKnot& a, const GridKnot& b, double one_count)
{
    const double steps = b.start - a.start;
    const double exact = static_cast<double>(b.value - a.value) / steps;
    const auto rounded = static_cast<std::int32_t>(nearest(exact));
    const double bend = std::fabs(rounded - exact);
    // Choice: 0.1 % of the slope, or 0.001 count per cycle at the end of the segment
    if (bend > 1e-3 * std::fabs(exact) && bend * steps > 1e-3 * one_count) {
        throw ConfigError("adc",
                          std::string("transfer curve too flat beside its highest rate for 32-bit "
                                      "slopes; lower adc.full_scale_uA"));
    }
    return rounded;
}

/// Where the line through a segment meets I = 0, and how it changes from knot to knot; unsigned
/// arithmetic wraps, and only the sum has to fit.
void fill_steps(CurveTable& table)
{
    for (std::size_t c = 0; c < table.stride; ++c) {
        for (const int polarity : {0, 1}) {
            std::uint32_t value_before = 0;
            std::uint32_t slope_before = 0;
            for (std::size_t j = 0; j < table.knots; ++j) {
                const std::size_t at = table.at(polarity, j, c);
                const auto slope = static_cast<std::uint32_t>(table.slope[at]);
                const auto value = static_cast<std::uint32_t>(table.value[at]) -
                                   slope * static_cast<std::uint32_t>(table.start[at]);
                std::int32_t* knot = table.steps.data() + (c / 16 * table.knots + j) * 6 * 16 +
                                     c % 16 + 16 * static_cast<std::size_t>(polarity);
                knot[0] = table.start[at];
                knot[2 * 16] = static_cast<std::int32_t>(value - value_before);
                knot[4 * 16] = static_cast<std::int32_t>(slope - slope_before);
                value_before = value;
                slope_before = slope;
            }
        }
    }
}

}  // namespace

CurveTable to_table(const PhysicalCurves& curves, double i_lsb_uA, double current_ratio)
{
    CurveTable table;
    const std::size_t cols = curves.columns.size();
    table.stride = (cols + 15) / 16 * 16;
    double top = 0.0;
    for (const auto& column : curves.columns) {
        for (const auto* knots : {&column.pos, &column.neg}) {
            for (const Knot& k : *knots) { top = std::max(top, k.rate); }
        }
    }
    table.fraction = most_fraction_bits;
    while (table.fraction > 0 && std::ldexp(top, table.fraction) > rate_limit) { --table.fraction; }
    if (std::ldexp(top, table.fraction) > rate_limit) {
        throw ConfigError("adc", std::string("curves count faster than 2^31 per cycle; lower "
                                             "adc.gain_MHz_per_uA or adc.full_scale_uA"));
    }
    const double one_count = std::ldexp(1.0, table.fraction);
    const double i_step = i_lsb_uA * current_ratio;  // the oscillator's share of one grid step

    std::vector<std::vector<GridKnot>> grid;  // [2 * cols]
    for (const auto& column : curves.columns) {
        grid.push_back(on_grid(column.pos, i_step, one_count));
        grid.push_back(on_grid(column.neg, i_step, one_count));
        table.knots = std::max({table.knots, grid.back().size(), grid[grid.size() - 2].size()});
    }
    const std::size_t cells = 2 * table.knots * table.stride;
    table.start.assign(cells, never);
    table.value.assign(cells, 0);
    table.slope.assign(cells, 0);
    table.steps.assign(3 * cells, 0);
    table.input_offset.assign(table.stride, 0);
    table.offset.assign(2 * table.stride, 0);
    table.ceiling.assign(2 * table.stride, std::numeric_limits<std::int64_t>::max());
    table.last_start.assign(2 * table.stride, never);
    for (std::size_t c = 0; c < cols; ++c) {
        const auto& column = curves.columns[c];
        table.input_offset[c] = static_cast<std::int32_t>(nearest(
            std::clamp(column.input_offset_uA / i_lsb_uA, -largest_offset, largest_offset)));
        for (const int polarity : {0, 1}) {
            const auto& knots = grid[2 * c + static_cast<std::size_t>(polarity)];
            const std::size_t end = static_cast<std::size_t>(polarity) * table.stride + c;
            table.offset[end] =
                nearest((polarity == 0 ? column.offset_pos : column.offset_neg) * one_count);
            if (curves.has_ceiling) {
                table.ceiling[end] = knots.back().value;
                // the ceiling begins where the curve becomes flat
                const auto top_knot =
                    std::find_if(knots.begin(), knots.end(),
                                 [&](const GridKnot& k) { return k.value == knots.back().value; });
                table.last_start[end] = top_knot->start;
            }
            for (std::size_t j = 0; j < knots.size(); ++j) {
                const std::size_t at = table.at(polarity, j, c);
                table.start[at] = knots[j].start;
                table.value[at] = static_cast<std::int32_t>(knots[j].value);
                if (j + 1 < knots.size()) {
                    table.slope[at] = whole_slope(knots[j], knots[j + 1], one_count);
                }
            }
        }
    }
    fill_steps(table);
    return table;
}

}  // namespace aimc::converters
