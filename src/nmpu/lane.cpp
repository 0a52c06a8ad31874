// SPDX-License-Identifier: Apache-2.0
#include "aimc/nmpu/lane.h"

#include "aimc/nmpu/activation.h"

#include <cassert>

namespace aimc::nmpu {

using config::Branch;

Lane::Lane(const config::NmpuConfig& config, int scale_exponent, config::Activation activation)
    : config_(config),
      scale_exponent_(scale_exponent),
      kept_(config.kept_fraction()),
      activation_(activation)
{
    assert(kept_ >= 0 && scale_exponent >= 0);
}

std::int64_t Lane::branch(std::int64_t scale, std::int64_t count) const
{
    const std::int64_t product = scale * count * (std::int64_t{1} << scale_exponent_);
    const std::int64_t truncated = product >> config_.cut;
    return round_shift(truncated, config_.round_bits, config_.round_mode);
}

std::int64_t Lane::align(std::int64_t raw, int fraction) const
{
    return fraction > kept_ ? round_shift(raw, fraction - kept_, config_.round_mode)
                            : raw * (std::int64_t{1} << (kept_ - fraction));
}

std::int64_t Lane::accumulate(std::int32_t c_p, std::int32_t c_n, const AffineWords& words,
                              std::int32_t residual) const
{
    const std::int64_t shortcut = align(residual, config_.residual_fraction);
    const std::int64_t offset_p = align(words.o_p, config_.offset_fraction);
    switch (config_.branch) {
        case Branch::difference:
            return branch(words.s_p, std::int64_t{c_p} - c_n) + offset_p + shortcut;
        case Branch::single: return branch(words.s_p, c_p) + offset_p + shortcut;
        case Branch::polarity: break;
    }
    const std::int64_t offset_n = align(words.o_n, config_.offset_fraction);
    return (branch(words.s_p, c_p) + offset_p) - (branch(words.s_n, c_n) + offset_n) + shortcut;
}

LaneOutput Lane::compute(std::int32_t c_p, std::int32_t c_n, const AffineWords& words,
                         std::int32_t residual) const
{
    const std::int64_t sum = accumulate(c_p, c_n, words, residual);
    LaneOutput out;
    const std::int64_t rounded = round_shift(sum, kept_, config_.final_round_mode);
    const auto y =
        static_cast<std::int32_t>(fit(rounded, config_.out_bits, config_.overflow, out.saturated));
    out.y = activate(y, activation_, config_.relu_clip.value_or(0), out.relu_clipped);

    const int drop = kept_ - config_.partial_fraction;
    const std::int64_t partial =
        drop > 0 ? round_shift(sum, drop, config_.round_mode) : sum * (std::int64_t{1} << -drop);
    out.partial = static_cast<std::int32_t>(
        fit(partial, config_.partial_bits, OverflowMode::sat, out.partial_saturated));
    return out;
}

}  // namespace aimc::nmpu
