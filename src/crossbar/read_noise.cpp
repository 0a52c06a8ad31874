// SPDX-License-Identifier: Apache-2.0
// The three kinds of read noise of a crossbar.
#include "read_noise.h"

#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/pwm_dac.h"

#include "cell_normals.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace aimc::crossbar {
namespace detail {
namespace {

AIMC_ALWAYS_INLINE void add_variance_body(std::uint32_t* sum, const std::uint16_t* v,
                                          std::uint32_t x2, std::size_t n)
{
    for (std::size_t c = 0; c < n; ++c) { sum[c] += v[c] * x2; }
}
AIMC_SIMD_CLONES(variance_loop, add_variance_body,
                 (std::uint32_t * sum, const std::uint16_t* v, std::uint32_t x2, std::size_t n),
                 (sum, v, x2, n))

/// What a cell conducts in this read: never below zero. 65535 * 4.33 * 2^12 fits 32 bits.
AIMC_ALWAYS_INLINE std::int32_t conducts(const CellRow& row, std::size_t c, int shift)
{
    const std::int32_t half = 1 << (shift - 1);
    const std::int32_t noise = (std::int32_t{row.sd[c]} * row.z[c] + half) >> shift;
    return std::max(row.g[c] + noise, 0);
}

AIMC_ALWAYS_INLINE void add_cells_body(std::int32_t* sum, const CellRow& in, int shift,
                                       std::size_t n)
{
    const CellRow a = in;  // copies: the sums could alias the pointers otherwise
    for (std::size_t c = 0; c < n; ++c) { sum[c] += conducts(a, c, shift); }
}
AIMC_SIMD_CLONES(cells_loop, add_cells_body,
                 (std::int32_t * sum, const CellRow& in, int shift, std::size_t n),
                 (sum, in, shift, n))

AIMC_ALWAYS_INLINE void add_pairs_body(std::int32_t* sum, const CellRow& in, const CellRow& out,
                                       int shift, std::size_t n)
{
    const CellRow a = in;
    const CellRow b = out;
    for (std::size_t c = 0; c < n; ++c) { sum[c] += conducts(a, c, shift) - conducts(b, c, shift); }
}
AIMC_SIMD_CLONES(pairs_loop, add_pairs_body,
                 (std::int32_t * sum, const CellRow& in, const CellRow& out, int shift,
                  std::size_t n),
                 (sum, in, out, shift, n))

}  // namespace

AddVariance add_variance(SimdLevel level) { return variance_loop(level); }
AddCells add_cells(SimdLevel level) { return cells_loop(level); }
AddPairs add_pairs(SimdLevel level) { return pairs_loop(level); }

}  // namespace detail

namespace {

// 64 rows of 4095 * 127^2 fit 32 bits, so the sum stays exact
constexpr int rows_per_block = 64;
static_assert(std::uint64_t{rows_per_block} * noise_steps * code_max * code_max <= 0xffffffffU);

}  // namespace

Place read_noise_place(std::uint64_t seed, std::uint16_t tile, Phase phase, ReadId id)
{
    Place place;
    place.seed = seed;
    place.purpose = id.calibration ? Purpose::calibration_read_noise : Purpose::read_noise;
    place.tile = tile;
    place.lane = static_cast<std::uint16_t>(phase);
    place.read = id.read;
    return place;
}

void Crossbar::add_column_noise(const std::vector<int>& active, const std::int8_t* x, Phase phase,
                                ReadId id, int n_on, std::int32_t* current) const
{
    thread_local std::vector<std::uint32_t> block;
    thread_local std::vector<std::uint64_t> variance;
    thread_local std::vector<double> z;
    block.assign(stride_, 0);
    variance.assign(stride_, 0);
    z.resize(cols_);
    const auto add = detail::add_variance(simd_);
    int in_block = 0;
    const auto close_block = [&] {
        for (std::size_t c = 0; c < cols_; ++c) { variance[c] += block[c]; }
        std::fill(block.begin(), block.end(), 0U);
        in_block = 0;
    };
    for (const int r : active) {
        const auto row = static_cast<std::size_t>(r);
        const auto x2 = static_cast<std::uint32_t>(x[row] * x[row]);
        add(block.data(), plane(phase, x[row] < 0).noise.data() + row * stride_, x2, stride_);
        if (++in_block == rows_per_block) { close_block(); }
    }
    close_block();

    normals(noise_place(phase, id), 1,
            {static_cast<std::uint32_t>(first_col_), static_cast<std::uint32_t>(cols_)}, simd_,
            cols_, z.data());
    for (std::size_t c = 0; c < cols_; ++c) {
        const double sd = std::sqrt(static_cast<double>(variance[c]) * noise_lsb_) / n_on;
        current[c] += static_cast<std::int32_t>(std::floor(sd * z[c] + 0.5));
    }
}

void Crossbar::add_segment_noise(const int* rows, std::size_t n_rows, const std::int8_t* x,
                                 Phase phase, ReadId id, std::int32_t* current) const
{
    thread_local std::vector<std::uint32_t> variance;
    thread_local std::vector<std::int16_t> z;
    variance.assign(stride_, 0);
    z.resize(stride_);
    const auto add = detail::add_variance(simd_);
    for (std::size_t i = 0; i < n_rows; ++i) {
        const auto row = static_cast<std::size_t>(rows[i]);
        add(variance.data(), plane(phase, x[row] < 0).noise.data() + row * stride_, 1, stride_);
    }
    Place place = noise_place(phase, id);
    place.row = static_cast<std::uint16_t>(pwm_pulse(x[rows[0]]).n_on);
    cell_normals(place, first_col_, stride_, z.data());
    const int shift = sd_fraction_ + normal_fraction;
    const double one = 1 << sd_fraction_;
    for (std::size_t c = 0; c < cols_; ++c) {
        const double sd = std::sqrt(variance[c] * noise_lsb_) * one + 0.5;
        const std::int64_t noise = static_cast<std::int64_t>(sd) * z[c];
        current[c] +=
            static_cast<std::int32_t>((noise + (std::int64_t{1} << (shift - 1))) >> shift);
    }
}

void Crossbar::add_noisy_row(std::size_t row, bool negative_input, Phase phase, ReadId id,
                             std::int32_t* current) const
{
    thread_local std::array<std::vector<std::int16_t>, 2> z;
    Place place = noise_place(phase, id);
    place.row = static_cast<std::uint16_t>(first_row_ + row);
    const auto cells = [&](const Cells& of, std::size_t polarity) {
        auto& draws = z[polarity];
        draws.resize(stride_);
        place.lane = static_cast<std::uint16_t>(static_cast<std::size_t>(phase) | polarity << 3U);
        cell_normals(place, first_col_, stride_, draws.data());
        return detail::CellRow{of.g.data() + row * stride_, of.sd.data() + row * stride_,
                               draws.data()};
    };
    const int shift = sd_fraction_ + normal_fraction;
    if (phase == Phase::all) {
        const std::size_t in = negative_input ? 1 : 0;
        const std::size_t out = 1 - in;
        detail::add_pairs(simd_)(current, cells(cells_[in], in), cells(turned_[out], out), shift,
                                 stride_);
    } else {
        const std::size_t in = phase == Phase::pp || phase == Phase::np ? 0 : 1;
        detail::add_cells(simd_)(current, cells(cells_[in], in), shift, stride_);
    }
}

}  // namespace aimc::crossbar
