// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/aligned.h"
#include "aimc/base/matrix.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/window.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace aimc::schemes {

/// x -> recombined sums of a tile of kind pim: groups of rows are summed in the analog domain, each
/// partial sum is converted, codes are put together digitally. Const and free of hidden state, so
/// any number of threads may read at once.
///
///   code = clamp(round_half_even(gain * s / step + offset + noise))         (scheme.h: s, step)
///   y    = sum over passes, groups, slices and physical columns of +-2^(bits below) code
///
/// A read has a pass for its positive inputs and one for the magnitudes of its negative ones, whose
/// codes count for the other word. `Choice:` a pass runs if there is such an input; with none at
/// all the first one does, so every read has one or two. Groups are counted from the window's first
/// row; the last one may be shorter and has the same full scale. Noise is one draw per conversion.
/// Reconstructed: the paper's equations were not available (scheme.h).
class SchemePath {
public:
    /// What reads have on the way. One per thread.
    struct Scratch {
        AlignedVector<std::int16_t> factors;  ///< [slices x reads x packed rows]
        AlignedVector<std::uint32_t> sums,
            words;                          ///< [slices x reads x columns], [reads x columns]
        AlignedVector<float> z;             ///< [reads x columns]
        AlignedVector<std::int32_t> codes;  ///< [reads x columns]
        AlignedVector<std::int32_t> p, n;   ///< [reads x columns] recombined so far
    };

    /// @param weights  [tile rows x tile cols], |w| <= config::largest_weight(config)
    /// @param window   the part that is read; groups are counted from its first row
    /// @throws std::invalid_argument  weights of another shape or too large; no such window
    SchemePath(const config::TileConfig& config, const Matrix<std::int16_t>& weights,
               SimdLevel simd = best_simd_level(), crossbar::Window window = {});

    /// The reads first.read, first.read + 1 ... of n vectors.
    /// @param x         n vectors of the window's rows, `x_stride` apart; |x| <=
    ///                  config::largest_input(config)
    /// @param c_p, c_n  [n x window cols] recombined sums, both >= 0; c_p - c_n in units of the
    ///                  converter's LSB. native: one of them is 0; differential: the codes of the
    ///                  two columns; bit_serial: of the planes below the top bit, and of that one.
    ///                  nmpu.branch single: the difference in c_p, c_n is 0
    /// @param steps     [n] evaluations of each read (groups x slices x passes); may be nullptr
    /// @param events    counts on: conversions, all of them watched; over_range: inputs more than
    ///                  half a step beyond the end codes, noise apart
    void read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                    crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n,
                    int* steps, converters::AdcEvents& events) const;

    std::size_t rows() const { return rows_.size(); }
    std::size_t cols() const { return cols_.size(); }

private:
    struct Parts;  ///< packed weights and their converters
    struct Chunk;  ///< consecutive reads that are on the way together
    void read_chunk(const Chunk& chunk, Scratch& s, converters::AdcEvents& events) const;
    void read_pass(const Chunk& chunk, bool negative, Scratch& s,
                   converters::AdcEvents& events) const;
    void convert_group(const Chunk& chunk, bool negative, std::size_t group, std::size_t physical,
                       Scratch& s, converters::AdcEvents& events) const;

    config::Range rows_, cols_;
    std::shared_ptr<const Parts> parts_;  ///< copies read the same tile
};

}  // namespace aimc::schemes
