// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/wave_adc.h"

#include "aimc/crossbar/grid_array.h"

#include "count_rule.h"
#include "wave_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aimc::converters {
namespace {

using crossbar::Phase;
using detail::BlockJob;
using detail::WaveCorners;

/// The loops for one register width, and one kind of read.
struct Kernel {
    void (*view)(const BlockJob&);
    void (*count)(const BlockJob&);
};

#define AIMC_WAVE_KERNEL(name, target, lanes, one_phase)                                          \
    target void name##_view(const BlockJob& job) { detail::view_block<lanes, one_phase>(job); }   \
    target void name##_count(const BlockJob& job) { detail::count_block<lanes, one_phase>(job); } \
    constexpr Kernel name{&name##_view, &name##_count};
#define AIMC_WAVE_KERNEL_PAIR(name, target, lanes)          \
    AIMC_WAVE_KERNEL(name##_one_phase, target, lanes, true) \
    AIMC_WAVE_KERNEL(name##_four_phase, target, lanes, false)

AIMC_WAVE_KERNEL_PAIR(narrow, , 4)
#if defined(__x86_64__)
AIMC_WAVE_KERNEL_PAIR(sse4, __attribute__((target("sse4.2"))), 4)
AIMC_WAVE_KERNEL_PAIR(avx2, __attribute__((target("avx2"))), 8)
AIMC_WAVE_KERNEL_PAIR(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), 16)
#endif
#undef AIMC_WAVE_KERNEL
#undef AIMC_WAVE_KERNEL_PAIR

Kernel kernel_for(SimdLevel level, bool one_phase)
{
    switch (level) {
#if defined(__x86_64__)
        case SimdLevel::sse4: return one_phase ? sse4_one_phase : sse4_four_phase;
        case SimdLevel::avx2: return one_phase ? avx2_one_phase : avx2_four_phase;
        case SimdLevel::avx512: return one_phase ? avx512_one_phase : avx512_four_phase;
#endif
        default: return one_phase ? narrow_one_phase : narrow_four_phase;
    }
}

/// What a counter integrates apart from the corners of its curve.
struct RestJob {
    const double *rest, *everywhere;
    double n_rest, n_on;
    double* sum;
};

AIMC_ALWAYS_INLINE void rest_body(const RestJob& job, std::size_t n)
{
    const RestJob j = job;  // a copy: the sums could alias it otherwise
    for (std::size_t c = 0; c < n; ++c) {
        j.sum[c] += j.rest[c] * j.n_rest + j.everywhere[c] * j.n_on;
    }
}
AIMC_SIMD_CLONES(add_rest, rest_body, (const RestJob& job, std::size_t n), (job, n))

struct EventJob {
    const std::int32_t *least, *most, *end_p, *end_n;
};
/// least and most hold zero, and stay far from the ends of their words.
AIMC_ALWAYS_INLINE void events_body(const EventJob& j, std::size_t n, bool one_phase,
                                    std::uint32_t& over_range, std::uint32_t& flips)
{
    std::uint32_t over = 0;
    std::uint32_t both = 0;
    const std::int32_t with_n = one_phase ? -1 : 0;
    for (std::size_t c = 0; c < n; ++c) {
        const std::int32_t below = -j.least[c] & with_n;
        over += static_cast<std::uint32_t>((j.most[c] > j.end_p[c]) | (below > j.end_n[c]));
        both += static_cast<std::uint32_t>((j.most[c] > 0) & (below > 0));
    }
    over_range = over;
    flips = both;
}
AIMC_SIMD_CLONES(events_of, events_body,
                 (const EventJob& j, std::size_t n, bool one_phase, std::uint32_t& over,
                  std::uint32_t& flips),
                 (j, n, one_phase, over, flips))

/// Curves of c+ (0) or c- (1).
std::vector<detail::SignedCurve> signed_curves(const CurveTable& table, std::size_t cols,
                                               int polarity, bool one_phase, std::int32_t deadband)
{
    std::vector<detail::SignedCurve> curves;
    for (std::size_t c = 0; c < cols; ++c) {
        curves.push_back(polarity == 0 ? detail::rising_curve(table, c, one_phase, deadband)
                                       : detail::falling_curve(table, c, deadband));
    }
    return curves;
}

}  // namespace

struct WaveAdc::Corners {
    WaveCorners rising, falling;
};

WaveAdc::~WaveAdc() = default;
WaveAdc::WaveAdc(WaveAdc&& other) noexcept = default;
WaveAdc& WaveAdc::operator=(WaveAdc&& other) noexcept = default;

WaveAdc::WaveAdc(const config::TileConfig& config, const CurveTable& table, config::Range cols,
                 SimdLevel simd)
    : cols_(cols.size()),
      first_col_(cols.from),
      stride_((cols_ + crossbar::wave_cols - 1) / crossbar::wave_cols * crossbar::wave_cols),
      simd_(simd),
      seed_(config.seed.read),
      tile_(config.index),
      n_window_(config.read.n_window),
      deadband_(config.read.mode == config::ReadMode::one_phase ? detail::deadband(config) : 0),
      counting_(config.adc, table, simd),
      input_offset_(stride_, 0),
      corners_(std::make_unique<Corners>())
{
    std::copy(table.input_offset.begin(),
              table.input_offset.begin() + static_cast<std::ptrdiff_t>(cols_),
              input_offset_.begin());
    const bool one_phase = config.read.mode == config::ReadMode::one_phase;
    for (const int polarity : {0, 1}) {
        const auto curves = signed_curves(table, cols_, polarity, one_phase, deadband_);
        (polarity == 0 ? corners_->rising : corners_->falling) =
            detail::gather_corners(curves, stride_, polarity == 0);
        Side& side = sides_[static_cast<std::size_t>(polarity)];
        for (auto* list : {&side.offset, &side.ceiling, &side.rest, &side.everywhere}) {
            list->assign(stride_, 0.0);
        }
        side.last_start.assign(stride_, std::numeric_limits<std::int32_t>::max());
        for (std::size_t c = 0; c < cols_; ++c) {
            const std::size_t own = static_cast<std::size_t>(polarity) * table.stride + c;
            constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
            side.offset[c] = static_cast<double>(table.offset[own]);
            side.ceiling[c] = table.ceiling[own] == none
                                  ? std::numeric_limits<double>::infinity()
                                  : static_cast<double>(table.ceiling[own] * n_window_);
            side.everywhere[c] = curves[c].everywhere;
            side.last_start[c] = table.last_start[own];
            const std::int32_t i = table.input_offset[c];
            const bool negative = one_phase && i < -deadband_;
            const std::int32_t magnitude = one_phase ? std::abs(i) : std::max(i, 0);
            if (negative == (polarity == 1)) {
                side.rest[c] = static_cast<double>(table.rate(polarity, c, magnitude));
            }
        }
    }
}

void WaveAdc::integrate(const crossbar::WaveDriver& driver, const crossbar::WavePlan* plans,
                        std::size_t n, Phase phase, const std::int32_t* noise, WaveSums& out) const
{
    out.n = n;
    out.n_on.resize(n);
    for (auto* list : {&out.sum_p, &out.sum_n}) { list->resize(n * stride_); }
    for (auto* list : {&out.least, &out.most}) { list->resize(n * stride_); }
    for (std::size_t k = 0; k < n; ++k) { out.n_on[k] = plans[k].n_on; }
    const Kernel run = kernel_for(simd_, phase == Phase::all);
    const WaveCorners& rising = corners_->rising;
    const WaveCorners& falling = corners_->falling;
    // A block is counted when the next one has been driven and viewed: how many turns its loops
    // take is known long before they run. The cells of a block stay in the first cache for n reads.
    thread_local std::array<detail::BlockView, 2> views;
    const auto job_of = [&](std::size_t i) {
        const std::size_t at = i % n * stride_ + i / n * crossbar::wave_cols;
        return BlockJob{&views[i % 2],
                        i / n,
                        &rising,
                        &falling,
                        deadband_,
                        out.sum_p.data() + at,
                        out.sum_n.data() + at,
                        out.least.data() + at,
                        out.most.data() + at};
    };
    const std::size_t jobs = driver.blocks() * n;
    for (std::size_t i = 0; i < jobs; ++i) {
        const std::size_t first = i / n * crossbar::wave_cols;
        std::array<std::int32_t, crossbar::wave_cols> base{};
        for (std::size_t c = 0; c < base.size(); ++c) {
            base[c] = input_offset_[first + c] +
                      (noise == nullptr ? 0 : noise[i % n * stride_ + first + c]);
        }
        driver.drive(plans[i % n], phase, i / n, base.data(), views[i % 2].wave);
        run.view(job_of(i));
        if (i > 0) { run.count(job_of(i - 1)); }
    }
    if (jobs > 0) { run.count(job_of(jobs - 1)); }
}

void WaveAdc::count_side(Phase phase, int polarity, crossbar::ReadId first, WaveSums& sums,
                         std::int32_t* counts) const
{
    const bool one_phase = phase == Phase::all;
    // four-phase reads share the positive curve and its offset
    const bool negative = one_phase && polarity == 1;
    const Side& side = sides_[negative ? 1 : 0];
    if (counting_.is_noisy()) {
        sums.words.resize(sums.n * stride_);
        random_words(detail::thermal_place(seed_, tile_, phase, polarity, first), sums.n,
                     {static_cast<std::uint32_t>(first_col_), static_cast<std::uint32_t>(cols_)},
                     simd_, stride_, sums.words.data());
    }
    sums.count.resize(cols_);
    for (std::size_t k = 0; k < sums.n; ++k) {
        const std::size_t at = k * stride_;
        double* sum = (negative ? sums.sum_n : sums.sum_p).data() + at;
        const int n_rest = std::max(n_window_ - sums.n_on[k], 0);
        add_rest(simd_)({side.rest.data(), side.everywhere.data(), static_cast<double>(n_rest),
                         static_cast<double>(sums.n_on[k]), sum},
                        cols_);
        counting_.run({sum, counting_.is_noisy() ? sums.words.data() + at : nullptr, nullptr,
                       side.offset.data(), side.ceiling.data(), cols_},
                      sums.counting, sums.count.data());
        add_counts(simd_, sums.count.data(), cols_, counts + k * cols_);
    }
}

void WaveAdc::count(Phase phase, crossbar::ReadId first, WaveSums& sums, std::int32_t* c_p,
                    std::int32_t* c_n, AdcEvents& events) const
{
    const bool one_phase = phase == Phase::all;
    if (one_phase || crossbar::counts_positive(phase)) { count_side(phase, 0, first, sums, c_p); }
    if (one_phase || !crossbar::counts_positive(phase)) { count_side(phase, 1, first, sums, c_n); }
    events.conversions += sums.n * cols_;
    events.watched += sums.n * cols_;
    for (std::size_t k = 0; k < sums.n; ++k) {
        std::uint32_t over = 0;
        std::uint32_t flips = 0;
        const std::size_t at = k * stride_;
        events_of(simd_)({sums.least.data() + at, sums.most.data() + at,
                          sides_[0].last_start.data(), sides_[1].last_start.data()},
                         cols_, one_phase, over, flips);
        events.over_range += over;
        events.polarity_flips += flips;
    }
}

}  // namespace aimc::converters
