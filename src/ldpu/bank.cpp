// SPDX-License-Identifier: Apache-2.0
#include "aimc/ldpu/bank.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace aimc::ldpu {
namespace {

using Common = Bank::Common;

constexpr double infinity = std::numeric_limits<double>::infinity();

AIMC_ALWAYS_INLINE std::uint64_t bits_of(double x)
{
    std::uint64_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

AIMC_ALWAYS_INLINE double double_of(std::uint64_t bits)
{
    double x = 0.0;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

/// Nearest binary16 of x, ties to even, as a double; NaN stays one.
AIMC_ALWAYS_INLINE double to_half(double x)
{
    const double size = std::fabs(x);
    const double normal = size > 0x1p-14 ? size : 0x1p-14;  // below, the last bit stays at 2^-24
    // 1.5 * 2^(e + 42): its last bit is that of a binary16 of exponent e, so the sum rounds there
    const double magic = double_of((bits_of(normal) & 0x7ff0000000000000U) +
                                   (std::uint64_t{42} << 52U) + (std::uint64_t{1} << 51U));
    const double rounded = size >= 65520.0 ? infinity : (size + magic) - magic;
    return std::copysign(rounded, x);
}

/// One rounding, although the sum is rounded in double first. The product is exact: 22 bits. Let E
/// be the exponent of the sum; it is inexact only if its last bit lies below E - 52.
///  - That bit is one of c, at least 2^-24: E > 28, infinity either way.
///  - Or one of the product, which has 22 bits: |a * b| < 2^(E - 31). The sum is c, of exponent
///    E - 1 at least, and less than a quarter of its last bit: c either way.
AIMC_ALWAYS_INLINE double fma_half(double a, double b, double c) { return to_half(a * b + c); }

AIMC_ALWAYS_INLINE double to_whole(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

struct Job {
    const std::int32_t *c_p, *c_n;
    const double *s_p, *minus_s_n, *offset, *gamma, *beta;
    const std::int16_t* residual;
    std::int32_t *y, *partial;
    std::uint32_t *saturated, *relu_clipped, *partial_saturated;
};

template <bool has_residual>
AIMC_ALWAYS_INLINE void process_columns(const Job& job, const Common& common, std::size_t n)
{
    const Job j = job;  // copies: the results could alias them otherwise
    const Common k = common;
    AIMC_INDEPENDENT_TURNS
    for (std::size_t c = 0; c < n; ++c) {
        double t = fma_half(j.s_p[c], to_half(j.c_p[c] * k.per_count), j.offset[c]);
        t = fma_half(j.minus_s_n[c], to_half(j.c_n[c] * k.per_count), t);
        t = fma_half(j.gamma[c], t, j.beta[c]);
        if (has_residual) { t = to_half(t + to_half(j.residual[c] * k.per_residual)); }
        const double value = t * k.partial_scale;
        const bool partial_fits = value >= -k.partial_top - 0.5 && value < k.partial_top - 0.5;
        double partial = value > -k.partial_top ? value : -k.partial_top;
        partial = partial < k.partial_top - 1.0 ? partial : k.partial_top - 1.0;
        partial = value == value ? to_whole(partial) : 0.0;

        double active = k.relu && t <= 0.0 ? 0.0 : t;
        const bool is_clipped = (k.relu && t < 0.0) || active > k.clip;
        active = active > k.clip ? k.clip : active;
        const double whole = to_whole(active);
        const bool y_fits = std::fabs(whole) <= k.y_top;
        double y = whole > -k.y_top ? whole : -k.y_top;
        y = y < k.y_top ? y : k.y_top;
        y = whole == whole ? y : 0.0;

        j.y[c] = static_cast<std::int32_t>(y);
        j.partial[c] = static_cast<std::int32_t>(partial);
        j.saturated[c] += y_fits ? 0U : 1U;
        j.relu_clipped[c] += is_clipped ? 1U : 0U;
        j.partial_saturated[c] += partial_fits ? 0U : 1U;
    }
}
AIMC_SIMD_CLONES(without_residual, process_columns<false>,
                 (const Job& job, const Common& common, std::size_t n), (job, common, n))
AIMC_SIMD_CLONES(with_residual, process_columns<true>,
                 (const Job& job, const Common& common, std::size_t n), (job, common, n))

}  // namespace

Bank::Bank(const std::vector<AffineWords16>& words, const LaneSettings& settings, SimdLevel simd)
    : simd_(simd)
{
    if (settings.out_bits < 2 || settings.out_bits > 32) {
        throw std::invalid_argument("ldpu::Bank: out_bits must be 2 .. 32");
    }
    if (settings.clip && (!settings.relu || *settings.clip < 0)) {
        throw std::invalid_argument("ldpu::Bank: clip needs relu and must be >= 0");
    }
    common_.per_count = std::ldexp(1.0, -settings.count_fraction);
    common_.per_residual = std::ldexp(1.0, -settings.residual_fraction);
    common_.partial_scale = std::ldexp(1.0, settings.partial_fraction);
    common_.partial_top = std::ldexp(1.0, settings.partial_bits - 1);
    common_.y_top = std::ldexp(1.0, settings.out_bits - 1) - 1.0;
    common_.relu = settings.relu;
    common_.clip = settings.clip ? to_double(from_int(*settings.clip)) : infinity;
    for (const AffineWords16& w : words) {
        s_p_.push_back(to_double(w.scale_p));
        minus_s_n_.push_back(to_double(negate(w.scale_n)));
        offset_.push_back(to_double(w.offset));
        gamma_.push_back(to_double(w.gamma));
        beta_.push_back(to_double(w.beta));
    }
}

void Bank::process(const std::int32_t* c_p, const std::int32_t* c_n, const std::int16_t* residual,
                   std::int32_t* y, std::int32_t* partial, ColumnCounters& counters) const
{
    const Job job{c_p,
                  c_n,
                  s_p_.data(),
                  minus_s_n_.data(),
                  offset_.data(),
                  gamma_.data(),
                  beta_.data(),
                  residual,
                  y,
                  partial,
                  counters.saturated.data(),
                  counters.relu_clipped.data(),
                  counters.partial_saturated.data()};
    if (residual != nullptr) {
        with_residual(simd_)(job, common_, s_p_.size());
    } else {
        without_residual(simd_)(job, common_, s_p_.size());
    }
}

}  // namespace aimc::ldpu
