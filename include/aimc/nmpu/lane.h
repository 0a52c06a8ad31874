// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstdint>

namespace aimc::nmpu {

/// Raw integer words of one column: value = raw / 2^fraction.
struct AffineWords {
    std::int32_t s_p = 0;  ///< unsigned scale of c+   (scale_bits, scale_fraction)
    std::int32_t s_n = 0;  ///< unsigned scale of c-
    std::int32_t o_p = 0;  ///< signed offset          (offset_bits, offset_fraction)
    std::int32_t o_n = 0;
    friend bool operator==(const AffineWords& a, const AffineWords& b)
    {
        return a.s_p == b.s_p && a.s_n == b.s_n && a.o_p == b.o_p && a.o_n == b.o_n;
    }
};

/// What one column of one vector leaves the lane with.
struct LaneOutput {
    std::int32_t y = 0;              ///< [LSB] out_bits, signed
    std::int32_t partial = 0;        ///< A with partial_fraction bits, partial_bits wide
    bool saturated = false;          ///< y did not fit out_bits
    bool relu_clipped = false;       ///< the activation changed the value
    bool partial_saturated = false;  ///< A did not fit partial_bits
};

/// One near-memory processing lane, bit-true (k = kept fraction bits):
///
///   P  = (s * c) << e          P1 = P >> cut          P2 = round(P1, round_bits)
///   A  = (P2+ + o+) - (P2- + o-) + residual           y = activation(overflow(round(A, k)))
///
/// Source: Ferro24 for the two branches and the formats of scale (1,7) and offset (7,1).
/// Choice: widths, cut and rounding inside; they are parameters (machine page 1.4).
/// Works without a clock; the timed bank decides when a lane runs.
class Lane {
public:
    /// @param scale_exponent  e, 0 .. 4, one per tile
    /// @param activation      of the layer that is running
    Lane(const config::NmpuConfig& config, int scale_exponent, config::Activation activation);

    /// @param residual  raw, `residual_fraction` bits
    LaneOutput compute(std::int32_t c_p, std::int32_t c_n, const AffineWords& words,
                       std::int32_t residual = 0) const;

    /// A of the data path, in units of 2^-k LSB, exact.
    std::int64_t accumulate(std::int32_t c_p, std::int32_t c_n, const AffineWords& words,
                            std::int32_t residual = 0) const;

private:
    std::int64_t branch(std::int64_t scale, std::int64_t count) const;
    std::int64_t align(std::int64_t raw, int fraction) const;

    config::NmpuConfig config_;
    int scale_exponent_;
    int kept_;  ///< k
    config::Activation activation_;
};

/// NMPU cycles per vector: ceil(cols / lanes) + fill.
constexpr int n_nmpu_cycles(int cols, int lanes, int n_fill)
{
    return (cols + lanes - 1) / lanes + n_fill;
}

}  // namespace aimc::nmpu
