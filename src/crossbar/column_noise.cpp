// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/column_noise.h"

#include "aimc/crossbar/pwm_dac.h"

#include "phase_terms.h"

#include <cmath>
#include <utility>

namespace aimc::crossbar {
namespace {

struct RoundJob {
    const double* variance;
    const float* z;
    float noise_lsb, per_on;
    std::int32_t *noise, *doubtful;
};

/// Columns that share one look for doubtful draws.
constexpr std::size_t chunk = 16;
/// Of a draw before it is rounded: the normal, and eight roundings of floats.
constexpr float near_error = static_cast<float>(near_normal_error) + 8 * 0x1p-24F;
/// The same for draws near zero.  [current grid]
constexpr float least_error = 1e-7F;

/// @param doubts  per chunk, of how many draws it is open which way they are rounded
AIMC_ALWAYS_INLINE void round_body(const RoundJob& job, std::size_t n, std::int32_t* doubts)
{
    const RoundJob j = job;  // a copy: the results could alias it otherwise
    for (std::size_t first = 0; first < n; first += chunk) {
        std::int32_t sum = 0;
        for (std::size_t c = first; c < first + chunk; ++c) {
            const float sd = std::sqrt(static_cast<float>(j.variance[c]) * j.noise_lsb) * j.per_on;
            const float draw = sd * j.z[c];
            const float whole = std::floor(draw + 0.5F);
            const float off = std::fabs(draw) * near_error + least_error;
            const float from_middle = std::fabs((draw + 0.5F) - whole - 0.5F);
            const std::int32_t doubt = from_middle + off >= 0.5F ? 1 : 0;
            j.doubtful[c] = doubt;
            j.noise[c] = static_cast<std::int32_t>(whole);
            sum += doubt;
        }
        doubts[first / chunk] = sum;
    }
}
AIMC_SIMD_CLONES(round_draws, round_body,
                 (const RoundJob& job, std::size_t n, std::int32_t* doubts), (job, n, doubts))

}  // namespace

struct ColumnNoise::Planes {
    bool symmetric;
    std::array<PairPlane, 2> variance;
};

bool ColumnNoise::fits(const config::TileConfig& config, const GridArray& array)
{
    const auto noise = config.device.read_noise;
    return array.noise_lsb <= 0.0 || noise == config::ReadNoise::none ||
           noise == config::ReadNoise::per_column;
}

ColumnNoise::ColumnNoise(const config::TileConfig& config, const GridArray& array, SimdLevel simd,
                         Window window)
    : cols_(range_or_all(window.cols, array.cols()).size()),
      first_col_(window.cols.from),
      seed_(config.seed.read),
      tile_(config.index),
      noise_lsb_(config.device.read_noise != config::ReadNoise::none ? array.noise_lsb : 0.0),
      simd_(simd)
{
    if (!is_on()) { return; }
    const bool one_phase = config.read.mode == config::ReadMode::one_phase;
    auto planes = std::make_unique<Planes>();
    planes->symmetric = one_phase && detail::reads_alike(array);
    for (const bool negative : {false, true}) {
        if (negative && planes->symmetric) { break; }
        planes->variance[negative ? 1 : 0] = detail::seen_plane(
            array, one_phase, negative, window,
            [](const detail::SeenCell& cell) { return detail::whole_variance(cell.variance); },
            code_max * code_max, false);
    }
    planes_ = std::move(planes);
}

ColumnNoise::~ColumnNoise() = default;
ColumnNoise::ColumnNoise(ColumnNoise&&) noexcept = default;
ColumnNoise& ColumnNoise::operator=(ColumnNoise&&) noexcept = default;

std::size_t ColumnNoise::stride() const
{
    return (cols_ + pair_block_cols - 1) / pair_block_cols * pair_block_cols;
}

std::int32_t ColumnNoise::exact(double variance, double n_on, std::uint32_t word) const
{
    const double sd = std::sqrt(variance * noise_lsb_) / n_on;
    return static_cast<std::int32_t>(std::floor(sd * normal_of(word) + 0.5));
}

void ColumnNoise::draw(Phase phase, PulseBatch& pulses, ReadId first, Scratch& s,
                       std::int32_t* noise) const
{
    const std::size_t n = pulses.n();
    const std::size_t wide = stride();
    for (auto* list : {&s.words, &s.sums}) { list->resize(n * wide); }
    s.variance.resize(n * wide);
    s.z.resize(n * wide);
    bool more = false;
    for (const auto& term : detail::terms_of(phase, planes_->symmetric)) {
        planes_->variance[term.plane].multiply(pulses.of(term.sign).square.data(), n, simd_, more,
                                               s.sums, s.variance.data());
        more = true;
    }
    random_words(read_noise_place(seed_, tile_, phase, first), n,
                 {static_cast<std::uint32_t>(first_col_), static_cast<std::uint32_t>(cols_)}, simd_,
                 wide, s.words.data());
    near_normals(s.words.data(), n * wide, simd_, s.z.data());
    static_assert(pair_block_cols % chunk == 0);
    s.doubtful.resize(wide);
    s.doubts.resize(wide / chunk);
    const auto run = round_draws(simd_);
    const auto& n_on = pulses.n_on(phase);
    for (std::size_t k = 0; k < n; ++k) {
        if (n_on[k] == 0) { continue; }
        const std::size_t at = k * wide;
        run({s.variance.data() + at, s.z.data() + at, static_cast<float>(noise_lsb_),
             1.0F / static_cast<float>(n_on[k]), noise + at, s.doubtful.data()},
            wide, s.doubts.data());
        for (std::size_t part = 0; part < wide / chunk; ++part) {
            if (s.doubts[part] == 0) { continue; }
            for (std::size_t c = part * chunk; c < std::min((part + 1) * chunk, cols_); ++c) {
                if (s.doubtful[c] == 0) { continue; }
                noise[at + c] = exact(s.variance[at + c], n_on[k], s.words[at + c]);
            }
        }
    }
}

}  // namespace aimc::crossbar
