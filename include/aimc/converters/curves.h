// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/curve_file.h"
#include "aimc/config/tile_config.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace aimc::converters {

/// One corner of a transfer curve before it goes to the grid: current magnitude -> count rate.
struct Knot {
    double i_uA = 0.0;  ///< [uA] bit-line current
    double rate = 0.0;  ///< [counts / cycle]
};

/// Where a curve reaches its highest rate: the ceiling begins. @param curve  not empty
const Knot& ceiling_of(const std::vector<Knot>& curve);
/// False for a curve of one rate: it has no ceiling that a current could pass.
inline bool rises(const std::vector<Knot>& curve) { return ceiling_of(curve).i_uA > curve[0].i_uA; }

/// Transfer curves of all columns in physical units, fixed for a chip. `neg` is used by one-phase
/// reads only; all four phases of a four-phase read share `pos`.
struct PhysicalCurves {
    struct Column {
        std::vector<Knot> pos,
            neg;                  ///< increasing in i_uA; held beyond the last, and below the first
        double offset_pos = 0.0;  ///< [counts] free-running, per conversion
        double offset_neg = 0.0;
        double input_offset_uA = 0.0;  ///< [uA] before the polarity decision
    };
    std::vector<Column> columns;
    std::string origin = "ideal";  ///< ideal | synthetic | measured
    bool has_ceiling = true;       ///< the last knot is the oscillator's ceiling
};

/// Curves of the configured source: the ideal line, a parametric draw (seeded by seed.device), or
/// points of a file (loaded here). Throws InputError for a bad file or too few columns.
///
/// @param i_largest_uA  what the array can drive at most; ends the ideal line without a ceiling
PhysicalCurves make_curves(const config::TileConfig& config, double i_largest_uA);

/// The ideal line of the same tile, whatever its configuration says.
PhysicalCurves nominal_curves(const config::TileConfig& config, double i_largest_uA);

/// Offsets and dead bands beyond this are cut: sums with currents must fit 32 bits. [current grid]
constexpr double largest_offset = 1073741824.0;

/// Curves on the integer grid: segments (I_j, V_j, a_j) with V_j and a_j in units of
/// 2^-fraction counts per cycle, so that a sum over time is an exact integer.
///
///   rate(I) = V_j + a_j * (I - I_j)      for I_j <= I < I_(j+1)
///
/// fraction (29 for a HERMES-like curve) is the largest up to 29 that keeps every rate below
/// 0.999 * 2^31: slopes are rounded, which needs room above the end.
/// A recorded point replays exactly: its V_j is its code times 2^fraction / window. Between two
/// points the slope is rounded, which moves the physical line by at most half a unit per grid step
/// (0.014 count at the end of a straight HERMES line at current ratio 1, 0.014 / ratio at another):
/// the integer sum is exact, not the line. Ties of a knot's position go up; of two knots on the
/// same grid step the later one holds.
struct CurveTable {
    int fraction = 0;
    std::size_t knots = 1;   ///< per curve, the same for all (padded)
    std::size_t stride = 0;  ///< columns, padded to the SIMD word
    /// [2 polarities x knots x stride]; unused knots start at INT32_MAX
    std::vector<std::int32_t> start, value, slope;
    /// The same lines once more for the hot loop, as steps to be summed over the knots that are
    /// reached: rate(I) = sum of value steps + sum of slope steps * I, modulo 2^32.
    /// [stride / 16 x knots x {start+, start-, value+, value-, slope+, slope-} x 16 columns]
    /// Empty for dense curves, where looking a segment up is faster than passing all knots.
    std::vector<std::int32_t> steps;
    /// [2 x buckets x stride] a knot at or before the currents of a bucket of 2^bucket_bits steps
    std::vector<std::uint32_t> hint;
    std::size_t buckets = 0;
    int bucket_bits = 0;
    std::vector<std::int32_t> input_offset;  ///< [stride] current grid
    std::vector<std::int64_t> offset;        ///< [2 x stride] 2^-fraction counts per conversion
    std::vector<std::int64_t> ceiling;       ///< [2 x stride] largest rate; INT64_MAX: none
    std::vector<std::int32_t> last_start;    ///< [2 x stride] current of the last knot
    std::size_t at(int polarity, std::size_t knot, std::size_t column) const
    {
        return (static_cast<std::size_t>(polarity) * knots + knot) * stride + column;
    }
    bool is_dense() const { return steps.empty(); }
    /// The segment that a current magnitude lies in: at() of its knot.
    std::size_t segment_of(int polarity, std::size_t column, std::int32_t magnitude) const
    {
        const std::size_t bucket =
            std::min(static_cast<std::size_t>(magnitude >> bucket_bits), buckets - 1);
        const std::size_t side = static_cast<std::size_t>(polarity);
        std::size_t j = hint[(side * buckets + bucket) * stride + column];
        while (j + 1 < knots && magnitude >= start[at(polarity, j + 1, column)]) { ++j; }
        return at(polarity, j, column);
    }
    /// Count rate at a constant current magnitude. [2^-fraction counts / cycle]
    std::int64_t rate(int polarity, std::size_t column, std::int32_t magnitude) const
    {
        const std::size_t s = segment_of(polarity, column, magnitude);
        return value[s] + std::int64_t{slope[s]} * (magnitude - start[s]);
    }
};

/// Throws ConfigError (exit 2) when the curves do not fit 32 bits well enough: rates too high, or
/// slopes so small beside them that rounding would bend a line by more than 0.1 %.
///
/// @param i_lsb_uA       one step of the current grid                                      [uA]
/// @param current_ratio  input mirror: the oscillator sees this share of the current        [-]
CurveTable to_table(const PhysicalCurves& curves, double i_lsb_uA, double current_ratio);

/// The curves of a range of columns alone, on the same grid of rates.
CurveTable columns_of(const CurveTable& table, std::size_t first, std::size_t n);

}  // namespace aimc::converters
