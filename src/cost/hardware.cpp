// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/hardware.h"

#include <algorithm>

namespace aimc::cost {
namespace {

using config::Branch;

constexpr int residual_bits = 16;    ///< an int16 input of the lane
constexpr int largest_exponent = 4;  ///< of nmpu.scale_exponent: what "calibrate" may need
constexpr int half_significand = 11;
constexpr int half_bits = 16;
constexpr int ldpu_words = 5;  ///< s+, s-, o, gamma, beta

/// A two's complement word on its way through the lane, and the adder bits it took so far.
struct Word {
    int width = 0;
    int adders = 0;
};

Word sum(Word a, Word b)
{
    const int width = std::max(a.width, b.width) + 1;
    return {width, a.adders + b.adders + width};
}

/// Without its low bits; rounding can carry into one bit more.
Word dropped(Word a, int bits, RoundMode mode)
{
    if (bits <= 0) { return a; }
    if (mode == RoundMode::trn) { return {a.width - bits, a.adders}; }
    const int width = a.width - bits + 1;
    return {width, a.adders + width};
}

/// A word that is loaded, aligned to k fraction bits outside the lane.
Word loaded(int bits, int fraction, const config::NmpuConfig& n)
{
    const int up = n.kept_fraction() - fraction;
    const Word word = up >= 0 ? Word{bits + up, 0} : dropped({bits, 0}, -up, n.round_mode);
    return {word.width, 0};
}

/// P2 of one branch, from a signed count.
Word scaled(const config::NmpuConfig& n, Word count)
{
    const int exponent = n.scale_exponent.value_or(largest_exponent);
    const Word product{n.scale_bits + count.width + exponent - n.cut, count.adders};
    return dropped(product, n.round_bits, n.round_mode);
}

/// P2 + o of one branch.
Word branch_sum(const config::NmpuConfig& n, Word count)
{
    return sum(scaled(n, count), loaded(n.offset_bits, n.offset_fraction, n));
}

/// A of the data path before the residual.
Word combined(const config::NmpuConfig& n, int count_bits)
{
    const Word unsigned_count{count_bits + 1, 0};  // with the sign that two's complement needs
    switch (n.branch) {
        case Branch::difference: return branch_sum(n, {count_bits + 1, count_bits + 1});
        case Branch::single: return branch_sum(n, {count_bits, 0});
        case Branch::polarity: break;
    }
    const Word minus = n.offsets == 2 ? branch_sum(n, unsigned_count) : scaled(n, unsigned_count);
    return sum(branch_sum(n, unsigned_count), minus);
}

int lane_adder_bits(const config::NmpuConfig& n, int count_bits)
{
    const int kept = n.kept_fraction();
    const Word a = sum(combined(n, count_bits), loaded(residual_bits, n.residual_fraction, n));
    const Word output = dropped({a.width, 0}, kept, n.final_round_mode);
    const Word partial = dropped({a.width, 0}, kept - n.partial_fraction, n.round_mode);
    return a.adders + output.adders + partial.adders;
}

HardwareCost nmpu_cost(const config::TileConfig& tile)
{
    const config::NmpuConfig& n = tile.nmpu;
    const int branches = n.branch == Branch::polarity ? 2 : 1;
    const int count_word = config::count_bits(tile) + (n.branch == Branch::difference ? 1 : 0);
    const int column = branches * n.scale_bits + n.offsets * n.offset_bits;
    const auto lanes = static_cast<std::uint64_t>(n.lanes);
    return {tile.cols * static_cast<std::uint64_t>(column),
            lanes * static_cast<std::uint64_t>(branches * n.scale_bits * count_word),
            lanes * static_cast<std::uint64_t>(lane_adder_bits(n, config::count_bits(tile)))};
}

HardwareCost ldpu_cost(const config::TileConfig& tile)
{
    constexpr int adder = 3 * half_significand + 2;
    const auto lanes = static_cast<std::uint64_t>(tile.ldpu.lanes);
    return {tile.cols * ldpu_words * half_bits, lanes * half_significand * half_significand,
            lanes * (adder + half_significand)};
}

}  // namespace

HardwareCost hardware_cost(const config::TileConfig& tile)
{
    return tile.post == config::PostUnit::nmpu ? nmpu_cost(tile) : ldpu_cost(tile);
}

}  // namespace aimc::cost
