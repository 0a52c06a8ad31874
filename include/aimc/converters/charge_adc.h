// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/converters/curves.h"
#include "aimc/crossbar/charge_driver.h"

#include <cstdint>
#include <vector>

namespace aimc::converters {

/// The CcoAdc for batches of four-phase reads of which only the charge counts: the same integers.
/// Sums are whole numbers below 2^52, held in doubles, which every SIMD level has.
class ChargeAdc {
public:
    struct Scratch {
        std::vector<double> z, sum;
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
    /// From one knot of a column to its next: sum = value + slope * (charge - start).
    struct Segment {
        double start, value, slope;  ///< the charge or rate of the whole window
        double next;                 ///< where the next segment starts; infinity: nowhere
    };
    void fill_segments(const CurveTable& table, double window);
    void fill_hints();
    void sums_of(const double* charge, double* sum) const;
    void count(const double* sum, const double* z, std::int32_t* counts) const;
    void convert_phase(const crossbar::ChargeBatch& batch, std::size_t phase,
                       crossbar::ReadId first, Scratch& scratch, std::int32_t* counts,
                       AdcEvents& events) const;

    std::size_t cols_, first_col_;
    SimdLevel simd_;
    std::uint64_t seed_;
    std::uint16_t tile_;
    double bias_, unit_, most_;  ///< of the counts
    double thermal_;             ///< its sd; 0: none
    std::size_t knots_;
    std::vector<Segment> segments_;    ///< [cols x knots]
    std::size_t buckets_ = 1;          ///< of charge, all as wide
    double per_charge_ = 0.0;          ///< buckets per charge
    int most_steps_ = 0;               ///< from the hint of a bucket to a segment
    std::vector<std::uint16_t> hint_;  ///< [cols x buckets] a segment at or before
    /// [cols] the input offset over the window, the free-running count, the ceiling
    std::vector<double> input_charge_, offset_, ceiling_;
    std::vector<double> input_offset_, last_start_;  ///< [cols] to see what passes the end
    bool has_end_ = false;
    std::vector<double> rest_sum_;          ///< [cols] of a phase in which nothing is driven
    std::vector<std::int32_t> rest_count_;  ///< its count without thermal noise
    bool rest_is_noisy_ = false;
    std::uint64_t rest_over_range_ = 0;
};

}  // namespace aimc::converters
