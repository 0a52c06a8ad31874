// SPDX-License-Identifier: Apache-2.0
#include "aimc/ldpu/lane.h"

#include "aimc/base/exact_math.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace aimc::ldpu {
namespace {

/// What a ReLU sets to +0. The one NaN of this unit has no sign, so it passes.
bool is_negative_or_minus_zero(Binary16 x) { return (x.bits & 0x8000) != 0; }

/// Among words that are not negative the bits are ordered as the values are.
bool exceeds(Binary16 x, Binary16 limit) { return !is_nan(x) && x.bits > limit.bits; }

/// One rounding, also when the count has bits below one.
Binary16 half_of(std::int32_t count, int fraction)
{
    return fraction == 0 ? from_int(count) : from_double(std::ldexp(count, -fraction));
}

/// Two's complement with bits below one, half to even. The double holds every step exactly.
void take_partial(Binary16 t, const LaneSettings& settings, LaneResult& result)
{
    const double value = std::ldexp(to_double(t), settings.partial_fraction);
    const double top = std::ldexp(1.0, settings.partial_bits - 1);
    result.partial_saturated = !(value >= -top - 0.5 && value < top - 0.5);
    if (std::isnan(value)) { return; }
    const double inside = std::clamp(value, -top, top - 1.0);
    result.partial = static_cast<std::int32_t>(round_half_even(inside));
}

}  // namespace

LaneResult process_column(const AffineWords16& words, std::int32_t c_p, std::int32_t c_n,
                          const LaneSettings& settings, std::optional<std::int32_t> residual)
{
    if (settings.clip && (!settings.relu || *settings.clip < 0)) {
        throw std::invalid_argument("ldpu::process_column: clip needs relu and must be >= 0");
    }
    LaneResult result;
    Binary16 t = fma(words.scale_p, half_of(c_p, settings.count_fraction), words.offset);
    t = fma(negate(words.scale_n), half_of(c_n, settings.count_fraction), t);
    t = fma(words.gamma, t, words.beta);
    if (residual) { t = add(t, half_of(*residual, settings.residual_fraction)); }
    take_partial(t, settings, result);

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
