// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstdint>

namespace aimc::cost {

/// Sizes that stand in for the hardware of a tile's post unit. All of it is `Choice:`, a proxy and
/// not silicon: it ranks variants of one unit (more lanes, wider words), which the published ratio
/// of areas cannot. It must not compare the NMPU with the LDPU, whose cost is in what is not
/// counted: shifters, leading-zero logic, conversions, control (Ferro24: 505 to 64; here they are
/// about even).
struct HardwareCost {
    std::uint64_t storage_bits = 0;             ///< words of the columns
    std::uint64_t multiplier_bit_products = 0;  ///< AND gates of an array multiplier, all lanes
    std::uint64_t adder_bits = 0;               ///< full adders beside the multipliers, all lanes

    /// One number for a Pareto front in one dimension: the plain sum.
    /// Choice: equal weights. A stored bit is a flip-flop, a bit product an AND gate and a full
    /// adder, an adder bit a full adder; in a standard-cell library each is of the order of half a
    /// dozen gates. Words kept in a memory instead of flip-flops would weigh less.
    std::uint64_t bits() const { return storage_bits + multiplier_bit_products + adder_bits; }
};

/// Counted from the formats, for the unit that `post` names.
///
/// NMPU. Per column (cols): `branch: polarity` 2 scales and 2 offsets, else 1 and 1. o_n is
/// counted because lane and register map hold it, though the calibration leaves it 0; a design
/// without it saves offset_bits per column and one adder per lane.
/// Per lane (lanes):
///   * bit products: scale_bits x count word, twice with polarity. The count word has count_bits,
///     with `difference` one more for the sign;
///   * adders, each as wide as its exact result, max(operands) + 1, in two's complement:
///       c+ - c-                       difference only            count_bits + 1
///       rounding of P                 round_bits > 0             width of P2
///       P2 + o                        one per branch
///       branch - branch               polarity only
///       + residual                    16 bits, aligned to k
///       rounding of A to y            k > 0
///       rounding of A to the partial  k > partial_fraction
///     where P has scale_bits + the signed count + e bits (e: 4 when it is calibrated) and loses
///     cut + round_bits. A rounding is an increment one bit wider than what is kept; SC_TRN needs
///     none. Offset and residual are aligned to k when they are loaded, outside the lane.
///   Saturation, activation, shifters and pipeline registers are not counted.
///
/// LDPU. Per column: 5 binary16 words. Per lane: one fused multiply-add of 11-bit significands,
/// 11 x 11 bit products, an adder of 3 x 11 + 2 bits (the addend anywhere beside a 22-bit product)
/// and the rounding of 11. Exponents, shifters and conversions are not counted.
HardwareCost hardware_cost(const config::TileConfig& tile);

}  // namespace aimc::cost
