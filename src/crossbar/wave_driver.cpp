// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/wave_driver.h"

#include "seen_cells.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace aimc::crossbar {
namespace {

constexpr std::int32_t one = 1 << step_bits;

struct WalkJob {
    const std::int16_t* cells;
    const std::uint32_t* rows;
    const std::uint32_t* to;
    std::size_t n_turns;
    const std::int32_t* base;  ///< times `one`
    std::int32_t* current;
};

void walk_scalar(WalkJob job)
{
    std::array<std::int32_t, wave_cols> now{};
    std::copy(job.base, job.base + wave_cols, now.begin());
    for (std::size_t i = 0; i < job.n_turns; ++i) {
        const std::int16_t* a = job.cells + job.rows[2 * i];
        const std::int16_t* b = job.cells + job.rows[2 * i + 1];
        for (std::size_t c = 0; c < wave_cols; ++c) { now[c] += (a[c] + b[c]) * one; }
        std::copy(now.begin(), now.end(), job.current + job.to[i]);
    }
}

#if defined(__x86_64__)

#if defined(__clang__)
#define AIMC_TWO_TURNS _Pragma("clang loop unroll_count(2)")
#else
#define AIMC_TWO_TURNS _Pragma("GCC unroll 2")
#endif

// Two rows side by side, and a multiply-add that widens, adds and shifts at once. One loop for two
// register widths; the instructions have other names for each, and a template cannot carry a
// target. Every turn stores its sum; the last one of a cycle is the one that stays.
#define AIMC_WALK(name, isa, Word, words, load, store, set1, low, high, madd, add)           \
    __attribute__((target(isa))) void name(WalkJob job)                                      \
    {                                                                                        \
        Word now[words];                                                                     \
        for (int w = 0; w < (words); ++w) {                                                  \
            now[w] = load(reinterpret_cast<const Word*>(job.base) + w);                      \
        }                                                                                    \
        const Word ones = set1(one);                                                         \
        AIMC_TWO_TURNS                                                                       \
        for (std::size_t i = 0; i < job.n_turns; ++i) {                                      \
            std::uint64_t rows = 0;                                                          \
            std::memcpy(&rows, job.rows + 2 * i, sizeof rows);                               \
            const auto* a = reinterpret_cast<const Word*>(job.cells + (rows & 0xffffffffU)); \
            const auto* b = reinterpret_cast<const Word*>(job.cells + (rows >> 32U));        \
            auto* to = reinterpret_cast<Word*>(job.current + job.to[i]);                     \
            for (int w = 0; w < (words) / 2; ++w) {                                          \
                const Word of_a = load(a + w);                                               \
                const Word of_b = load(b + w);                                               \
                now[2 * w] = add(now[2 * w], madd(low(of_a, of_b), ones));                   \
                now[2 * w + 1] = add(now[2 * w + 1], madd(high(of_a, of_b), ones));          \
                store(to + 2 * w, now[2 * w]);                                               \
                store(to + 2 * w + 1, now[2 * w + 1]);                                       \
            }                                                                                \
        }                                                                                    \
    }

AIMC_WALK(walk_sse4, "sse4.2", __m128i, 4, _mm_loadu_si128, _mm_storeu_si128, _mm_set1_epi16,
          _mm_unpacklo_epi16, _mm_unpackhi_epi16, _mm_madd_epi16, _mm_add_epi32)
AIMC_WALK(walk_avx2, "avx2", __m256i, 2, _mm256_loadu_si256, _mm256_storeu_si256, _mm256_set1_epi16,
          _mm256_unpacklo_epi16, _mm256_unpackhi_epi16, _mm256_madd_epi16, _mm256_add_epi32)
#undef AIMC_WALK

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) void walk_avx512(WalkJob job)
{
    __m512i now = _mm512_loadu_si512(job.base);
    AIMC_TWO_TURNS
    for (std::size_t i = 0; i < job.n_turns; ++i) {
        const auto* a = reinterpret_cast<const __m256i*>(job.cells + job.rows[2 * i]);
        const auto* b = reinterpret_cast<const __m256i*>(job.cells + job.rows[2 * i + 1]);
        const __m512i both = _mm512_add_epi32(_mm512_cvtepi16_epi32(_mm256_loadu_si256(a)),
                                              _mm512_cvtepi16_epi32(_mm256_loadu_si256(b)));
        now = _mm512_add_epi32(now, _mm512_slli_epi32(both, step_bits));
        _mm512_storeu_si512(job.current + job.to[i], now);
    }
}

#undef AIMC_TWO_TURNS

#endif

/// Where a column of a block lies in its row: an avx2 word that is taken apart and put side by side
/// with another comes out in this order.
std::size_t place_of(std::size_t column, SimdLevel level)
{
    if (level != SimdLevel::avx2) { return column; }
    const std::size_t quarter = column / 4;
    const std::size_t swapped = quarter == 1 ? 2 : (quarter == 2 ? 1 : quarter);
    return swapped * 4 + column % 4;
}

using Walk = void (*)(WalkJob);

Walk walk_for(SimdLevel level)
{
    switch (level) {
#if defined(__x86_64__)
        case SimdLevel::sse4: return &walk_sse4;
        case SimdLevel::avx2: return &walk_avx2;
        case SimdLevel::avx512: return &walk_avx512;
#endif
        default: return &walk_scalar;
    }
}

/// A bound on the current of one column: all its cells one way, and 8 sigma of its noise (one draw
/// ends at 6.3).
double most_current(const GridArray& array, BitLine col, bool one_phase)
{
    double sum = 0.0;
    double variance = 0.0;
    for (std::size_t r = 0; r < array.rows(); ++r) {
        const auto g = [&](bool negative) {
            return std::abs(int{detail::whole_conductance(
                detail::seen(array, one_phase, negative, WordLine{r}, col).g)});
        };
        sum += std::max(g(false), g(true));
        variance += array.noise_pos(WordLine{r}, col) + array.noise_neg(WordLine{r}, col);
    }
    const double stretch = 1.0 + std::fabs(array.asymmetry[index(col)]);
    return sum + 8.0 * stretch * std::sqrt(variance * array.noise_lsb) + 1.0;
}

}  // namespace

bool WaveDriver::fits(const config::TileConfig& config, const GridArray& array)
{
    const bool has_noise = array.noise_lsb > 0.0;
    const bool one_draw = config.device.read_noise == config::ReadNoise::per_column ||
                          config.device.read_noise == config::ReadNoise::none;
    if (config.adc.integration != config::Integration::time_resolved || (has_noise && !one_draw)) {
        return false;
    }
    for (std::size_t c = 0; c < array.cols(); ++c) {
        const bool one_phase = config.read.mode == config::ReadMode::one_phase;
        if (most_current(array, BitLine{c}, one_phase) > largest_wave) { return false; }
    }
    return true;
}

WaveDriver::WaveDriver(const config::TileConfig& config, const GridArray& array, SimdLevel simd,
                       Window window)
    : rows_(range_or_all(window.rows, array.rows()).size()),
      cols_(range_or_all(window.cols, array.cols()).size()),
      blocks_((cols_ + wave_cols - 1) / wave_cols),
      plane_rows_(rows_ + 1),
      one_phase_(config.read.mode == config::ReadMode::one_phase),
      simd_(simd),
      cells_(blocks_ * 2 * plane_rows_)
{
    for (std::size_t r = 0; r < rows_; ++r) {
        for (std::size_t c = 0; c < cols_; ++c) {
            const std::size_t at = c / wave_cols * 2 * plane_rows_ + r;
            const std::size_t place = place_of(c % wave_cols, simd_);
            for (const bool negative : {false, true}) {
                const auto cell =
                    detail::seen(array, one_phase_, negative, WordLine{window.rows.from + r},
                                 BitLine{window.cols.from + c});
                cells_[at + (negative ? plane_rows_ : 0)].g[place] =
                    detail::whole_conductance(cell.g);
            }
        }
    }
}

void WaveDriver::plan(const std::int8_t* x, Phase phase, WavePlan& plan) const
{
    // A counting sort by |x|, without a branch that depends on a code. Rows that rest go to pulses
    // of no length, behind all others.
    const int with_pos = phase != Phase::np && phase != Phase::nn ? -1 : 0;
    const int with_neg = phase != Phase::pp && phase != Phase::pn ? -1 : 0;
    thread_local std::vector<std::uint8_t> pulse;
    pulse.resize(rows_);
    for (std::size_t r = 0; r < rows_; ++r) {
        const int sign = x[r] >> 7;
        const int length = (x[r] ^ sign) - sign;
        pulse[r] = static_cast<std::uint8_t>(length & ((sign & with_neg) | (~sign & with_pos)));
    }
    std::array<std::uint32_t, code_max + 1> next{};
    for (std::size_t r = 0; r < rows_; ++r) { ++next[pulse[r]]; }
    std::uint32_t longest = code_max;
    while (longest > 0 && next[longest] == 0) { --longest; }
    plan.n_on = static_cast<int>(longest);

    constexpr std::uint32_t at_once = 4;  // turns of a cycle; more are rare
    plan.cells.resize(2 * (rows_ + wave_steps));
    plan.to.resize(rows_ + wave_steps + at_once);
    const auto zeros = static_cast<std::uint32_t>(rows_ * wave_cols);
    std::uint32_t to = (wave_part - longest % wave_part) % wave_part * wave_cols;
    std::uint32_t turn = 0;
    for (std::uint32_t n = longest; n > 0; --n, to += wave_cols) {
        const std::uint32_t turns = std::max((next[n] + 1) / 2, 1U);
        for (std::uint32_t i = 0; i < at_once; ++i) { plan.to[turn + i] = to; }
        for (std::uint32_t i = at_once; i < turns; ++i) { plan.to[turn + i] = to; }
        // what no row overwrites
        plan.cells[2 * turn] = zeros;
        plan.cells[2 * (turn + turns) - 1] = zeros;
        next[n] = 2 * turn;
        turn += turns;
    }
    next[0] = 2 * turn;
    plan.n_turns = turn;
    const int plane = static_cast<int>(one_phase_ ? plane_rows_ * wave_cols : 0);
    for (std::size_t r = 0; r < rows_; ++r) {
        plan.cells[next[pulse[r]]++] =
            static_cast<std::uint32_t>(static_cast<int>(r * wave_cols) + (plane & (x[r] >> 7)));
    }
}

void WaveDriver::drive(const WavePlan& plan, Phase phase, std::size_t block,
                       const std::int32_t* base, WaveBlock& out) const
{
    out.n_parts = (static_cast<std::size_t>(plan.n_on) + wave_part - 1) / wave_part;
    out.n_rest = out.n_parts * wave_part - static_cast<std::size_t>(plan.n_on);
    std::fill(out.current.data(), out.current.data() + out.n_rest * wave_cols, 0);
    std::array<std::int32_t, wave_cols> start{};
    for (std::size_t c = 0; c < wave_cols; ++c) { start[c] = base[c] * one; }
    const std::size_t plane =
        2 * block + (phase == Phase::pn || phase == Phase::nn ? std::size_t{1} : std::size_t{0});
    walk_for(simd_)({cells_[plane * plane_rows_].g.data(), plan.cells.data(), plan.to.data(),
                     plan.n_turns, start.data(), out.current.data()});
}

}  // namespace aimc::crossbar
