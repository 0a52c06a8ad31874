// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/config/workload.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/converters/curves.h"
#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/grid_array.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace aimc::mvm {

/// All that is fixed once a chip is programmed and its ADCs are known.
struct Chip {
    crossbar::GridArray array;
    converters::PhysicalCurves curves;
    double current_ratio = 1.0;  ///< input mirror of the ADCs
    double age_s = 0.0;          ///< [s] since programming was verified
    /// Which tile of a system it is, for its random numbers; none: as the configuration says.
    std::optional<std::uint16_t> index;
};

/// Programs the cells (device physics, grid) and draws or loads the ADC curves.
Chip make_chip(const config::TileConfig& config, const device::CellTargets& targets);

/// The curves again for an array that has changed (the ideal line ends where the array does).
converters::PhysicalCurves curves_for(const config::TileConfig& config,
                                      const crossbar::GridArray& array);

/// The most that an oscillator can be made to see: the array, its noise, the input offset, the
/// mirror ratio.                                                                           [uA]
double largest_current_uA(const config::TileConfig& config, const crossbar::GridArray& array);

/// Word lines that may be driven and bit lines that are looked at.
struct Window {
    config::Range rows, cols;
};

/// x -> counts: crossbar and ADCs of one chip, without time. Const and free of hidden state, so any
/// number of threads may read at once.
class AnalogPath {
public:
    struct Scratch {
        crossbar::ColumnWave wave;
        converters::AdcEvents events;  ///< since the caller last cleared it
    };

    AnalogPath(const config::TileConfig& config, const Chip& chip,
               SimdLevel simd = best_simd_level());

    /// @param x         [rows] input codes
    /// @param c_p, c_n  [cols] results
    void read(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch, std::int32_t* c_p,
              std::int32_t* c_n) const;

    AnalogPath(const config::TileConfig& config, const Chip& chip, SimdLevel simd, Window window)
        : AnalogPath(config, chip, simd)
    {
        window_ = window;
    }
    void read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                    crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n,
                    int* phases) const
    {
        std::vector<std::int8_t> line(crossbar_.rows());
        std::vector<std::int32_t> p(crossbar_.cols()), q(crossbar_.cols());
        const std::size_t w = window_.cols.size();
        for (std::size_t k = 0; k < n; ++k) {
            std::copy(x + k * x_stride, x + k * x_stride + window_.rows.size(),
                      line.begin() + static_cast<std::ptrdiff_t>(window_.rows.from));
            read(line.data(), {first.read + k, first.calibration}, scratch, p.data(), q.data());
            std::copy_n(p.begin() + static_cast<std::ptrdiff_t>(window_.cols.from), w, c_p + k * w);
            std::copy_n(q.begin() + static_cast<std::ptrdiff_t>(window_.cols.from), w, c_n + k * w);
            if (phases != nullptr) {
                phases[k] = static_cast<int>(
                    crossbar::phases_of(read_, line.data(), line.size()).size());
            }
        }
    }
    const crossbar::Crossbar& crossbar() const { return crossbar_; }
    const converters::CcoAdc& adc() const { return adc_; }

private:
    config::ReadConfig read_;
    Window window_;
    crossbar::Crossbar crossbar_;
    converters::CcoAdc adc_;
};

}  // namespace aimc::mvm
