// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/random.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/grid_array.h"
#include "aimc/crossbar/window.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace aimc::crossbar {

/// One phase of a read. Letters are (input sign, weight sign); `all` is the one-phase read.
enum class Phase : std::uint8_t { pp = 0, pn = 1, np = 2, nn = 3, all = 4 };
constexpr bool counts_positive(Phase p) { return p == Phase::pp || p == Phase::nn; }

/// Some phases in order, at most four: nothing to ask memory for, read after read.
class PhaseList {
public:
    PhaseList() = default;
    PhaseList(std::initializer_list<Phase> list) { add(list); }
    void add(std::initializer_list<Phase> list)
    {
        for (const Phase p : list) { phases_.at(n_++) = p; }
    }
    std::size_t size() const { return n_; }
    const Phase* begin() const { return phases_.data(); }
    const Phase* end() const { return phases_.data() + n_; }
    friend bool operator==(const PhaseList& a, const PhaseList& b)
    {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    std::array<Phase, 4> phases_{};
    std::size_t n_ = 0;
};

/// The phases of a read with this input, in order: {all}, or {pp, pn, np, nn} less those that have
/// no active row when `read.skip_empty_phases` is on (one is always kept).
PhaseList phases_of(const config::ReadConfig& read, const std::int8_t* x, std::size_t rows);

/// Which read this is, for its random numbers.
struct ReadId {
    std::uint64_t read = 0;
    bool calibration = false;  ///< calibration reads have numbers of their own
};

/// Where the read noise of a phase is drawn.
Place read_noise_place(std::uint64_t seed, std::uint16_t tile, Phase phase, ReadId id);

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
/// product. Read noise (device.read_noise; every draw is rounded to the current grid, `Choice:`):
///
///   per_column   one Gaussian with the summed variance sum_r (sigma_rc x_r)^2, spread evenly over
///                the on-time: the right charge, not the right moment (time_resolved: the sd of
///                c+ - c- is 1 % too small on average, within a fifth in single columns; that of
///                one counter 5 % too small, 0.65 to 1.44 of the truth in single columns)
///   per_segment  one Gaussian for each pulse length n, with the summed variance of the rows with
///                |x_r| = n, there while these pulses last: what independent cells with noise that
///                stays the same over a read add up to, as long as none is held at zero conductance
///   per_cell     one Gaussian for each cell and polarity, G + noise never below zero; the same in
///                every segment of a read, fresh in every phase
///
/// `Choice:` per_segment and per_cell use normals of 16 random bits (|z| <= 4.33, variance 1).
class Crossbar {
public:
    /// @param window  the cells that are read; noise is drawn by their places in the whole array
    Crossbar(const config::TileConfig& config, const GridArray& array,
             SimdLevel simd = best_simd_level(), Window window = {});

    /// @param x  [rows of the window] codes -127 .. 127; its first row first
    void drive(const std::int8_t* x, Phase phase, ReadId id, ColumnWave& wave) const;

    config::Range row_range() const { return {first_row_, first_row_ + rows_}; }
    config::Range col_range() const { return {first_col_, first_col_ + cols_}; }
    std::size_t rows() const { return rows_; }  ///< of the window
    std::size_t cols() const { return cols_; }  ///< of the window
    std::size_t stride() const { return stride_; }
    /// Cells beyond the words of this class and held at their end, counted once for each sign of
    /// the input: only a large polarity asymmetry, or noise of twice the whole grid, does that.
    std::uint64_t clips() const { return clips_; }

private:
    struct Plane {  ///< one set of cells that a row sign selects, padded to the stride
        std::vector<std::int16_t> g;       ///< [rows x stride] signed contribution
        std::vector<std::uint16_t> noise;  ///< [rows x stride]
    };
    /// One polarity of the array, for read noise per cell.
    struct Cells {
        std::vector<std::int16_t> g;    ///< [rows x stride] [g_lsb]
        std::vector<std::uint16_t> sd;  ///< [rows x stride] [2^-sd_fraction g_lsb]
    };
    void fill_planes(const GridArray& array);
    void fill_cells(const GridArray& array);
    std::int16_t held(double g);  ///< rounded to the grid; counts what is beyond it
    const Plane& plane(Phase phase, bool negative_input) const;
    Place noise_place(Phase phase, ReadId id) const
    {
        return read_noise_place(seed_, tile_, phase, id);
    }
    void add_column_noise(const std::vector<int>& active, const std::int8_t* x, Phase phase,
                          ReadId id, int n_on, std::int32_t* current) const;
    void add_segment_noise(const int* rows, std::size_t n_rows, const std::int8_t* x, Phase phase,
                           ReadId id, std::int32_t* current) const;
    void add_noisy_row(std::size_t row, bool negative_input, Phase phase, ReadId id,
                       std::int32_t* current) const;

    std::size_t first_row_, first_col_, rows_, cols_, stride_;
    std::uint64_t seed_;
    std::uint16_t tile_;
    double noise_lsb_;
    SimdLevel simd_;
    config::ReadNoise read_noise_;  ///< none when no cell has any
    bool one_phase_;
    bool with_charge_;  ///< the converters look at the charge only
    int sd_fraction_ = 0;
    std::uint64_t clips_ = 0;
    Plane pos_, neg_;                      ///< four-phase: G+, G-; one-phase: x > 0, x < 0
    std::array<Cells, 2> cells_, turned_;  ///< per_cell: G+, G-, and read at the other polarity
};

}  // namespace aimc::crossbar
