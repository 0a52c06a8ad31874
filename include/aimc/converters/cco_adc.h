// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/converters/curves.h"
#include "aimc/crossbar/crossbar.h"

#include <cstdint>
#include <vector>

namespace aimc::converters {

/// What the ADCs noticed, summed over columns and phases.
struct AdcEvents {
    std::uint64_t conversions = 0;     ///< one per column and phase
    std::uint64_t watched = 0;         ///< of these, whose currents were looked at
    std::uint64_t over_range = 0;      ///< of the watched: the current passed the curve's end
    std::uint64_t polarity_flips = 0;  ///< of the watched, one-phase: it changed sign in the window
    std::uint64_t saturated = 0;       ///< counters at their word's end
    void add(const AdcEvents& other);
};

/// One CCO-based ADC per bit line with two unsigned counters. Pure: currents in, counts out.
///
///   count = floor( sum over t of rate(I(t)) + 2^-10 )    per phase and counter, exact integers
///   (adc.rounding nearest: + 1/2 instead of 2^-10)
///
/// one_phase: the counter follows the sign of the current at each moment. four_phase: the phase
/// names the counter, c+ = PP + NN, c- = PN + NP, each phase floored and clipped by itself.
/// Choices: rates accumulate unrounded over the window and the oscillator's phase is not carried
/// over; a current inside the dead band, its ends
/// included, counts to c+; thermal noise is one draw per counter that
/// ran in a conversion.
/// With adc.count_fraction = f the words keep f bits below one count (units of 2^-f count): what a
/// counter would show that were that much finer; clips stay where they are. The error budget alone
/// asks for it; the constructor throws ConfigError when such words do not fit 32 bits.
/// Source: Khaddam22 for the CCO converter with polarity steering and two 12-bit words.
class CcoAdc {
public:
    /// @param table  of all columns
    /// @param cols   those that are looked at; {0, 0}: all
    CcoAdc(const config::TileConfig& config, CurveTable table, SimdLevel simd = best_simd_level(),
           config::Range cols = {});

    /// Adds one phase of a read to the counters.
    /// @param c_p, c_n  [cols] running counts of this read; start at 0
    void convert(const crossbar::ColumnWave& wave, crossbar::Phase phase, crossbar::ReadId id,
                 std::int32_t* c_p, std::int32_t* c_n, AdcEvents& events) const;

    /// Clips the words of n finished reads to `count_bits`; for nmpu.branch single the difference
    /// becomes one signed word in c_p.
    /// @param c_p, c_n  [n x cols]
    void finish(std::int32_t* c_p, std::int32_t* c_n, AdcEvents& events, std::size_t n = 1) const;

    /// Whether the currents of a read are looked at. Choice: time_resolved always, as it integrates
    /// them; charge, which needs none of them, in the first 64 reads of a run and in one of 256
    /// that follow, drawn by their numbers (not every 256th: images have rows); not in calibration.
    static constexpr std::uint64_t watched_at_first = 64;
    bool watches(crossbar::ReadId id) const;
    /// Books what the currents of one phase do, without converting them.
    void watch(const crossbar::ColumnWave& wave, bool one_phase, AdcEvents& events) const;

    /// Of the columns that are looked at.
    const CurveTable& table() const { return table_; }

private:
    struct Scratch;
    void integrate(const crossbar::ColumnWave& wave, bool one_phase, Scratch& s) const;
    void pass_knots(const crossbar::ColumnWave& wave, bool one_phase, Scratch& s) const;
    void look_up(const crossbar::ColumnWave& wave, bool one_phase, Scratch& s) const;
    void integrate_charge(const crossbar::ColumnWave& wave, bool one_phase, Scratch& s) const;
    void book_extremes(const Scratch& s, bool one_phase, AdcEvents& events) const;

    config::AdcConfig config_;
    std::size_t first_col_, cols_;
    int n_window_;
    std::int32_t deadband_;  ///< [current grid]
    bool single_;            ///< one signed count instead of two words
    std::uint64_t seed_;
    std::uint16_t tile_;
    CurveTable table_;
    SimdLevel simd_;
};

}  // namespace aimc::converters
