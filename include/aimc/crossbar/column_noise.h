// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/aligned.h"
#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/pulse_batch.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace aimc::crossbar {

/// Read noise per column (device.read_noise) for batches of reads:
///
///   noise_c = floor( sqrt( sum_r variance_rc x_r^2 * noise_lsb ) / n_on * z_c + 1/2 )
///
/// in steps of the current grid, as Crossbar adds it. The normals z are near ones; where seven
/// digits leave open which way a draw is rounded, it is made again exactly.
class ColumnNoise {
public:
    struct Scratch {
        AlignedVector<std::uint32_t> sums, words;
        AlignedVector<double> variance;
        AlignedVector<float> z;
        AlignedVector<std::int32_t> doubtful, doubts;
    };

    /// Whether the read noise of this tile has this form, or there is none.
    static bool fits(const config::TileConfig& config, const GridArray& array);

    ColumnNoise(const config::TileConfig& config, const GridArray& array, SimdLevel simd,
                Window window);
    ~ColumnNoise();
    ColumnNoise(ColumnNoise&&) noexcept;
    ColumnNoise& operator=(ColumnNoise&&) noexcept;

    bool is_on() const { return noise_lsb_ > 0.0; }
    /// Columns of the window, rounded up to whole SIMD words.
    std::size_t stride() const;

    /// @param pulses  inputs of the reads first, first + 1, ...
    /// @param noise   [n x stride] in steps of the current grid; not written where no word line is
    ///                driven
    void draw(Phase phase, PulseBatch& pulses, ReadId first, Scratch& scratch,
              std::int32_t* noise) const;

private:
    struct Planes;
    std::int32_t exact(double variance, double n_on, std::uint32_t word) const;

    std::size_t cols_, first_col_;
    std::uint64_t seed_;
    std::uint16_t tile_;
    double noise_lsb_;  ///< 0: no noise
    SimdLevel simd_;
    std::unique_ptr<const Planes> planes_;
};

}  // namespace aimc::crossbar
