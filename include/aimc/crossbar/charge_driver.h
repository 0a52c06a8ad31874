// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/crossbar/crossbar.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::crossbar {

/// The phases of a four-phase read, in order: two signs of the input, two polarities of the cells.
constexpr std::array<Phase, 4> four_phases{Phase::pp, Phase::pn, Phase::np, Phase::nn};

/// What converters that look at the charge need to know of some four-phase reads: no waveform, but
/// the charge of every bit line and its largest current, read noise included. Whole numbers.
struct ChargeBatch {
    std::size_t n = 0;       ///< vectors
    std::size_t stride = 0;  ///< columns, rounded up to whole SIMD words
    struct PhaseOfReads {
        std::vector<char> done;      ///< [n] whether the read has this phase
        std::vector<int> n_on;       ///< [n] longest pulse; 0: no word line is driven    [cycles]
        bool is_driven = false;      ///< by some vector; else there is neither charge nor peak
        std::vector<double> charge;  ///< [n x stride]                  [g_lsb * v_read * cycle]
        std::vector<double> peak;    ///< [n x stride]                          [g_lsb * v_read]
    };
    std::array<PhaseOfReads, 4> phases;
    int n_phases(std::size_t k) const  ///< of vector k
    {
        return phases[0].done[k] + phases[1].done[k] + phases[2].done[k] + phases[3].done[k];
    }

    // room for what is on the way to these; nobody else looks at it
    std::vector<std::int16_t> factors;  ///< [3 x vectors x rows]: |x|, whether it is on, x^2
    std::vector<std::uint32_t> sums;
    std::vector<double> variance, z;
};

/// The four-phase read of Crossbar for a batch of vectors, when only charges count:
///
///   Q_c = sum_r g_rc |x_r| + n_on * noise_c      peak_c = sum_r g_rc [x_r != 0] + noise_c
///
/// as matrix products of whole numbers. A current is largest at the start, when all pulses are on:
/// no conductance is below zero.
class ChargeDriver {
public:
    /// Whether these reads have this form: four_phase, charge, read noise per_column or none.
    static bool fits(const config::TileConfig& config, const GridArray& array);

    ChargeDriver(const config::TileConfig& config, const GridArray& array,
                 SimdLevel simd = best_simd_level(), Window window = {});

    /// @param x      n vectors of the window's rows, `x_stride` apart
    /// @param first  the read of the first vector; the others follow
    void drive(const std::int8_t* x, std::size_t x_stride, std::size_t n, ReadId first,
               ChargeBatch& out) const;

private:
    /// Whole numbers of the cells of one polarity, laid out for the product.
    struct Plane {
        std::vector<std::int16_t> cells;
        std::size_t most_pairs = 0;  ///< whose sums fit 32 bits
    };
    template <class At>
    Plane make_plane(const At& at, std::uint64_t largest_factor) const;
    void find_phases(const std::int8_t* x, std::size_t x_stride, ChargeBatch& out) const;
    void find_factors(const std::int8_t* x, std::size_t x_stride, bool negative,
                      std::size_t vectors, ChargeBatch& out) const;
    void multiply(const Plane& plane, const std::int16_t* factors, std::size_t vectors,
                  ChargeBatch& scratch, double* total) const;
    void add_noise(Phase phase, ReadId first, ChargeBatch& out) const;

    std::size_t rows_, cols_, first_col_, pairs_, stride_;
    std::uint64_t seed_;
    std::uint16_t tile_;
    bool skip_empty_;
    double noise_lsb_;
    bool has_noise_;
    SimdLevel simd_;
    std::array<Plane, 2> g_, variance_;  ///< G+, G-
};

}  // namespace aimc::crossbar
