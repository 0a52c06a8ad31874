// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/ldpu/binary16.h"

#include <cstdint>
#include <optional>
#include <string_view>

/// What the FP16 baseline does to one column: the job of the NMPU lane, in binary16.
///
///   const AffineWords16 w{from_double(0.037), from_double(0.041), from_int(-2),
///                         from_int(1), from_int(0)};
///   const LaneResult r = process_column(w, 812, 96, {8, true});
///
/// The function is the arithmetic alone; the cycles are in timing.h.
namespace aimc::ldpu {

/// The order of the steps, as the trace header names it (`# ldpu order=...`).
/// Choice: the affine correction undoes the converter first, so that gamma and beta are those of
/// the network's own batch normalisation.
inline constexpr std::string_view step_order =
    "count,affine,batch_norm,residual,activation,quantise";

/// The words of one column [-]; s and o take counts [LSB] to the network's units.
struct AffineWords16 {
    Binary16 scale_p{};  ///< s+, of the count of the positive polarity
    Binary16 scale_n{};  ///< s-, of the negative one; subtracted, so normally positive
    Binary16 offset{};   ///< o
    Binary16 gamma{};    ///< batch normalisation, factor
    Binary16 beta{};     ///< batch normalisation, summand
};

/// The steps after the multiplications.
struct LaneSettings {
    int out_bits = 8;                    ///< width of y, 2 .. 32
    bool relu = false;                   ///< negative values and -0 become +0
    std::optional<std::int32_t> clip{};  ///< upper end of a clipped ReLU, >= 0 [output LSB]
    int count_fraction = 0;              ///< bits of the counts below one count: half(c * 2^-f)
    int residual_fraction = 0;           ///< bits of a residual word below one output LSB
    int partial_bits = 16;               ///< width of a partial sum, 2 .. 32
    int partial_fraction = 2;            ///< its bits below one output LSB
};

struct LaneResult {
    std::int32_t y = 0;              ///< the output, out_bits wide [output LSB]
    bool saturated = false;          ///< y is not the rounded t: out of range, or t is NaN (y = 0)
    bool relu_clipped = false;       ///< the activation changed the value (-0 to +0 is no change)
    Binary16 t{};                    ///< the value that was quantised, after the activation
    std::int32_t partial = 0;        ///< t before the activation, with partial_fraction bits
    bool partial_saturated = false;  ///< it did not fit partial_bits, or was NaN (partial = 0)
};

/// One column, in `step_order`; each line is one rounding:
///
///   cp = half(c_p)    cn = half(c_n)             exact up to 2048, then 11 significant bits
///   t  = s+ * cp + o    t = t - s- * cn          affine
///   t  = gamma * t + beta                        batch normalisation
///   t  = t + half(r * 2^-F)                      with a residual word r
///   p  = sat(round(t * 2^partial_fraction))      half even, two's complement, NaN -> 0
///   t  = max(t, +0)    t = min(t, half(clip))    with relu, clip; a NaN passes through
///   y  = sat(round(t))                           half even, symmetric, NaN -> 0
///
/// @param c_p, c_n  counts per polarity [LSB]; a signed single count goes to c_p, with c_n = 0
/// @param residual   raw word of residual_fraction bits; none: nothing is added, not even +0
/// @throws std::invalid_argument  out_bits outside 2 .. 32; a clip that is negative or without relu
/// Source: Khaddam22 for affine scaling and ReLU beside the array. Choice: the order of the steps
/// and where it rounds, which no source gives.
LaneResult process_column(const AffineWords16& words, std::int32_t c_p, std::int32_t c_n,
                          const LaneSettings& settings,
                          std::optional<std::int32_t> residual = std::nullopt);

}  // namespace aimc::ldpu
