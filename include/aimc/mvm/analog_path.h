// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/converters/ams_error.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/converters/charge_adc.h"
#include "aimc/converters/curves.h"
#include "aimc/converters/wave_adc.h"
#include "aimc/crossbar/charge_driver.h"
#include "aimc/crossbar/column_noise.h"
#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/grid_array.h"
#include "aimc/crossbar/wave_driver.h"
#include "aimc/mvm/chip.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace aimc::mvm {

/// The part of a tile that an AnalogPath reads; the default is everything.
using crossbar::Window;

/// x -> counts: crossbar and ADCs of one chip, without time. Const and free of hidden state, so any
/// number of threads may read at once.
///
///   const AnalogPath path(config, chip, simd, {layer.rows, layer.cols});
///   path.read_batch(x, x_stride, n, {first, false}, scratch, c_p, c_n, nullptr);
class AnalogPath {
public:
    /// What the time-resolved form has on the way.
    struct WaveScratch {
        crossbar::PulseBatch pulses;
        crossbar::ColumnNoise::Scratch drawing;
        AlignedVector<std::int32_t> noise;
        std::vector<crossbar::WavePlan> plans;
        converters::WaveSums sums;
    };
    struct Scratch {
        crossbar::ColumnWave wave;
        crossbar::ChargeBatch charges;
        converters::ChargeAdc::Scratch adc;
        WaveScratch waves;
        converters::AdcEvents events;  ///< since the caller last cleared it
    };

    /// @param window  word lines that may be driven and bit lines that are looked at: its columns
    ///                give what they give in a read of the whole tile in which all others rest
    /// Throws std::invalid_argument for a window that is not a part of the tile.
    AnalogPath(const config::TileConfig& config, const Chip& chip,
               SimdLevel simd = best_simd_level(), Window window = {});

    /// @param x         [rows of the tile] input codes; those outside the window are not looked at
    /// @param c_p, c_n  [window cols] results
    void read(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch, std::int32_t* c_p,
              std::int32_t* c_n) const;

    /// The reads first.read, first.read + 1 ... of n vectors. Reads of the charge, with read noise
    /// per column or none, are matrix products; time-resolved ones with such noise go by blocks of
    /// columns; all others one waveform after the other.
    /// @param x         n vectors of the window's rows, `x_stride` apart
    /// @param c_p, c_n  [n x window cols] results
    /// @param phases    [n] of each read; may be nullptr
    void read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                    crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n,
                    int* phases = nullptr) const;

    const crossbar::Crossbar& crossbar() const { return crossbar_; }
    const converters::CcoAdc& adc() const { return adc_; }

private:
    struct ChargePath {  ///< the fast form of charge
        crossbar::ChargeDriver driver;
        converters::ChargeAdc adc;
    };
    struct WavePath {  ///< the fast form of time_resolved
        crossbar::WaveDriver driver;
        crossbar::ColumnNoise noise;
        converters::WaveAdc adc;
    };
    void make_fast_form(const config::TileConfig& config, const Chip& chip, SimdLevel simd,
                        Window window);
    void read_charges(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                      crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p,
                      std::int32_t* c_n, int* phases) const;
    void read_waves(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                    crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n,
                    int* phases) const;
    void read_phase(crossbar::Phase phase, crossbar::ReadId first, Scratch& scratch,
                    std::int32_t* c_p, std::int32_t* c_n) const;
    void read_one(const std::int8_t* x, const crossbar::PhaseList& phases, crossbar::ReadId id,
                  Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n) const;

    /// Books what the currents of a read do that looks at the charge only.
    void watch(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch) const;

    /// Adds the AMS error of n reads, if there is one, and clips their words.
    void finish(const std::int8_t* x, std::size_t x_stride, std::size_t n, crossbar::ReadId first,
                Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n) const;

    config::ReadConfig read_;
    crossbar::Crossbar crossbar_;
    converters::CcoAdc adc_;
    std::optional<converters::AmsError> ams_;
    std::optional<ChargePath> charge_;
    std::optional<WavePath> wave_;
    SimdLevel simd_;
};

}  // namespace aimc::mvm
