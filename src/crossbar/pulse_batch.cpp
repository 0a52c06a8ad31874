// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/pulse_batch.h"

#include <algorithm>

namespace aimc::crossbar {
namespace {

struct Factors {
    std::int16_t *code, *square;
};

/// @tparam sign  of the codes that count; 0: both
template <int sign>
AIMC_ALWAYS_INLINE void factors_body(const std::int8_t* x, std::size_t n, const Factors& out)
{
    const Factors f = out;  // a copy: the results could alias it otherwise
    AIMC_INDEPENDENT_TURNS
    for (std::size_t r = 0; r < n; ++r) {
        const auto turned = static_cast<std::int16_t>(sign < 0 ? -x[r] : x[r]);
        const std::int16_t code = sign == 0 ? turned : std::max(turned, std::int16_t{0});
        f.code[r] = code;
        f.square[r] = static_cast<std::int16_t>(code * code);
    }
}
AIMC_SIMD_CLONES(positive_factors, factors_body<1>,
                 (const std::int8_t* x, std::size_t n, const Factors& out), (x, n, out))
AIMC_SIMD_CLONES(negative_factors, factors_body<-1>,
                 (const std::int8_t* x, std::size_t n, const Factors& out), (x, n, out))
AIMC_SIMD_CLONES(all_factors, factors_body<0>,
                 (const std::int8_t* x, std::size_t n, const Factors& out), (x, n, out))

struct Extremes {
    int least = 0, most = 0;
};

AIMC_ALWAYS_INLINE void extremes_body(const std::int8_t* x, std::size_t n, Extremes& out)
{
    std::int8_t least = 0;
    std::int8_t most = 0;
    for (std::size_t r = 0; r < n; ++r) {
        least = std::min(least, x[r]);
        most = std::max(most, x[r]);
    }
    out = {least, most};
}
AIMC_SIMD_CLONES(extremes_of, extremes_body, (const std::int8_t* x, std::size_t n, Extremes& out),
                 (x, n, out))

constexpr std::size_t at(Sign sign) { return static_cast<std::size_t>(sign); }

}  // namespace

void PulseBatch::start(const std::int8_t* x, std::size_t stride, std::size_t n, std::size_t rows,
                       SimdLevel simd)
{
    x_ = x;
    stride_ = stride;
    n_ = n;
    rows_ = rows;
    simd_ = simd;
    for (auto& f : factors_) { f.is_set = false; }
    for (auto& list : longest_) { list.resize(n); }
    const auto run = extremes_of(simd);
    for (std::size_t k = 0; k < n; ++k) {
        Extremes codes;
        run(x + k * stride, rows, codes);
        longest_[at(Sign::positive)][k] = codes.most;
        longest_[at(Sign::negative)][k] = -codes.least;
        longest_[at(Sign::both)][k] = std::max(codes.most, -codes.least);
    }
}

const PulseFactors& PulseBatch::of(Sign sign)
{
    PulseFactors& f = factors_[at(sign)];
    if (f.is_set) { return f; }
    f.is_set = true;
    const std::size_t padded = (rows_ + 1) / 2 * 2;
    for (auto* list : {&f.code, &f.square}) { list->resize(n_ * padded); }
    const auto run = sign == Sign::positive   ? positive_factors(simd_)
                     : sign == Sign::negative ? negative_factors(simd_)
                                              : all_factors(simd_);
    for (std::size_t k = 0; k < n_; ++k) {
        const std::size_t own = k * padded;
        run(x_ + k * stride_, rows_, {f.code.data() + own, f.square.data() + own});
        if (padded > rows_) { f.code[own + rows_] = f.square[own + rows_] = 0; }
    }
    return f;
}

const std::vector<int>& PulseBatch::n_on(Phase phase) const
{
    if (phase == Phase::all) { return longest_[at(Sign::both)]; }
    const bool positive = phase == Phase::pp || phase == Phase::pn;
    return longest_[at(positive ? Sign::positive : Sign::negative)];
}

}  // namespace aimc::crossbar
