// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/converters/count_kernel.h"
#include "aimc/converters/curves.h"
#include "aimc/crossbar/wave_driver.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace aimc::converters {

/// What one phase of some reads left in the oscillators, before it is counted.
struct WaveSums {
    std::size_t n = 0;                        ///< reads
    std::vector<int> n_on;                    ///< [n] longest pulse [cycles]
    AlignedVector<double> sum_p, sum_n;       ///< [n x stride] whole [2^-fraction counts]
    AlignedVector<std::int32_t> least, most;  ///< [n x stride] extreme currents, zero included
    // room for counting; nobody else looks at it
    AlignedVector<std::uint32_t> words;
    AlignedVector<std::int32_t> count;
    CountKernel::Scratch counting;
};

/// The time-resolved conversion of CcoAdc, count for count, driver and converter a block of columns
/// at a time. For n reads of one phase:
///
///   for (k = 0 .. n-1) driver.plan(x[k], phase, plans[k]);
///   adc.integrate(driver, plans, n, phase, noise, sums);
///   adc.count(phase, first_read, sums, c_p, c_n, events);     then CcoAdc::finish
///
/// Const and free of hidden state.
class WaveAdc {
public:
    /// Whether curves, offsets and dead band have this form: exact sums of corners in doubles.
    /// `Choice:` curves of more than 64 knots stay with CcoAdc, which looks them up.
    static bool fits(const config::TileConfig& config, const CurveTable& table);

    /// @param table  of the columns that are looked at (CcoAdc::table)   @param cols  which they
    /// are
    WaveAdc(const config::TileConfig& config, const CurveTable& table, config::Range cols,
            SimdLevel simd = best_simd_level());
    ~WaveAdc();
    WaveAdc(WaveAdc&& other) noexcept;
    WaveAdc& operator=(WaveAdc&& other) noexcept;

    /// @param driver  of the same columns   @param plans  [n], all of `phase`
    /// @param noise   [n x stride] read noise while pulses last [g_lsb * v_read]; may be nullptr
    void integrate(const crossbar::WaveDriver& driver, const crossbar::WavePlan* plans,
                   std::size_t n, crossbar::Phase phase, const std::int32_t* noise,
                   WaveSums& out) const;

    /// Adds one phase of the reads first.read, first.read + 1 ... to the counters. Once: it uses
    /// the sums up.
    /// @param c_p, c_n  [n x cols] running counts of these reads; start at 0
    void count(crossbar::Phase phase, crossbar::ReadId first, WaveSums& sums, std::int32_t* c_p,
               std::int32_t* c_n, AdcEvents& events) const;

    std::size_t stride() const { return stride_; }  ///< columns in whole blocks

private:
    struct Corners;
    struct Side {  ///< what a counter does with its sum, [stride]
        std::vector<double> offset, ceiling;
        std::vector<double> rest;        ///< rate after the last pulse
        std::vector<double> everywhere;  ///< rate at no current while pulses last
        std::vector<std::int32_t> last_start;
    };
    void count_side(crossbar::Phase phase, int polarity, crossbar::ReadId first, WaveSums& sums,
                    std::int32_t* counts) const;

    std::size_t cols_, first_col_, stride_;
    SimdLevel simd_;
    std::uint64_t seed_;
    std::uint16_t tile_;
    int n_window_;
    std::int32_t deadband_;
    CountKernel counting_;
    std::vector<std::int32_t> input_offset_;  ///< [stride]
    std::array<Side, 2> sides_;               ///< c+, c-
    std::unique_ptr<Corners> corners_;
};

}  // namespace aimc::converters
