// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/charge_adc.h"

#include "count_rule.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace aimc::converters {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double exact_below = 0x1p52;
constexpr std::size_t most_buckets = 1024;  // Choice: 2 kB per column

struct CountJob {
    const double *sum, *z, *offset, *ceiling;
    double thermal, bias, unit, most;
    std::int32_t* counts;
};

template <bool has_noise>
AIMC_ALWAYS_INLINE void count_columns(const CountJob& job, std::size_t n)
{
    const CountJob j = job;  // a copy: the counts could alias it otherwise
    for (std::size_t c = 0; c < n; ++c) {
        double sum = j.sum[c];
        if (has_noise) {  // a counter that did not run has no noise
            const double noise = std::floor(j.thermal * j.z[c] + 0.5);
            sum = sum > 0.0 ? sum + noise : sum;
        }
        double total = sum + j.offset[c];
        total = total > 0.0 ? total : 0.0;
        total = total < j.ceiling[c] ? total : j.ceiling[c];
        const double count = std::floor((total + j.bias) * j.unit);
        j.counts[c] += static_cast<std::int32_t>(count < j.most ? count : j.most);
    }
}
AIMC_SIMD_CLONES(count_quiet, count_columns<false>, (const CountJob& job, std::size_t n), (job, n))
AIMC_SIMD_CLONES(count_noisy, count_columns<true>, (const CountJob& job, std::size_t n), (job, n))

struct EndJob {
    const double *peak, *input_offset, *last_start;
};

AIMC_ALWAYS_INLINE void over_range_body(const EndJob& job, std::size_t n, std::uint64_t& over)
{
    const EndJob j = job;
    std::int64_t passed = 0;
    for (std::size_t c = 0; c < n; ++c) {
        const double most = j.peak[c] + j.input_offset[c];
        passed += (most > 0.0 ? most : 0.0) > j.last_start[c] ? 1 : 0;
    }
    over += static_cast<std::uint64_t>(passed);
}
AIMC_SIMD_CLONES(count_over_range, over_range_body,
                 (const EndJob& job, std::size_t n, std::uint64_t& over), (job, n, over))

}  // namespace

bool ChargeAdc::fits(const config::TileConfig& config, const CurveTable& table)
{
    const double one = std::ldexp(1.0, table.fraction);
    double offset = 0.0;
    for (const std::int64_t o : table.offset) {
        offset = std::max(offset, std::fabs(static_cast<double>(o)));
    }
    // rates and rounded slopes below 2^32, normals below 7, currents below 2^32
    const double sums = 0x1p32 * config.read.n_window + offset + 7.0 * config.adc.sigma_lsb * one;
    return sums + one < exact_below && table.knots <= 0xffffU;
}

ChargeAdc::ChargeAdc(const config::TileConfig& config, const CurveTable& table, config::Range cols,
                     SimdLevel simd)
    : cols_(cols.size()),
      first_col_(cols.from),
      simd_(simd),
      seed_(config.seed.read),
      tile_(config.index),
      thermal_(config.adc.sigma_lsb > 0.0 ? config.adc.sigma_lsb * std::ldexp(1.0, table.fraction)
                                          : 0.0),
      knots_(table.knots)
{
    const detail::CountRule rule = detail::count_rule(config.adc, table.fraction);
    bias_ = static_cast<double>(rule.bias);
    unit_ = std::ldexp(1.0, -rule.drop);
    most_ = static_cast<double>(rule.most);
    const int n_window = config.read.n_window;
    fill_segments(table, n_window);
    fill_hints();

    constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();
    for (std::size_t c = 0; c < cols_; ++c) {
        const double input = table.input_offset[c];
        input_offset_.push_back(input);
        input_charge_.push_back(input * n_window);
        offset_.push_back(static_cast<double>(table.offset[c]));
        ceiling_.push_back(
            table.ceiling[c] == none ? infinity : static_cast<double>(table.ceiling[c] * n_window));
        last_start_.push_back(table.last_start[c]);
        has_end_ = has_end_ || table.last_start[c] != never;
        rest_over_range_ += table.last_start[c] < 0;
    }
    rest_sum_.resize(cols_);
    sums_of(std::vector<double>(cols_, 0.0).data(), rest_sum_.data());
    rest_count_.assign(cols_, 0);
    count(rest_sum_.data(), nullptr, rest_count_.data());
    rest_is_noisy_ = thermal_ > 0.0 && std::any_of(rest_sum_.begin(), rest_sum_.end(),
                                                   [](double sum) { return sum > 0.0; });
}

void ChargeAdc::fill_segments(const CurveTable& table, double window)
{
    constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();
    for (std::size_t c = 0; c < cols_; ++c) {
        for (std::size_t j = 0; j < knots_; ++j) {
            const std::size_t at = table.at(0, j, c);
            const bool is_last = j + 1 == knots_ || table.start[table.at(0, j + 1, c)] == never;
            const double next = is_last ? infinity : window * table.start[table.at(0, j + 1, c)];
            segments_.push_back({window * table.start[at], window * table.value[at],
                                 static_cast<double>(table.slope[at]), next});
        }
    }
}

void ChargeAdc::fill_hints()
{
    double end = 1.0;
    for (const Segment& s : segments_) {
        if (s.next < infinity) { end = std::max(end, s.next); }
    }
    const auto segment_at = [&](std::size_t column, double charge) {
        const auto own = segments_.begin() + static_cast<std::ptrdiff_t>(column * knots_);
        const auto at = std::partition_point(own, own + static_cast<std::ptrdiff_t>(knots_),
                                             [&](const Segment& s) { return charge >= s.next; });
        return at - own;
    };
    // as many buckets as it takes to be at most one step off
    for (buckets_ = 1;; buckets_ *= 2) {
        per_charge_ = static_cast<double>(buckets_) / (end + 1.0);
        most_steps_ = 0;
        hint_.assign(cols_ * buckets_, 0);
        for (std::size_t c = 0; c < cols_; ++c) {
            for (std::size_t b = 0; b < buckets_; ++b) {
                // wider than the bucket by more than any rounding
                const double from = static_cast<double>(b) / per_charge_ * (1.0 - 1e-9) - 1.0;
                const double to =
                    b + 1 == buckets_
                        ? 2.0 * end
                        : static_cast<double>(b + 1) / per_charge_ * (1.0 + 1e-9) + 1.0;
                const auto first = segment_at(c, from);
                hint_[c * buckets_ + b] = static_cast<std::uint16_t>(first);
                most_steps_ = std::max(most_steps_, static_cast<int>(segment_at(c, to) - first));
            }
        }
        if (most_steps_ <= 1 || buckets_ == most_buckets) { return; }
    }
}

void ChargeAdc::sums_of(const double* charge, double* sum) const
{
    const double last_bucket = static_cast<double>(buckets_ - 1);
    const bool few_steps = most_steps_ <= 4;
    const std::uint16_t* hint = hint_.data();
    const Segment* own = segments_.data();
    for (std::size_t c = 0; c < cols_; ++c, hint += buckets_, own += knots_) {
        const double q = charge[c] + input_charge_[c];
        const double magnitude = q > 0.0 ? q : 0.0;  // what noise turns around counts as none
        const double bucket = magnitude * per_charge_;
        const auto b = static_cast<std::int64_t>(bucket < last_bucket ? bucket : last_bucket);
        const Segment* s = own + hint[b];
        if (few_steps) {  // without a branch, which could only be guessed
            for (int step = 0; step < most_steps_; ++step) { s += magnitude >= s->next ? 1 : 0; }
        } else {
            while (magnitude >= s->next) { ++s; }
        }
        sum[c] = s->value + s->slope * (magnitude - s->start);
    }
}

void ChargeAdc::count(const double* sum, const double* z, std::int32_t* counts) const
{
    const CountJob job{sum,   z,     offset_.data(), ceiling_.data(), thermal_,
                       bias_, unit_, most_,          counts};
    if (z != nullptr) {
        count_noisy(simd_)(job, cols_);
    } else {
        count_quiet(simd_)(job, cols_);
    }
}

void ChargeAdc::convert_phase(const crossbar::ChargeBatch& batch, std::size_t phase,
                              crossbar::ReadId first, Scratch& scratch, std::int32_t* counts,
                              AdcEvents& events) const
{
    const auto& p = batch.phases[phase];
    const bool noisy = thermal_ > 0.0 && (p.is_driven || rest_is_noisy_);
    if (noisy) {
        const int polarity = crossbar::counts_positive(crossbar::four_phases[phase]) ? 0 : 1;
        scratch.z.resize(batch.n * cols_);
        normals(detail::thermal_place(seed_, tile_, crossbar::four_phases[phase], polarity, first),
                batch.n,
                {static_cast<std::uint32_t>(first_col_), static_cast<std::uint32_t>(cols_)}, simd_,
                cols_, scratch.z.data());
    }
    scratch.sum.resize(cols_);
    for (std::size_t k = 0; k < batch.n; ++k) {
        if (p.done[k] == 0) { continue; }
        events.conversions += cols_;
        std::int32_t* own = counts + k * cols_;
        const double* z = noisy ? scratch.z.data() + k * cols_ : nullptr;
        if (p.n_on[k] > 0) {
            sums_of(p.charge.data() + k * batch.stride, scratch.sum.data());
            count(scratch.sum.data(), z, own);
            if (has_end_) {
                count_over_range(simd_)(
                    {p.peak.data() + k * batch.stride, input_offset_.data(), last_start_.data()},
                    cols_, events.over_range);
            }
        } else {
            events.over_range += rest_over_range_;
            if (rest_is_noisy_) {
                count(rest_sum_.data(), z, own);
            } else {
                for (std::size_t c = 0; c < cols_; ++c) { own[c] += rest_count_[c]; }
            }
        }
    }
}

void ChargeAdc::convert(const crossbar::ChargeBatch& batch, crossbar::ReadId first,
                        Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n,
                        AdcEvents& events) const
{
    for (std::size_t i = 0; i < crossbar::four_phases.size(); ++i) {
        std::int32_t* counts = crossbar::counts_positive(crossbar::four_phases[i]) ? c_p : c_n;
        convert_phase(batch, i, first, scratch, counts, events);
    }
}

}  // namespace aimc::converters
