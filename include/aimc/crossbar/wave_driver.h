// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/pwm_dac.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::crossbar {

constexpr std::size_t wave_cols = 16;  ///< columns of a WaveBlock
constexpr std::size_t wave_part = 8;   ///< steps of a WaveBlock that are looked at together
constexpr std::size_t most_parts = (code_max + wave_part) / wave_part;
constexpr std::size_t wave_steps = most_parts * wave_part;

/// Current that the cells and the noise of a column may add up to; offsets and dead band of the
/// converters come on top. [g_lsb * v_read] `Choice:` 2.5 mA at 4 nS and 200 mV; with 2^20 for the
/// converters, eight of the largest currents, times 128, fit 32 bits.
constexpr std::int32_t largest_wave = 3 << 20;
constexpr std::int32_t room_of_converters = 1 << 20;

/// Currents of a wave are held with this many bits below the grid: room to count steps, 127 at
/// most.
constexpr int step_bits = 7;

/// The rows of one phase in the order in which a walk backwards in time meets them: the longest
/// pulses first, two rows of the same length at once. One turn at least for each cycle, so that the
/// walk needs no branch; what is missing is a row of zeros.
struct WavePlan {
    int n_on = 0;                      ///< [cycles] until the last pulse ends
    std::size_t n_turns = 0;           ///< in use
    std::vector<std::uint32_t> cells;  ///< [2 x turns] where the rows lie in their block
    std::vector<std::uint32_t> to;     ///< [turns] where the current goes in WaveBlock::current
};

/// Bit-line currents of 16 columns at unit time steps, the last cycle first. Whole parts: steps
/// before `n_rest` are nothing but room.
struct WaveBlock {
    /// [steps x 16] [2^-step_bits g_lsb * v_read]
    alignas(64) std::array<std::int32_t, wave_steps * wave_cols> current;
    std::size_t n_parts = 0;  ///< of wave_part steps each
    std::size_t n_rest = 0;   ///< first steps that are not of the wave; their current is zero
};

/// The waveform of Crossbar for the columns of a block at a time, so that it stays in the first
/// cache until the converters have seen it: what a single read, or a few, ask for.
///
/// Read noise comes from outside, as one current per column that lasts as long as the pulses
/// (per_column). `Choice:` noise per segment and per cell stays with Crossbar, whose draws cost far
/// more than its waveform.
class WaveDriver {
public:
    /// Whether these reads have this form: time_resolved, read noise per_column or none, and no
    /// column whose current can pass `largest_wave`.
    static bool fits(const config::TileConfig& config, const GridArray& array);

    /// @param window  the cells that are read
    WaveDriver(const config::TileConfig& config, const GridArray& array,
               SimdLevel simd = best_simd_level(), Window window = {});

    /// @param x  [rows of the window] codes -127 .. 127. `phase` counts by the sign of its rows
    ///           only: pp and pn, np and nn have the same plan.
    void plan(const std::int8_t* x, Phase phase, WavePlan& plan) const;

    /// @param block  columns 16 * block and the 15 that follow
    /// @param base   [16] what flows from the first pulse to the end of the last: noise, offsets
    ///               [g_lsb * v_read]
    void drive(const WavePlan& plan, Phase phase, std::size_t block, const std::int32_t* base,
               WaveBlock& out) const;

    std::size_t blocks() const { return blocks_; }

private:
    std::size_t rows_, cols_, blocks_;
    std::size_t plane_rows_;  ///< rows of one sign in a block, and one of zeros
    bool one_phase_;
    SimdLevel simd_;
    struct alignas(32) CellRow {                  ///< never across two lines of the cache
        std::array<std::int16_t, wave_cols> g{};  ///< order of columns: see place_of
    };
    std::vector<CellRow> cells_;  ///< [blocks x 2 signs x (rows + 1)]
};

}  // namespace aimc::crossbar
