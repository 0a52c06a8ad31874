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

double exact_slope(const GridKnot& a, const GridKnot& b)
{
    return static_cast<double>(b.value - a.value) / (static_cast<double>(b.start) - a.start);
}

/// Slope between two knots, rounded to a whole number of units per grid step.
std::int32_t near_slope(const GridKnot& a, const GridKnot& b)
{
    return static_cast<std::int32_t>(nearest(exact_slope(a, b)));
}

/// Pieces into which a line must be cut so that rounding its slope hardly bends it.
int pieces_of(const GridKnot& a, const GridKnot& b, double one_count)
{
    const double steps = static_cast<double>(b.start) - a.start;
    const double exact = exact_slope(a, b);
    const double bend = std::fabs(static_cast<double>(nearest(exact)) - exact);
    // Choice: 0.1 % of the slope, or 0.001 count per cycle at the end of the segment
    const double allowed = 1e-3 * one_count;
    if (bend <= 1e-3 * std::fabs(exact) || bend * steps <= allowed) { return 1; }
    constexpr double most_pieces = 64.0;
    const double pieces = std::ceil(bend * steps / allowed);
    if (pieces > most_pieces) {
        throw ConfigError("adc",
                          std::string("transfer curve too flat beside its highest rate for 32-bit "
                                      "slopes; lower adc.full_scale_uA, or give a curve file "
                                      "points between"));
    }
    return static_cast<int>(pieces);
}

/// Cuts pieces that are too flat for a whole slope: each piece starts on the line again.
std::vector<GridKnot> cut_flat_pieces(const std::vector<GridKnot>& knots, double one_count)
{
    std::vector<GridKnot> out;
    for (std::size_t j = 0; j < knots.size(); ++j) {
        out.push_back(knots[j]);
        if (j + 1 == knots.size()) { break; }
        const GridKnot& a = knots[j];
        const GridKnot& b = knots[j + 1];
        const int pieces = pieces_of(a, b, one_count);
        for (int p = 1; p < pieces; ++p) {
            const double share = static_cast<double>(p) / pieces;
            const auto start = static_cast<std::int32_t>(
                std::floor(a.start + share * (static_cast<double>(b.start) - a.start)));
            const double along =
                (static_cast<double>(start) - a.start) / (static_cast<double>(b.start) - a.start);
            const auto value = a.value + nearest(along * static_cast<double>(b.value - a.value));
            if (start > out.back().start) { out.push_back({start, value}); }
        }
    }
    return out;
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

/// Buckets of equal width, about as many as knots, so that a look-up ends after a step or two.
void fill_hints(CurveTable& table)
{
    std::int32_t last = 0;
    for (const std::int32_t start : table.start) {
        if (start != never) { last = std::max(last, start); }
    }
    table.buckets = 1;
    while (table.buckets < table.knots) { table.buckets *= 2; }
    while (static_cast<std::size_t>(last >> table.bucket_bits) >= table.buckets) {
        ++table.bucket_bits;
    }
    table.hint.assign(2 * table.buckets * table.stride, 0);
    for (const int polarity : {0, 1}) {
        for (std::size_t c = 0; c < table.stride; ++c) {
            std::size_t j = 0;
            for (std::size_t b = 0; b < table.buckets; ++b) {
                const auto from = static_cast<std::int64_t>(b) << table.bucket_bits;
                while (j + 1 < table.knots && from >= table.start[table.at(polarity, j + 1, c)]) {
                    ++j;
                }
                table.hint[(static_cast<std::size_t>(polarity) * table.buckets + b) * table.stride +
                           c] = static_cast<std::uint32_t>(j);
            }
        }
    }
}

/// Above this many knots, looking the segment up beats passing all of them in SIMD words
/// (measured: both take 0.25 ms per MVM of 256 columns at about 64).
constexpr std::size_t dense_knots = 64;

/// Lists as long as the table's knots and columns ask for, of curves that never count.
void make_room(CurveTable& table)
{
    const std::size_t cells = 2 * table.knots * table.stride;
    table.start.assign(cells, never);
    table.value.assign(cells, 0);
    table.slope.assign(cells, 0);
    table.input_offset.assign(table.stride, 0);
    table.offset.assign(2 * table.stride, 0);
    table.ceiling.assign(2 * table.stride, std::numeric_limits<std::int64_t>::max());
    table.last_start.assign(2 * table.stride, never);
}

void fill_look_ups(CurveTable& table)
{
    fill_hints(table);
    if (table.knots <= dense_knots) {
        table.steps.assign(3 * table.start.size(), 0);
        fill_steps(table);
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
        for (const auto* knots : {&column.pos, &column.neg}) {
            grid.push_back(cut_flat_pieces(on_grid(*knots, i_step, one_count), one_count));
        }
        table.knots = std::max({table.knots, grid.back().size(), grid[grid.size() - 2].size()});
    }
    make_room(table);
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
                // the ceiling begins where the curve becomes flat; one of a single rate has none
                const auto top_knot =
                    std::find_if(knots.begin(), knots.end(),
                                 [&](const GridKnot& k) { return k.value == knots.back().value; });
                if (top_knot != knots.begin()) { table.last_start[end] = top_knot->start; }
            }
            for (std::size_t j = 0; j < knots.size(); ++j) {
                const std::size_t at = table.at(polarity, j, c);
                table.start[at] = knots[j].start;
                table.value[at] = static_cast<std::int32_t>(knots[j].value);
                if (j + 1 < knots.size()) { table.slope[at] = near_slope(knots[j], knots[j + 1]); }
            }
        }
    }
    fill_look_ups(table);
    return table;
}

CurveTable columns_of(const CurveTable& all, std::size_t first, std::size_t n)
{
    CurveTable table;
    table.fraction = all.fraction;
    table.knots = all.knots;
    table.stride = (n + 15) / 16 * 16;
    make_room(table);
    for (std::size_t c = 0; c < n; ++c) {
        table.input_offset[c] = all.input_offset[first + c];
        for (const int polarity : {0, 1}) {
            const std::size_t side = static_cast<std::size_t>(polarity);
            const std::size_t to = side * table.stride + c;
            const std::size_t from = side * all.stride + first + c;
            table.offset[to] = all.offset[from];
            table.ceiling[to] = all.ceiling[from];
            table.last_start[to] = all.last_start[from];
            for (std::size_t j = 0; j < all.knots; ++j) {
                const std::size_t own = table.at(polarity, j, c);
                const std::size_t its = all.at(polarity, j, first + c);
                table.start[own] = all.start[its];
                table.value[own] = all.value[its];
                table.slope[own] = all.slope[its];
            }
        }
    }
    fill_look_ups(table);
    return table;
}

}  // namespace aimc::converters
