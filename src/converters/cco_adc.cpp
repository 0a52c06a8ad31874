// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/cco_adc.h"

#include "aimc/base/error.h"
#include "aimc/base/fixed_point.h"
#include "aimc/crossbar/grid_array.h"

#include "count_rule.h"
#include "integrate_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aimc::converters {
namespace {

using detail::IntegrateJob;

constexpr int most_fine_bits = 30;

constexpr std::int64_t far_current = std::numeric_limits<std::int32_t>::max() - 1;

using Integrate = void (*)(const IntegrateJob&, bool);

template <int lanes>
AIMC_ALWAYS_INLINE void integrate_any(const IntegrateJob& job, bool one_phase)
{
    if (one_phase) {
        detail::integrate_body<lanes, true>(job);
    } else {
        detail::integrate_body<lanes, false>(job);
    }
}

void integrate_narrow(const IntegrateJob& job, bool one_phase) { integrate_any<4>(job, one_phase); }
#if defined(__x86_64__)
__attribute__((target("sse4.2"))) void integrate_sse4(const IntegrateJob& job, bool one_phase)
{
    integrate_any<4>(job, one_phase);
}
__attribute__((target("avx2"))) void integrate_avx2(const IntegrateJob& job, bool one_phase)
{
    integrate_any<8>(job, one_phase);
}
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) void integrate_avx512(
    const IntegrateJob& job, bool one_phase)
{
    integrate_any<16>(job, one_phase);
}
#endif

AIMC_ALWAYS_INLINE void clip_body(std::int32_t* count, std::int32_t top, std::size_t n,
                                  std::uint64_t& clipped)
{
    for (std::size_t first = 0; first < n;) {  // few enough for a narrow counter
        const std::size_t end = std::min(n, first + 4096);
        std::int32_t over = 0;
        for (; first < end; ++first) {
            over += count[first] > top;
            count[first] = std::min(count[first], top);
        }
        clipped += static_cast<std::uint64_t>(over);
    }
}
AIMC_SIMD_CLONES(clip, clip_body,
                 (std::int32_t * count, std::int32_t top, std::size_t n, std::uint64_t& clipped),
                 (count, top, n, clipped))

Integrate integrate_for(SimdLevel level)
{
    switch (level) {
#if defined(__x86_64__)
        case SimdLevel::sse4: return &integrate_sse4;
        case SimdLevel::avx2: return &integrate_avx2;
        case SimdLevel::avx512: return &integrate_avx512;
#endif
        default: return &integrate_narrow;
    }
}

}  // namespace

/// Sums of one conversion, in 2^-fraction counts, and the extreme currents. [stride] each.
struct CcoAdc::Scratch {
    std::vector<std::int64_t> sum_p, sum_n;
    std::vector<std::uint32_t> high_p, low_p, high_n, low_n;
    std::vector<std::int32_t> least, most;
    std::vector<double> z;
    void resize(std::size_t n)
    {
        for (auto* v : {&sum_p, &sum_n}) { v->resize(n); }
        for (auto* v : {&high_p, &low_p, &high_n, &low_n}) { v->resize(n); }
        least.resize(n);
        most.resize(n);
        z.resize(n);
    }
};

void AdcEvents::add(const AdcEvents& other)
{
    conversions += other.conversions;
    watched += other.watched;
    over_range += other.over_range;
    polarity_flips += other.polarity_flips;
    saturated += other.saturated;
}

CcoAdc::CcoAdc(const config::TileConfig& config, CurveTable table, SimdLevel simd,
               config::Range cols)
    : config_(config.adc),
      first_col_(cols.from),
      cols_(crossbar::range_or_all(cols, config.cols).size()),
      n_window_(config.read.n_window),
      deadband_(detail::deadband(config)),
      single_(config.nmpu.branch == config::Branch::single),
      seed_(config.seed.read),
      tile_(config.index),
      table_(cols_ == config.cols ? std::move(table) : columns_of(table, first_col_, cols_)),
      simd_(simd)
{
    if (config_.count_fraction == 0) { return; }
    if (config_.count_bits + config_.count_fraction > most_fine_bits ||
        config_.count_fraction > table_.fraction) {
        throw ConfigError("adc", std::string("counts too wide or too fast to look below one count; "
                                             "lower adc.count_bits or adc.gain_MHz_per_uA"));
    }
}

void CcoAdc::integrate(const crossbar::ColumnWave& wave, bool one_phase, Scratch& s) const
{
    if (table_.is_dense()) {
        look_up(wave, one_phase, s);
    } else {
        pass_knots(wave, one_phase, s);
    }
    // After the last pulse the line rests: only the input offset is left until the window ends.
    const std::int64_t n_rest = n_window_ - wave.n_on;
    for (std::size_t c = 0; c < cols_ && n_rest > 0; ++c) {
        const std::int32_t i = table_.input_offset[c];
        const bool negative = one_phase && i < -deadband_;
        const std::int32_t magnitude = one_phase ? std::abs(i) : std::max(i, 0);
        (negative ? s.sum_n : s.sum_p)[c] += table_.rate(negative, c, magnitude) * n_rest;
    }
}

void CcoAdc::pass_knots(const crossbar::ColumnWave& wave, bool one_phase, Scratch& s) const
{
    const auto run = integrate_for(simd_);
    IntegrateJob job{};
    job.current = wave.current.data();
    job.n_cycles = wave.n_cycles.data();
    job.segments = wave.n_cycles.size();
    job.stride = table_.stride;
    job.knots = table_.knots;
    job.steps = table_.steps.data();
    job.input_offset = table_.input_offset.data();
    job.deadband = deadband_;
    job.high_p = s.high_p.data();
    job.low_p = s.low_p.data();
    job.high_n = s.high_n.data();
    job.low_n = s.low_n.data();
    job.least = s.least.data();
    job.most = s.most.data();
    run(job, one_phase);
    for (std::size_t c = 0; c < cols_; ++c) {
        s.sum_p[c] = (std::int64_t{s.high_p[c]} << 16) + s.low_p[c];
        s.sum_n[c] = (std::int64_t{s.high_n[c]} << 16) + s.low_n[c];
    }
}

void CcoAdc::look_up(const crossbar::ColumnWave& wave, bool one_phase, Scratch& s) const
{
    for (auto* sums : {&s.sum_p, &s.sum_n}) { std::fill(sums->begin(), sums->end(), 0); }
    std::fill(s.least.begin(), s.least.end(), 0);
    std::fill(s.most.begin(), s.most.end(), 0);
    for (std::size_t k = 0; k < wave.n_cycles.size(); ++k) {
        const std::int32_t* current = wave.segment(k);
        for (std::size_t c = 0; c < cols_; ++c) {
            const std::int32_t i = current[c] + table_.input_offset[c];
            s.least[c] = std::min(s.least[c], i);
            s.most[c] = std::max(s.most[c], i);
            const bool negative = one_phase && i < -deadband_;
            const std::int32_t magnitude = one_phase ? std::abs(i) : std::max(i, 0);
            (negative ? s.sum_n : s.sum_p)[c] +=
                table_.rate(negative, c, magnitude) * wave.n_cycles[k];
        }
    }
}

void CcoAdc::integrate_charge(const crossbar::ColumnWave& wave, bool one_phase, Scratch& s) const
{
    // The same curve on the mean current: thresholds and slopes times the window.
    for (std::size_t c = 0; c < cols_; ++c) {
        const std::int64_t q = wave.charge[c] + std::int64_t{table_.input_offset[c]} * n_window_;
        const bool negative = one_phase && q < -std::int64_t{deadband_} * n_window_;
        const std::int64_t magnitude = one_phase ? std::abs(q) : std::max<std::int64_t>(q, 0);
        // whole thresholds: comparing with the mean rounded down is comparing with the mean
        const std::size_t at = table_.segment_of(
            negative, c, static_cast<std::int32_t>(std::min(magnitude / n_window_, far_current)));
        const std::int64_t start = std::int64_t{table_.start[at]} * n_window_;
        const std::int64_t sum = std::int64_t{table_.value[at]} * n_window_ +
                                 std::int64_t{table_.slope[at]} * (magnitude - start);
        s.sum_p[c] = negative ? 0 : sum;
        s.sum_n[c] = negative ? sum : 0;
    }
}

bool CcoAdc::watches(crossbar::ReadId id) const
{
    if (config_.integration != config::Integration::charge) { return true; }
    constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15U;
    const bool is_drawn = (id.read * golden_ratio) >> 56U == 0;  // one of 2^8
    return !id.calibration && (id.read < watched_at_first || is_drawn);
}

void CcoAdc::watch(const crossbar::ColumnWave& wave, bool one_phase, AdcEvents& events) const
{
    thread_local Scratch s;
    s.resize(table_.stride);
    std::fill(s.least.begin(), s.least.end(), 0);
    std::fill(s.most.begin(), s.most.end(), 0);
    for (std::size_t k = 0; k < wave.n_cycles.size(); ++k) {
        const std::int32_t* current = wave.segment(k);
        for (std::size_t c = 0; c < cols_; ++c) {
            const std::int32_t i = current[c] + table_.input_offset[c];
            s.least[c] = std::min(s.least[c], i);
            s.most[c] = std::max(s.most[c], i);
        }
    }
    book_extremes(s, one_phase, events);
}

void CcoAdc::book_extremes(const Scratch& s, bool one_phase, AdcEvents& events) const
{
    events.watched += cols_;
    for (std::size_t c = 0; c < cols_; ++c) {
        events.over_range +=
            s.most[c] > table_.last_start[c] ||
            (one_phase && -std::int64_t{s.least[c]} > table_.last_start[table_.stride + c]);
        events.polarity_flips += one_phase && s.least[c] < 0 && s.most[c] > 0;
    }
}

void CcoAdc::convert(const crossbar::ColumnWave& wave, crossbar::Phase phase, crossbar::ReadId id,
                     std::int32_t* c_p, std::int32_t* c_n, AdcEvents& events) const
{
    thread_local Scratch s;
    s.resize(table_.stride);
    const bool one_phase = phase == crossbar::Phase::all;
    if (config_.integration == config::Integration::charge) {
        integrate_charge(wave, one_phase, s);
    } else {
        integrate(wave, one_phase, s);
    }

    const detail::CountRule rule = detail::count_rule(config_, table_.fraction);
    events.conversions += cols_;
    for (const int polarity : {0, 1}) {
        const bool named = one_phase || (crossbar::counts_positive(phase) == (polarity == 0));
        if (!named) { continue; }
        auto& sum = one_phase && polarity == 1 ? s.sum_n : s.sum_p;
        std::int32_t* count = polarity == 0 ? c_p : c_n;
        // four-phase reads share the positive curve and its offset
        const std::size_t side = one_phase && polarity == 1 ? table_.stride : 0;
        if (config_.sigma_lsb > 0.0) {
            normals(detail::thermal_place(seed_, tile_, phase, polarity, id), 1,
                    {static_cast<std::uint32_t>(first_col_), static_cast<std::uint32_t>(cols_)},
                    simd_, cols_, s.z.data());
            const double scale = config_.sigma_lsb * std::ldexp(1.0, table_.fraction);
            for (std::size_t c = 0; c < cols_; ++c) {
                if (sum[c] > 0) {
                    sum[c] += static_cast<std::int64_t>(std::floor(scale * s.z[c] + 0.5));
                }
            }
        }
        for (std::size_t c = 0; c < cols_; ++c) {
            const std::int64_t ceiling = table_.ceiling[side + c];
            std::int64_t total = std::max<std::int64_t>(sum[c] + table_.offset[side + c], 0);
            if (ceiling != std::numeric_limits<std::int64_t>::max()) {
                total = std::min(total, ceiling * n_window_);
            }
            count[c] +=
                static_cast<std::int32_t>(std::min((total + rule.bias) >> rule.drop, rule.most));
        }
    }
    if (config_.integration != config::Integration::charge) {
        book_extremes(s, one_phase, events);
    } else if (watches(id)) {
        watch(wave, one_phase, events);
    }
}

void CcoAdc::finish(std::int32_t* c_p, std::int32_t* c_n, AdcEvents& events, std::size_t n) const
{
    const std::size_t words = n * cols_;
    if (single_) {  // one signed count in a word of the same width
        const auto most =
            static_cast<std::int32_t>(signed_max(config_.count_bits) << config_.count_fraction);
        for (std::size_t c = 0; c < words; ++c) {
            const std::int32_t count = c_p[c] - c_n[c];
            c_p[c] = std::clamp(count, -most, most);
            c_n[c] = 0;
            events.saturated += c_p[c] != count;
        }
        return;
    }
    const std::int32_t top =
        ((std::int32_t{1} << config_.count_bits) - 1) * (std::int32_t{1} << config_.count_fraction);
    for (std::int32_t* count : {c_p, c_n}) { clip(simd_)(count, top, words, events.saturated); }
}

}  // namespace aimc::converters
