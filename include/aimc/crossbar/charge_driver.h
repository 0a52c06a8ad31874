// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/crossbar/column_noise.h"
#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/pulse_batch.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace aimc::crossbar {

/// The phases of a four-phase read, in order: two signs of the input, two polarities of the cells.
constexpr std::array<Phase, 4> four_phases{Phase::pp, Phase::pn, Phase::np, Phase::nn};

/// What converters that look at the charge need to know of some reads: no waveform, but the charge
/// of every bit line in every phase, read noise included. Whole numbers.
struct ChargeBatch {
    std::size_t n = 0;       ///< vectors
    std::size_t stride = 0;  ///< columns, rounded up to whole SIMD words
    struct PhaseOfReads {
        Phase phase = Phase::all;
        std::vector<char> done;        ///< [n] whether the read has this phase
        std::vector<int> n_on;         ///< [n] longest pulse; 0: no word line is driven    [cycles]
        AlignedVector<double> charge;  ///< [n x stride], set where n_on > 0
                                       ///< [g_lsb * v_read * cycle]
    };
    std::vector<PhaseOfReads> phases;  ///< one, or those of four_phases
    int n_phases(std::size_t k) const  ///< of vector k
    {
        int sum = 0;
        for (const auto& p : phases) { sum += p.done[k]; }
        return sum;
    }

    // room for what is on the way to these; nobody else looks at it
    PulseBatch pulses;
    AlignedVector<std::uint32_t> sums;
    ColumnNoise::Scratch drawing;
    AlignedVector<std::int32_t> noise;
};

/// The read of Crossbar for a batch of vectors, when only charges count:
///
///   Q_c = sum_r g_rc x_r + n_on * noise_c
///
/// as matrix products of whole numbers.
class ChargeDriver {
public:
    /// Whether these reads have this form: charge, read noise per_column or none.
    static bool fits(const config::TileConfig& config, const GridArray& array);

    ChargeDriver(const config::TileConfig& config, const GridArray& array,
                 SimdLevel simd = best_simd_level(), Window window = {});
    ~ChargeDriver();
    ChargeDriver(ChargeDriver&&) noexcept;
    ChargeDriver& operator=(ChargeDriver&&) noexcept;

    /// @param x      n vectors of the window's rows, `x_stride` apart
    /// @param first  the read of the first vector; the others follow
    void drive(const std::int8_t* x, std::size_t x_stride, std::size_t n, ReadId first,
               ChargeBatch& out) const;

private:
    struct Planes;
    void list_phases(ChargeBatch& out) const;
    void add_noise(ChargeBatch::PhaseOfReads& phase, ReadId first, ChargeBatch& out) const;

    std::size_t rows_, stride_;
    bool one_phase_, skip_empty_;
    SimdLevel simd_;
    ColumnNoise noise_;
    std::unique_ptr<const Planes> planes_;
};

}  // namespace aimc::crossbar
