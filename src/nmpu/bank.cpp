// SPDX-License-Identifier: Apache-2.0
#include "aimc/nmpu/bank.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace aimc::nmpu {
namespace {

using config::Branch;
using Rounding = Bank::Rounding;
using Common = Bank::Common;

constexpr std::int64_t most = std::int64_t{1} << 30;        // of anything on the way
constexpr int most_count_bits = 30;                         // so that a difference fits 32
constexpr std::int64_t most_scale = std::int64_t{1} << 26;  // and a product 62

AIMC_ALWAYS_INLINE std::int32_t rounded(std::int32_t value, const Rounding& r)
{
    const std::int32_t down = value >> r.bits;
    const std::int32_t rest = value & r.rest_mask;
    const std::int32_t tie_up = (value < 0 ? r.up_below : r.up_above) | (r.up_odd & down);
    return down + ((rest > r.half ? 1 : 0) | (rest == r.half ? tie_up : 0));
}

Rounding rounding(int bits, RoundMode mode)
{
    Rounding r;
    r.bits = bits;
    if (bits == 0) { return r; }
    r.rest_mask = (1 << bits) - 1;
    r.half = mode == RoundMode::trn ? std::numeric_limits<std::int32_t>::max() : 1 << (bits - 1);
    r.up_below = mode == RoundMode::rnd || mode == RoundMode::rnd_zero;
    r.up_above = mode == RoundMode::rnd || mode == RoundMode::rnd_inf;
    r.up_odd = mode == RoundMode::rnd_conv;
    return r;
}

struct Job {
    const std::int32_t *c_p, *c_n, *s_p, *s_n, *offset;
    const std::int16_t* residual;
    std::int32_t *y, *partial;
    std::uint32_t *saturated, *relu_clipped, *partial_saturated;
};

/// (scale * count << e) >> cut. A wide product has up to 62 bits, what is left after the cut 32;
/// with less than 32 bits cut off, a logical shift gives these as an arithmetic one does, which
/// AVX2 does not have.
template <bool wide>
AIMC_ALWAYS_INLINE std::int32_t cut_product(std::int32_t scale, std::int32_t count, const Common& k)
{
    if (wide) {
        const auto product = static_cast<std::uint64_t>(std::int64_t{scale} * count);
        return static_cast<std::int32_t>((product << k.exponent) >> k.cut);
    }
    return scale * count * (1 << k.exponent) >> k.cut;
}

template <bool has_residual, bool wide>
AIMC_ALWAYS_INLINE void process_columns(const Job& job, const Common& common, std::size_t n)
{
    const Job j = job;  // copies: the results could alias them otherwise
    const Common k = common;
    AIMC_INDEPENDENT_TURNS
    for (std::size_t c = 0; c < n; ++c) {
        const std::int32_t count_p = j.c_p[c] - (j.c_n[c] & k.takes_difference);
        const std::int32_t product_p = cut_product<wide>(j.s_p[c], count_p, k);
        const std::int32_t product_n = cut_product<wide>(j.s_n[c], j.c_n[c], k);
        std::int32_t sum =
            rounded(product_p, k.of_branch) - rounded(product_n, k.of_branch) + j.offset[c];
        if (has_residual) { sum += rounded(j.residual[c] * (1 << k.residual_up), k.of_residual); }
        const std::int32_t y = rounded(sum, k.of_y);
        const std::int32_t fitted = std::min(std::max(y, k.y_low), k.y_high);
        const std::int32_t active = std::min(std::max(fitted, k.relu_low), k.relu_high);
        const std::int32_t partial = rounded(sum * (1 << k.partial_up), k.of_partial);
        const std::int32_t fitted_partial =
            std::min(std::max(partial, k.partial_low), k.partial_high);
        j.y[c] = active;
        j.partial[c] = fitted_partial;
        j.saturated[c] += y != fitted ? 1U : 0U;
        j.relu_clipped[c] += fitted != active ? 1U : 0U;
        j.partial_saturated[c] += partial != fitted_partial ? 1U : 0U;
    }
}
#define AIMC_COLUMNS(name, has_residual, wide)                    \
    AIMC_SIMD_CLONES(name, (process_columns<has_residual, wide>), \
                     (const Job& job, const Common& common, std::size_t n), (job, common, n))
AIMC_COLUMNS(without_residual, false, false)
AIMC_COLUMNS(with_residual, true, false)
AIMC_COLUMNS(wide_without_residual, false, true)
AIMC_COLUMNS(wide_with_residual, true, true)
#undef AIMC_COLUMNS

AIMC_ALWAYS_INLINE void largest_body(const std::int32_t* a, const std::int32_t* b, std::size_t n,
                                     std::int32_t& low, std::int32_t& high)
{
    std::int32_t least = 0;
    std::int32_t largest = 0;
    for (std::size_t c = 0; c < n; ++c) {
        least = std::min(least, std::min(a[c], b[c]));
        largest = std::max(largest, std::max(a[c], b[c]));
    }
    low = least;
    high = largest;
}
AIMC_SIMD_CLONES(find_extremes, largest_body,
                 (const std::int32_t* a, const std::int32_t* b, std::size_t n, std::int32_t& low,
                  std::int32_t& high),
                 (a, b, n, low, high))

std::int64_t aligned(std::int64_t raw, int fraction, const config::NmpuConfig& config)
{
    const int kept = config.kept_fraction();
    return fraction > kept ? round_shift(raw, fraction - kept, config.round_mode)
                           : raw * (std::int64_t{1} << (kept - fraction));
}

std::int64_t largest_scale(const std::vector<AffineWords>& words)
{
    std::int64_t scale = 0;
    for (const AffineWords& w : words) {
        scale = std::max({scale, std::int64_t{std::abs(w.s_p)}, std::int64_t{std::abs(w.s_n)}});
    }
    return scale;
}

/// No product before the cut is larger. The difference of two counts has a bit more than these.
std::int64_t largest_product(std::int64_t scale, int count_bits, int scale_exponent)
{
    return scale << (count_bits + 1 + scale_exponent);
}

}  // namespace

bool Bank::fits(const config::NmpuConfig& config, int scale_exponent,
                const std::vector<AffineWords>& words, int count_bits)
{
    if (config.overflow == OverflowMode::wrap || count_bits > most_count_bits ||
        config.out_bits > 31) {
        return false;
    }
    const int kept = config.kept_fraction();
    const int up = std::max(config.partial_fraction - kept, 0);
    const std::int64_t scale = largest_scale(words);
    std::int64_t offset = 0;
    for (const AffineWords& w : words) {
        offset = std::max({offset, std::abs(aligned(w.o_p, config.offset_fraction, config)),
                           std::abs(aligned(w.o_n, config.offset_fraction, config))});
    }
    if (scale >= most_scale) { return false; }
    const std::int64_t whole = largest_product(scale, count_bits, scale_exponent);
    const std::int64_t product = whole < most ? whole : (whole >> config.cut) + 1;
    const std::int64_t residual = std::abs(aligned(-32768, config.residual_fraction, config)) + 1;
    const int deepest = std::max({config.round_bits, kept, kept - config.partial_fraction,
                                  config.residual_fraction - kept, config.cut});
    return deepest < 30 && product < most && offset < most && residual < most &&
           (2 * product + 2 * offset + residual) < (most >> up);
}

Bank::Bank(const config::NmpuConfig& config, int scale_exponent, config::Activation activation,
           const std::vector<AffineWords>& words, int count_bits, SimdLevel simd)
    : is_wide_(largest_product(largest_scale(words), count_bits, scale_exponent) >= most),
      most_count_((1 << count_bits) - 1),
      simd_(simd)
{
    const bool two_branches = config.branch == Branch::polarity;
    const int kept = config.kept_fraction();
    Common& k = common_;
    k.takes_difference = config.branch == Branch::difference ? -1 : 0;
    k.exponent = scale_exponent;
    k.cut = config.cut;
    k.of_branch = rounding(config.round_bits, config.round_mode);
    k.of_residual = rounding(std::max(config.residual_fraction - kept, 0), config.round_mode);
    k.residual_up = std::max(kept - config.residual_fraction, 0);
    k.of_y = rounding(kept, config.final_round_mode);
    k.of_partial = rounding(std::max(kept - config.partial_fraction, 0), config.round_mode);
    k.partial_up = std::max(config.partial_fraction - kept, 0);
    k.y_high = static_cast<std::int32_t>(signed_max(config.out_bits));
    k.y_low = config.overflow == OverflowMode::sat_sym ? -k.y_high : -k.y_high - 1;
    k.partial_high = static_cast<std::int32_t>(signed_max(config.partial_bits));
    k.partial_low = -k.partial_high - 1;
    k.relu_low = activation == config::Activation::identity ? k.y_low : 0;
    k.relu_high =
        activation == config::Activation::clipped_relu ? config.relu_clip.value_or(0) : k.y_high;
    for (const AffineWords& w : words) {
        s_p_.push_back(w.s_p);
        s_n_.push_back(two_branches ? w.s_n : 0);
        const std::int64_t o_p = aligned(w.o_p, config.offset_fraction, config);
        const std::int64_t o_n = aligned(w.o_n, config.offset_fraction, config);
        offset_.push_back(static_cast<std::int32_t>(two_branches ? o_p - o_n : o_p));
    }
}

bool Bank::process(const std::int32_t* c_p, const std::int32_t* c_n, const std::int16_t* residual,
                   std::int32_t* y, std::int32_t* partial, ColumnCounters& counters) const
{
    const std::size_t n = s_p_.size();
    std::int32_t low = 0;
    std::int32_t high = 0;
    find_extremes(simd_)(c_p, c_n, n, low, high);
    if (low < -most_count_ || high > most_count_) { return false; }
    const Job job{c_p,
                  c_n,
                  s_p_.data(),
                  s_n_.data(),
                  offset_.data(),
                  residual,
                  y,
                  partial,
                  counters.saturated.data(),
                  counters.relu_clipped.data(),
                  counters.partial_saturated.data()};
    if (residual != nullptr) {
        (is_wide_ ? wide_with_residual(simd_) : with_residual(simd_))(job, common_, n);
    } else {
        (is_wide_ ? wide_without_residual(simd_) : without_residual(simd_))(job, common_, n);
    }
    return true;
}

}  // namespace aimc::nmpu
