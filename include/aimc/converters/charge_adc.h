// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/aligned.h"
#include "aimc/config/tile_config.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/converters/count_kernel.h"
#include "aimc/converters/curves.h"
#include "aimc/crossbar/charge_driver.h"

#include <cstdint>
#include <vector>

namespace aimc::converters {

/// The CcoAdc for batches of reads of which only the charge counts: the same integers.
/// Sums are whole numbers below 2^52, held in doubles, which every SIMD level has. Thermal noise
/// comes from near normals; a count that they leave open is made again exactly.
class ChargeAdc {
public:
    struct Scratch {
        AlignedVector<double> magnitude, sum;
        AlignedVector<std::int32_t> side, bucket, count;
        AlignedVector<std::uint32_t> words, other_words;
        CountKernel::Scratch counting;
    };

    /// Whether all sums stay below 2^52.
    static bool fits(const config::TileConfig& config, const CurveTable& table);

    /// @param table  of the columns that are looked at
    /// @param cols   which bit lines they are
    ChargeAdc(const config::TileConfig& config, const CurveTable& table, config::Range cols,
              SimdLevel simd = best_simd_level());

    /// Adds all phases of the reads to their counters; CcoAdc::finish() clips them.
    /// @param first     of the first vector; the others follow
    /// @param c_p, c_n  [n x cols] running counts; start at 0
    void convert(const crossbar::ChargeBatch& batch, crossbar::ReadId first, Scratch& scratch,
                 std::int32_t* c_p, std::int32_t* c_n, AdcEvents& events) const;

private:
    /// From one knot of a curve to its next: sum = value + slope * (charge - start). Behind the
    /// last one of a curve stands one that starts at infinity.
    struct Segment {
        double start, value, slope;  ///< the charge or rate of the whole window
    };
    /// Counters of one read; in four_phase both are the one that the phase names.
    struct Counters {
        std::int32_t *p, *n;
    };
    void fill_segments(const CurveTable& table, double window);
    void fill_hints();
    void make_room(Scratch& scratch) const;
    void fill_rest();
    void sums_of(const double* charge, Scratch& scratch) const;
    void draw(const crossbar::ChargeBatch& batch, crossbar::Phase phase, crossbar::ReadId first,
              Scratch& scratch) const;
    void count(const double* charge, bool noisy, std::size_t read, Scratch& scratch,
               Counters counters) const;
    void convert_phase(const crossbar::ChargeBatch& batch,
                       const crossbar::ChargeBatch::PhaseOfReads& phase, crossbar::ReadId first,
                       Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n,
                       AdcEvents& events) const;

    std::size_t cols_, first_col_;
    bool one_phase_;
    std::size_t sides_;  ///< curves of a column: c+ alone, or c+ and c-
    SimdLevel simd_;
    std::uint64_t seed_;
    std::uint16_t tile_;
    double deadband_;  ///< [charge] down to its negative, charges count to c+
    std::size_t knots_;
    CountKernel counting_;
    // of all curves, those of c+ first; [sides x cols]
    std::vector<Segment> segments_;           ///< [sides x cols x (knots + 1)]
    std::size_t buckets_ = 1;                 ///< of charge, all as wide
    double per_charge_ = 0.0;                 ///< buckets per charge
    int most_steps_ = 0;                      ///< from the hint of a bucket to a segment
    std::vector<std::uint16_t> hint_;         ///< [sides x cols x buckets] a segment at or before
    AlignedVector<double> input_charge_;      ///< [cols] the input offset over the window
    AlignedVector<double> offset_, ceiling_;  ///< [sides x cols] free-running count, ceiling
    AlignedVector<std::int32_t> idle_;        ///< [sides x cols] of a counter that does not run
    AlignedVector<double> no_charge_;         ///< [cols] of a phase in which nothing is driven
    AlignedVector<std::int32_t> rest_count_;  ///< [sides x cols] its counts without thermal noise
    bool rest_is_noisy_ = false;
};

}  // namespace aimc::converters
