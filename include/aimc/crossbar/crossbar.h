// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/random.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/grid_array.h"

#include <cstdint>
#include <vector>

namespace aimc::crossbar {

/// One phase of a read. Letters are (input sign, weight sign); `all` is the one-phase read.
enum class Phase : std::uint8_t { pp = 0, pn = 1, np = 2, nn = 3, all = 4 };
constexpr bool counts_positive(Phase p) { return p == Phase::pp || p == Phase::nn; }

/// The phases of a read with this input, in order: {all}, or {pp, pn, np, nn} less those that have
/// no active row when `read.skip_empty_phases` is on (one is always kept).
std::vector<Phase> phases_of(const config::ReadConfig& read, const std::int8_t* x,
                             std::size_t rows);

/// Which read this is, for its random numbers.
struct ReadId {
    std::uint64_t read = 0;
    bool calibration = false;  ///< calibration reads have numbers of their own
};

/// Bit-line currents of one phase: piecewise constant, because a current only changes when a pulse
/// ends. All pulses start together, so segment 0 (the longest pulses alone) is the last in time.
struct ColumnWave {
    std::size_t stride = 0;             ///< columns, rounded up to whole SIMD words
    int n_on = 0;                       ///< [cycles] until the last pulse ends
    std::vector<int> n_cycles;          ///< [segments] length of each
    std::vector<std::int32_t> current;  ///< [segments x stride]   [g_lsb * v_read]
    /// [stride] their sum over time, kept for adc.integration charge  [g_lsb * v_read * cycle]
    std::vector<std::int64_t> charge;
    const std::int32_t* segment(std::size_t s) const { return current.data() + s * stride; }
};

/// The array of unit cells with its word-line pulses: x -> I_c(t), one draw of read noise included.
///
///   I_c(t) = sum over rows r with |x_r| > t of sign(x_r) * (G+ - G-)_rc + noise_c
///
/// Rows are bucketed by |x| and added once, so the whole waveform costs about one matrix-vector
/// product. Read noise: per column one Gaussian with the summed variance sum_r (sigma_rc x_r)^2,
/// spread evenly over the on-time and rounded to the current grid (`Choice:`).
class Crossbar {
public:
    Crossbar(const config::TileConfig& config, const GridArray& array,
             SimdLevel simd = best_simd_level());

    /// @param x  [rows] codes -127 .. 127; row 0 first
    void drive(const std::int8_t* x, Phase phase, ReadId id, ColumnWave& wave) const;

    std::size_t rows() const { return rows_; }
    std::size_t cols() const { return cols_; }
    std::size_t stride() const { return stride_; }

private:
    struct Plane {  ///< one set of cells that a row sign selects, padded to the stride
        std::vector<std::int16_t> g;       ///< [rows x stride] signed contribution
        std::vector<std::uint16_t> noise;  ///< [rows x stride]
    };
    const Plane& plane(Phase phase, bool negative_input) const;
    void noise_current(const std::vector<int>& active, const std::int8_t* x, Phase phase, ReadId id,
                       int n_on, std::int32_t* current) const;

    std::size_t rows_, cols_, stride_;
    std::uint64_t seed_;
    std::uint16_t tile_;
    double noise_lsb_;
    SimdLevel simd_;
    bool one_phase_;
    bool with_charge_;  ///< the converters look at the charge only
    Plane pos_, neg_;   ///< four-phase: G+, G-; one-phase: x > 0, x < 0
};

}  // namespace aimc::crossbar
