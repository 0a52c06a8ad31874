// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/charge_driver.h"

#include "aimc/crossbar/pwm_dac.h"

#include "pair_product.h"

#include <algorithm>
#include <cmath>

namespace aimc::crossbar {
namespace {

using detail::block_cols;
using detail::block_vectors;

struct Factors {
    std::int16_t *magnitude, *is_on, *square;
};

AIMC_ALWAYS_INLINE void factors_body(const std::int8_t* x, int sign, std::size_t n,
                                     const Factors& out)
{
    const Factors f = out;  // a copy: the results could alias it otherwise
    AIMC_INDEPENDENT_TURNS
    for (std::size_t r = 0; r < n; ++r) {
        const auto turned = static_cast<std::int16_t>(sign * x[r]);
        const std::int16_t on = std::max(turned, std::int16_t{0});
        f.magnitude[r] = on;
        f.is_on[r] = on > 0 ? std::int16_t{1} : std::int16_t{0};
        f.square[r] = static_cast<std::int16_t>(on * on);
    }
}
AIMC_SIMD_CLONES(factors_of, factors_body,
                 (const std::int8_t* x, int sign, std::size_t n, const Factors& out),
                 (x, sign, n, out))

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

/// total += sums, or = when it is the first block of rows.
AIMC_ALWAYS_INLINE void gather_body(const std::uint32_t* sums, bool first, std::size_t n,
                                    double* total)
{
    constexpr std::uint32_t middle = 0x80000000U;  // signed words convert faster
    if (first) {
        for (std::size_t i = 0; i < n; ++i) {
            total[i] = static_cast<std::int32_t>(sums[i] ^ middle) + 0x1p31;
        }
    } else {
        for (std::size_t i = 0; i < n; ++i) {
            total[i] += static_cast<std::int32_t>(sums[i] ^ middle) + 0x1p31;
        }
    }
}
AIMC_SIMD_CLONES(gather_sums, gather_body,
                 (const std::uint32_t* sums, bool first, std::size_t n, double* total),
                 (sums, first, n, total))

struct NoiseJob {
    const double* variance;
    const double* z;
    double noise_lsb, n_on;
    double *charge, *peak;
};

AIMC_ALWAYS_INLINE void noise_body(const NoiseJob& job, std::size_t n)
{
    const NoiseJob j = job;  // a copy: the results could alias it otherwise
    for (std::size_t c = 0; c < n; ++c) {
        const double sd = std::sqrt(j.variance[c] * j.noise_lsb) / j.n_on;
        const double noise = std::floor(sd * j.z[c] + 0.5);
        j.charge[c] += noise * j.n_on;
        j.peak[c] += noise;
    }
}
AIMC_SIMD_CLONES(noise_of, noise_body, (const NoiseJob& job, std::size_t n), (job, n))

}  // namespace

bool ChargeDriver::fits(const config::TileConfig& config, const GridArray& array)
{
    const auto noise = config.device.read_noise;
    const auto is_below_zero = [](ConductanceLsb g) { return g.raw < 0; };
    return config.read.mode == config::ReadMode::four_phase &&
           config.adc.integration == config::Integration::charge &&
           (array.noise_lsb <= 0.0 || noise == config::ReadNoise::none ||
            noise == config::ReadNoise::per_column) &&
           std::none_of(array.g_pos.data().begin(), array.g_pos.data().end(), is_below_zero) &&
           std::none_of(array.g_neg.data().begin(), array.g_neg.data().end(), is_below_zero);
}

ChargeDriver::ChargeDriver(const config::TileConfig& config, const GridArray& array, SimdLevel simd,
                           Window window)
    : rows_(range_or_all(window.rows, array.rows()).size()),
      cols_(range_or_all(window.cols, array.cols()).size()),
      first_col_(window.cols.from),
      pairs_((rows_ + 1) / 2),
      stride_((cols_ + block_cols - 1) / block_cols * block_cols),
      seed_(config.seed.read),
      tile_(config.index),
      skip_empty_(config.read.skip_empty_phases),
      noise_lsb_(array.noise_lsb),
      has_noise_(array.noise_lsb > 0.0 && config.device.read_noise != config::ReadNoise::none),
      simd_(simd)
{
    const auto cell = [&](const auto& of) {
        return [&](std::size_t r, std::size_t c) {
            return of(WordLine{window.rows.from + r}, BitLine{first_col_ + c});
        };
    };
    const auto g_of = [](const Matrix<ConductanceLsb>& g) {
        return [&g](WordLine r, BitLine c) { return g(r, c).raw; };
    };
    g_[0] = make_plane(cell(g_of(array.g_pos)), code_max);
    g_[1] = make_plane(cell(g_of(array.g_neg)), code_max);
    if (!has_noise_) { return; }
    variance_[0] = make_plane(cell(array.noise_pos), code_max * code_max);
    variance_[1] = make_plane(cell(array.noise_neg), code_max * code_max);
}

template <class At>
ChargeDriver::Plane ChargeDriver::make_plane(const At& at, std::uint64_t largest_factor) const
{
    Plane plane;
    plane.cells.assign(stride_ * pairs_ * 2, 0);
    for (std::size_t r = 0; r < rows_; ++r) {
        for (std::size_t c = 0; c < cols_; ++c) {
            const std::size_t pair = (c / block_cols * pairs_ + r / 2) * block_cols;
            plane.cells[(pair + c % block_cols) * 2 + r % 2] = static_cast<std::int16_t>(at(r, c));
        }
    }
    const auto fits = [&](std::size_t most_pairs) {
        for (std::size_t c = 0; c < cols_; ++c) {
            std::uint64_t sum = 0;
            for (std::size_t r = 0; r < rows_; ++r) {
                if (r % (2 * most_pairs) == 0) { sum = 0; }
                sum += static_cast<std::uint64_t>(at(r, c)) * largest_factor;
                if (sum > 0xffffffffU) { return false; }
            }
        }
        return true;
    };
    plane.most_pairs = std::max<std::size_t>(pairs_, 1);
    while (!fits(plane.most_pairs)) { plane.most_pairs = (plane.most_pairs + 1) / 2; }
    return plane;
}

void ChargeDriver::find_phases(const std::int8_t* x, std::size_t x_stride, ChargeBatch& out) const
{
    const auto run = extremes_of(simd_);
    for (auto& p : out.phases) {
        p.n_on.resize(out.n);
        p.done.assign(out.n, 1);
        p.is_driven = false;
    }
    for (std::size_t k = 0; k < out.n; ++k) {
        Extremes codes;
        run(x + k * x_stride, rows_, codes);
        const std::array<int, 4> n_on{codes.most, codes.most, -codes.least, -codes.least};
        const bool nothing = codes.most == 0 && codes.least == 0;
        for (std::size_t i = 0; i < n_on.size(); ++i) {
            auto& p = out.phases[i];
            p.n_on[k] = n_on[i];
            p.is_driven = p.is_driven || n_on[i] > 0;
            if (skip_empty_) {
                p.done[k] = n_on[i] > 0 || (nothing && four_phases[i] == Phase::pp);
            }
        }
    }
}

void ChargeDriver::find_factors(const std::int8_t* x, std::size_t x_stride, bool negative,
                                std::size_t vectors, ChargeBatch& out) const
{
    const auto run = factors_of(simd_);
    const std::size_t part = vectors * pairs_ * 2;
    out.factors.resize(3 * part);  // what pads it meets cells of zeros, or gives sums nobody reads
    for (std::size_t k = 0; k < out.n; ++k) {
        std::int16_t* own = out.factors.data() + k * pairs_ * 2;
        run(x + k * x_stride, negative ? -1 : 1, rows_, {own, own + part, own + 2 * part});
    }
}

void ChargeDriver::multiply(const Plane& plane, const std::int16_t* factors, std::size_t vectors,
                            ChargeBatch& scratch, double* total) const
{
    scratch.sums.resize(vectors * stride_);
    const auto run = detail::pair_product(simd_);
    const auto gather = gather_sums(simd_);
    for (std::size_t from = 0; from < pairs_; from += plane.most_pairs) {
        run({plane.cells.data(), factors, pairs_, from, std::min(from + plane.most_pairs, pairs_),
             stride_ / block_cols, vectors, scratch.sums.data()});
        gather(scratch.sums.data(), from == 0, vectors * stride_, total);
    }
}

void ChargeDriver::add_noise(Phase phase, ReadId first, ChargeBatch& out) const
{
    auto& p = out.phases[static_cast<std::size_t>(phase)];
    out.z.resize(out.n * stride_);
    normals(read_noise_place(seed_, tile_, phase, first), out.n,
            {static_cast<std::uint32_t>(first_col_), static_cast<std::uint32_t>(cols_)}, simd_,
            stride_, out.z.data());
    const auto run = noise_of(simd_);
    for (std::size_t k = 0; k < out.n; ++k) {
        if (p.n_on[k] == 0) { continue; }
        const std::size_t at = k * stride_;
        run({out.variance.data() + at, out.z.data() + at, noise_lsb_,
             static_cast<double>(p.n_on[k]), p.charge.data() + at, p.peak.data() + at},
            cols_);
    }
}

void ChargeDriver::drive(const std::int8_t* x, std::size_t x_stride, std::size_t n, ReadId first,
                         ChargeBatch& out) const
{
    out.n = n;
    out.stride = stride_;
    find_phases(x, x_stride, out);
    const std::size_t vectors = (n + block_vectors - 1) / block_vectors * block_vectors;
    const std::size_t part = vectors * pairs_ * 2;
    for (const std::size_t sign : {std::size_t{0}, std::size_t{1}}) {
        if (!out.phases[2 * sign].is_driven) { continue; }
        find_factors(x, x_stride, sign == 1, vectors, out);
        for (const std::size_t polarity : {std::size_t{0}, std::size_t{1}}) {
            auto& p = out.phases[2 * sign + polarity];
            for (auto* list : {&p.charge, &p.peak, &out.variance}) {
                list->resize(vectors * stride_);
            }
            multiply(g_[polarity], out.factors.data(), vectors, out, p.charge.data());
            multiply(g_[polarity], out.factors.data() + part, vectors, out, p.peak.data());
            if (!has_noise_) { continue; }
            multiply(variance_[polarity], out.factors.data() + 2 * part, vectors, out,
                     out.variance.data());
            add_noise(four_phases[2 * sign + polarity], first, out);
        }
    }
}

}  // namespace aimc::crossbar
