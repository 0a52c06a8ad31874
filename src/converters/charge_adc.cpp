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
constexpr std::size_t buckets_per_knot = 4;  // Choice
constexpr std::size_t most_buckets = 256;    // Choice: 512 bytes per curve

/// Which curve and which bucket of it each charge belongs to.
struct PlaceJob {
    const double *charge, *input_charge;
    double deadband, per_charge, last_bucket;
    std::int32_t buckets, to_n;  ///< per curve; from a column's curve of c+ to that of c-
    double* magnitude;
    std::int32_t *side, *bucket;
};

template <bool one_phase>
AIMC_ALWAYS_INLINE void place_body(const PlaceJob& job, std::size_t n)
{
    const PlaceJob j = job;  // a copy: the results could alias it otherwise
    AIMC_INDEPENDENT_TURNS
    for (std::size_t c = 0; c < n; ++c) {
        const double q = j.charge[c] + j.input_charge[c];
        // four_phase: what noise turns around counts as none
        const double magnitude = one_phase ? std::fabs(q) : (q > 0.0 ? q : 0.0);
        const std::int32_t side = one_phase && q < -j.deadband ? -1 : 0;
        const double bucket = magnitude * j.per_charge;
        j.magnitude[c] = magnitude;
        j.side[c] = side;
        j.bucket[c] = static_cast<std::int32_t>(bucket < j.last_bucket ? bucket : j.last_bucket) +
                      static_cast<std::int32_t>(c) * j.buckets + (side & j.to_n);
    }
}
AIMC_SIMD_CLONES(place_one, place_body<false>, (const PlaceJob& job, std::size_t n), (job, n))
AIMC_SIMD_CLONES(place_both, place_body<true>, (const PlaceJob& job, std::size_t n), (job, n))

AIMC_ALWAYS_INLINE void choose_body(const std::uint32_t* p, const std::uint32_t* n,
                                    const std::int32_t* side, std::size_t cols, std::uint32_t* out)
{
    for (std::size_t c = 0; c < cols; ++c) { out[c] = side[c] < 0 ? n[c] : p[c]; }
}
AIMC_SIMD_CLONES(choose, choose_body,
                 (const std::uint32_t* p, const std::uint32_t* n, const std::int32_t* side,
                  std::size_t cols, std::uint32_t* out),
                 (p, n, side, cols, out))

/// The counter on whose side the charge is takes the count, the other one idles.
AIMC_ALWAYS_INLINE void steer_body(const std::int32_t* count, const std::int32_t* side,
                                   const std::int32_t* idle, std::size_t n, std::int32_t* c_p,
                                   std::int32_t* c_n)
{
    AIMC_INDEPENDENT_TURNS
    for (std::size_t c = 0; c < n; ++c) {
        const std::int32_t idle_p = idle[c];
        const std::int32_t idle_n = idle[n + c];
        c_p[c] += side[c] < 0 ? idle_p : count[c];
        c_n[c] += side[c] < 0 ? count[c] : idle_n;
    }
}
AIMC_SIMD_CLONES(steer_counts, steer_body,
                 (const std::int32_t* count, const std::int32_t* side, const std::int32_t* idle,
                  std::size_t n, std::int32_t* c_p, std::int32_t* c_n),
                 (count, side, idle, n, c_p, c_n))

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
      one_phase_(config.read.mode == config::ReadMode::one_phase),
      sides_(one_phase_ ? 2 : 1),
      simd_(simd),
      seed_(config.seed.read),
      tile_(config.index),
      deadband_(static_cast<double>(detail::deadband(config)) * config.read.n_window),
      knots_(table.knots),
      counting_(config.adc, table, simd)
{
    const int n_window = config.read.n_window;
    fill_segments(table, n_window);
    fill_hints();

    constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    for (std::size_t side = 0; side < sides_; ++side) {
        for (std::size_t c = 0; c < cols_; ++c) {
            const std::size_t at = side * table.stride + c;
            offset_.push_back(static_cast<double>(table.offset[at]));
            ceiling_.push_back(table.ceiling[at] == none
                                   ? infinity
                                   : static_cast<double>(table.ceiling[at] * n_window));
        }
    }
    for (std::size_t c = 0; c < cols_; ++c) {
        input_charge_.push_back(static_cast<double>(table.input_offset[c]) * n_window);
    }
    fill_rest();
}

void ChargeAdc::make_room(Scratch& s) const
{
    for (auto* list : {&s.magnitude, &s.sum}) { list->resize(cols_); }
    for (auto* list : {&s.side, &s.bucket, &s.count}) { list->resize(cols_); }
}

void ChargeAdc::fill_rest()
{
    Scratch s;
    make_room(s);
    for (std::size_t side = 0; side < sides_; ++side) {
        counting_.run({s.sum.data(), nullptr, nullptr, offset_.data() + side * cols_,
                       ceiling_.data() + side * cols_, cols_},
                      s.counting, s.count.data());
        idle_.insert(idle_.end(), s.count.begin(), s.count.end());
    }
    no_charge_.assign(cols_, 0.0);
    rest_count_.assign(2 * cols_, 0);
    count(no_charge_.data(), false, 0, s, {rest_count_.data(), rest_count_.data() + cols_});
    rest_is_noisy_ = counting_.is_noisy() &&
                     std::any_of(s.sum.begin(), s.sum.end(), [](double sum) { return sum > 0.0; });
}

void ChargeAdc::fill_segments(const CurveTable& table, double window)
{
    constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();
    for (std::size_t curve = 0; curve < sides_ * cols_; ++curve) {
        const int side = curve < cols_ ? 0 : 1;
        const auto at = [&](std::size_t knot) { return table.at(side, knot, curve % cols_); };
        for (std::size_t j = 0; j < knots_; ++j) {
            const bool is_there = table.start[at(j)] != never;
            segments_.push_back({is_there ? window * table.start[at(j)] : infinity,
                                 window * table.value[at(j)],
                                 static_cast<double>(table.slope[at(j)])});
        }
        segments_.push_back({infinity, 0.0, 0.0});
    }
}

void ChargeAdc::fill_hints()
{
    double end = 1.0;
    for (const Segment& s : segments_) {
        if (s.start < infinity) { end = std::max(end, s.start); }
    }
    const auto segment_at = [&](std::size_t curve, double charge) {
        const auto own = segments_.begin() + static_cast<std::ptrdiff_t>(curve * (knots_ + 1));
        const auto beyond =
            std::partition_point(own + 1, own + static_cast<std::ptrdiff_t>(knots_),
                                 [&](const Segment& s) { return charge >= s.start; });
        return beyond - own - 1;
    };
    // as many buckets as it takes to be at most two steps off, within reason
    for (buckets_ = 1;; buckets_ *= 2) {
        per_charge_ = static_cast<double>(buckets_) / (end + 1.0);
        most_steps_ = 0;
        hint_.assign(sides_ * cols_ * buckets_, 0);
        for (std::size_t c = 0; c < sides_ * cols_; ++c) {
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
        if (most_steps_ <= 2 || buckets_ >= std::min(buckets_per_knot * knots_, most_buckets)) {
            return;
        }
    }
}

void ChargeAdc::sums_of(const double* charge, Scratch& scratch) const
{
    const PlaceJob job{charge,
                       input_charge_.data(),
                       deadband_,
                       per_charge_,
                       static_cast<double>(buckets_ - 1),
                       static_cast<std::int32_t>(buckets_),
                       static_cast<std::int32_t>(cols_ * buckets_),
                       scratch.magnitude.data(),
                       scratch.side.data(),
                       scratch.bucket.data()};
    (one_phase_ ? place_both(simd_) : place_one(simd_))(job, cols_);
    const std::int32_t* bucket = scratch.bucket.data();
    double* sum = scratch.sum.data();
    const Segment* of_p = segments_.data();
    const std::size_t to_n = cols_ * (knots_ + 1);
    for (std::size_t c = 0; c < cols_; ++c, of_p += knots_ + 1) {
        const double magnitude = job.magnitude[c];
        // Without a branch, which could only be guessed: a side is 0 or all ones.
        const Segment* own = of_p + (static_cast<std::size_t>(job.side[c]) & to_n);
        std::size_t at = hint_[static_cast<std::size_t>(bucket[c])];
        if (most_steps_ <= 4) {
            for (int step = 0; step < most_steps_; ++step) {
                at += static_cast<std::size_t>(magnitude >= own[at + 1].start);
            }
        } else {
            while (magnitude >= own[at + 1].start) { ++at; }
        }
        const Segment& s = own[at];
        sum[c] = s.value + s.slope * (magnitude - s.start);
    }
}

/// Words of thermal noise of all reads: of the counter that the phase names, or of both.
void ChargeAdc::draw(const crossbar::ChargeBatch& batch, crossbar::Phase phase,
                     crossbar::ReadId first, Scratch& s) const
{
    const ColumnSpan columns{static_cast<std::uint32_t>(first_col_),
                             static_cast<std::uint32_t>(cols_)};
    const auto words_of = [&](int polarity, AlignedVector<std::uint32_t>& words) {
        words.resize(batch.n * cols_);
        random_words(detail::thermal_place(seed_, tile_, phase, polarity, first), batch.n, columns,
                     simd_, cols_, words.data());
    };
    words_of(one_phase_ || crossbar::counts_positive(phase) ? 0 : 1, s.words);
    if (one_phase_) { words_of(1, s.other_words); }
}

void ChargeAdc::count(const double* charge, bool noisy, std::size_t read, Scratch& s,
                      Counters counters) const
{
    sums_of(charge, s);
    std::uint32_t* words = noisy ? s.words.data() + read * cols_ : nullptr;
    if (noisy && one_phase_) {
        choose(simd_)(words, s.other_words.data() + read * cols_, s.side.data(), cols_, words);
    }
    counting_.run({s.sum.data(), words, one_phase_ ? s.side.data() : nullptr, offset_.data(),
                   ceiling_.data(), cols_},
                  s.counting, s.count.data());
    if (one_phase_) {
        steer_counts(simd_)(s.count.data(), s.side.data(), idle_.data(), cols_, counters.p,
                            counters.n);
    } else {
        add_counts(simd_, s.count.data(), cols_, counters.p);
    }
}

void ChargeAdc::convert_phase(const crossbar::ChargeBatch& batch,
                              const crossbar::ChargeBatch::PhaseOfReads& phase,
                              crossbar::ReadId first, Scratch& s, std::int32_t* c_p,
                              std::int32_t* c_n, AdcEvents& events) const
{
    const bool is_driven =
        std::any_of(phase.n_on.begin(), phase.n_on.end(), [](int n_on) { return n_on > 0; });
    const bool noisy = counting_.is_noisy() && (is_driven || rest_is_noisy_);
    if (noisy) { draw(batch, phase.phase, first, s); }
    for (std::size_t k = 0; k < batch.n; ++k) {
        if (phase.done[k] == 0) { continue; }
        events.conversions += cols_;
        const std::size_t at = k * cols_;
        const bool named_n = !one_phase_ && !crossbar::counts_positive(phase.phase);
        const Counters counters{(named_n ? c_n : c_p) + at, c_n + at};
        if (phase.n_on[k] > 0) {
            count(phase.charge.data() + k * batch.stride, noisy, k, s, counters);
        } else if (rest_is_noisy_) {
            count(no_charge_.data(), noisy, k, s, counters);
        } else {
            add_counts(simd_, rest_count_.data(), cols_, counters.p);
            if (one_phase_) { add_counts(simd_, rest_count_.data() + cols_, cols_, counters.n); }
        }
    }
}

void ChargeAdc::convert(const crossbar::ChargeBatch& batch, crossbar::ReadId first, Scratch& s,
                        std::int32_t* c_p, std::int32_t* c_n, AdcEvents& events) const
{
    make_room(s);
    for (const auto& phase : batch.phases) {
        convert_phase(batch, phase, first, s, c_p, c_n, events);
    }
}

}  // namespace aimc::converters
