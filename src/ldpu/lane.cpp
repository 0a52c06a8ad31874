// SPDX-License-Identifier: Apache-2.0
#include "aimc/ldpu/lane.h"

#include <stdexcept>

namespace aimc::ldpu {
namespace {

/// What a ReLU sets to +0. The one NaN of this unit has no sign, so it passes.
bool is_negative_or_minus_zero(Binary16 x) { return (x.bits & 0x8000) != 0; }

/// Among words that are not negative the bits are ordered as the values are.
bool exceeds(Binary16 x, Binary16 limit) { return !is_nan(x) && x.bits > limit.bits; }

}  // namespace

LaneResult process_column(const AffineWords16& words, std::int32_t c_p, std::int32_t c_n,
                          const LaneSettings& settings)
{
    if (settings.clip && (!settings.relu || *settings.clip < 0)) {
        throw std::invalid_argument("ldpu::process_column: clip needs relu and must be >= 0");
    }
    LaneResult result;
    Binary16 t = fma(words.scale_p, from_int(c_p), words.offset);
    t = fma(negate(words.scale_n), from_int(c_n), t);
    t = fma(words.gamma, t, words.beta);

    if (settings.relu && is_negative_or_minus_zero(t)) {
        result.relu_clipped = t != Binary16{0x8000};
        t = Binary16{0};
    }
    if (settings.clip) {
        if (const Binary16 limit = from_int(*settings.clip); exceeds(t, limit)) {
            result.relu_clipped = true;
            t = limit;
        }
    }
    result.t = t;
    result.y = to_int(t, settings.out_bits, result.saturated);
    return result;
}

}  // namespace aimc::ldpu
