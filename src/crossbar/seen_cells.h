// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/crossbar/grid_array.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

// What a pulse on a word line meets at a unit cell.
namespace aimc::crossbar::detail {

/// Current into the bit line and variance of its read noise, before either is held to its word.
struct SeenCell {
    double g = 0.0;         ///< [g_lsb]
    double variance = 0.0;  ///< [noise_lsb]
};

/// Four-phase: one polarity of the cells alone.
inline SeenCell seen_alone(const GridArray& array, bool negative_weight, WordLine row, BitLine col)
{
    return negative_weight
               ? SeenCell{double(array.g_neg(row, col).raw), double(array.noise_neg(row, col))}
               : SeenCell{double(array.g_pos(row, col).raw), double(array.noise_pos(row, col))};
}

/// One-phase: both polarities against each other; the cell whose current flows out of the bit line
/// is read at the other polarity of the voltage.
inline SeenCell seen_together(const GridArray& array, bool negative_input, WordLine row,
                              BitLine col)
{
    const double a = 1.0 + array.asymmetry[index(col)];
    const SeenCell in = seen_alone(array, negative_input, row, col);
    const SeenCell out = seen_alone(array, !negative_input, row, col);
    return {in.g - a * out.g, in.variance + a * a * out.variance};
}

/// As inputs of a sign (one-phase) or the phases of a polarity (four-phase) see it.
inline SeenCell seen(const GridArray& array, bool one_phase, bool negative, WordLine row,
                     BitLine col)
{
    return one_phase ? seen_together(array, negative, row, col)
                     : seen_alone(array, negative, row, col);
}

/// Rounded to the grid, half away from zero, and held at its end.
inline std::int16_t whole_conductance(double g)
{
    const double r = std::floor(std::fabs(g) + 0.5);
    return static_cast<std::int16_t>(std::copysign(std::min(r, double{grid_max}), g));
}
inline bool is_beyond_grid(double g) { return std::floor(std::fabs(g) + 0.5) > grid_max; }

inline std::uint16_t whole_variance(double steps)
{
    return static_cast<std::uint16_t>(std::min(std::floor(steps + 0.5), double{noise_steps}));
}

}  // namespace aimc::crossbar::detail
