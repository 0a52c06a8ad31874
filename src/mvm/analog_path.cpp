// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/analog_path.h"

#include <algorithm>

namespace aimc::mvm {
namespace {

/// Vectors that are on the way at once. Choice: their charges, or plans and noise, stay in the
/// second-level cache.
constexpr std::size_t most_charges_at_once = 32;
constexpr std::size_t most_waves_at_once = 16;

config::TileConfig drawn_as(config::TileConfig config, const Chip& chip)
{
    config.index = chip.index.value_or(config.index);
    return config;
}

/// The error model of the chip's columns, if the configuration replaces the converter by it.
std::optional<converters::AmsError> ams_error(const config::TileConfig& config, const Chip& chip,
                                              SimdLevel simd, Window window)
{
    if (config.adc.model != config::AdcModel::ams) { return std::nullopt; }
    const double g_max_uS = device::g_max(config.device).si() * 1e6;
    const std::vector<std::size_t> whole(config.cols, config.rows);
    return converters::AmsError(
        config, chip.products.empty() ? whole : chip.products,
        converters::ams_counts_per_unit(config, g_max_uS, chip.current_ratio), window, simd);
}

}  // namespace

AnalogPath::AnalogPath(const config::TileConfig& config, const Chip& chip, SimdLevel simd,
                       Window window)
    : read_(config.read),
      crossbar_(drawn_as(config, chip), chip.array, simd, window),
      adc_(drawn_as(config, chip),
           converters::to_table(chip.curves, crossbar::current_lsb_uA(config.crossbar),
                                chip.current_ratio),
           simd, window.cols),
      ams_(ams_error(drawn_as(config, chip), chip, simd, window)),
      simd_(simd)
{
    make_fast_form(drawn_as(config, chip), chip, simd, window);
}

void AnalogPath::make_fast_form(const config::TileConfig& config, const Chip& chip, SimdLevel simd,
                                Window window)
{
    const auto& array = chip.array;
    const auto& table = adc_.table();
    const config::Range cols = crossbar_.col_range();
    if (crossbar::ChargeDriver::fits(config, array) && converters::ChargeAdc::fits(config, table)) {
        charge_.emplace(ChargePath{crossbar::ChargeDriver(config, array, simd, window),
                                   converters::ChargeAdc(config, table, cols, simd)});
    }
    if (crossbar::WaveDriver::fits(config, array) && converters::WaveAdc::fits(config, table)) {
        wave_.emplace(WavePath{crossbar::WaveDriver(config, array, simd, window),
                               crossbar::ColumnNoise(config, array, simd, window),
                               converters::WaveAdc(config, table, cols, simd)});
    }
}

void AnalogPath::read_one(const std::int8_t* x, const crossbar::PhaseList& phases,
                          crossbar::ReadId id, Scratch& scratch, std::int32_t* c_p,
                          std::int32_t* c_n) const
{
    std::fill(c_p, c_p + crossbar_.cols(), 0);
    std::fill(c_n, c_n + crossbar_.cols(), 0);
    for (const crossbar::Phase phase : phases) {
        crossbar_.drive(x, phase, id, scratch.wave);
        adc_.convert(scratch.wave, phase, id, c_p, c_n, scratch.events);
    }
    finish(x, 0, 1, id, scratch, c_p, c_n);
}

void AnalogPath::finish(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                        crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p,
                        std::int32_t* c_n) const
{
    const std::size_t cols = crossbar_.cols();
    for (std::size_t k = 0; ams_ && k < n; ++k) {
        ams_->add(x + k * x_stride, {first.read + k, first.calibration}, c_p + k * cols,
                  c_n + k * cols);
    }
    adc_.finish(c_p, c_n, scratch.events, n);
}

void AnalogPath::watch(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch) const
{
    for (const crossbar::Phase phase : crossbar::phases_of(read_, x, crossbar_.rows())) {
        crossbar_.drive(x, phase, id, scratch.wave);
        adc_.watch(scratch.wave, phase == crossbar::Phase::all, scratch.events);
    }
}

void AnalogPath::read(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch,
                      std::int32_t* c_p, std::int32_t* c_n) const
{
    const std::int8_t* driven = x + crossbar_.row_range().from;
    if (charge_ || wave_) {
        read_batch(driven, crossbar_.rows(), 1, id, scratch, c_p, c_n);
        return;
    }
    read_one(driven, crossbar::phases_of(read_, driven, crossbar_.rows()), id, scratch, c_p, c_n);
}

void AnalogPath::read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                            crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p,
                            std::int32_t* c_n, int* phases) const
{
    const std::size_t cols = crossbar_.cols();
    if (!charge_ && !wave_) {
        for (std::size_t k = 0; k < n; ++k) {
            const auto of_read = crossbar::phases_of(read_, x + k * x_stride, crossbar_.rows());
            read_one(x + k * x_stride, of_read, {first.read + k, first.calibration}, scratch,
                     c_p + k * cols, c_n + k * cols);
            if (phases != nullptr) { phases[k] = static_cast<int>(of_read.size()); }
        }
        return;
    }
    std::fill(c_p, c_p + n * cols, 0);
    std::fill(c_n, c_n + n * cols, 0);
    const std::size_t at_once = charge_ ? most_charges_at_once : most_waves_at_once;
    const auto read_some = charge_ ? &AnalogPath::read_charges : &AnalogPath::read_waves;
    for (std::size_t k = 0; k < n; k += at_once) {
        (this->*read_some)(x + k * x_stride, x_stride, std::min(at_once, n - k),
                           {first.read + k, first.calibration}, scratch, c_p + k * cols,
                           c_n + k * cols, phases != nullptr ? phases + k : nullptr);
    }
    finish(x, x_stride, n, first, scratch, c_p, c_n);
}

void AnalogPath::read_charges(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                              crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p,
                              std::int32_t* c_n, int* phases) const
{
    charge_->driver.drive(x, x_stride, n, first, scratch.charges);
    charge_->adc.convert(scratch.charges, first, scratch.adc, c_p, c_n, scratch.events);
    for (std::size_t k = 0; k < n; ++k) {
        if (phases != nullptr) { phases[k] = scratch.charges.n_phases(k); }
        const crossbar::ReadId own{first.read + k, first.calibration};
        if (adc_.watches(own)) { watch(x + k * x_stride, own, scratch); }
    }
}

void AnalogPath::read_waves(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                            crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p,
                            std::int32_t* c_n, int* phases) const
{
    WaveScratch& s = scratch.waves;
    const std::size_t cols = crossbar_.cols();
    s.plans.resize(std::max(s.plans.size(), n));
    if (phases != nullptr) { std::fill(phases, phases + n, 0); }
    const auto read_run = [&](crossbar::Phase phase, std::size_t from, std::size_t to) {
        s.pulses.start(x + from * x_stride, x_stride, to - from, crossbar_.rows(), simd_);
        for (std::size_t k = from; k < to; ++k) {
            wave_->driver.plan(x + k * x_stride, phase, s.plans[k - from]);
            if (phases != nullptr) { ++phases[k]; }
        }
        read_phase(phase, {first.read + from, first.calibration}, scratch, c_p + from * cols,
                   c_n + from * cols);
    };
    if (read_.mode == config::ReadMode::one_phase) {
        read_run(crossbar::Phase::all, 0, n);
        return;
    }
    for (const crossbar::Phase phase : crossbar::four_phases) {
        // runs of reads that have the phase: all of them, unless empty ones are left out
        std::size_t from = 0;
        for (std::size_t k = 0; k < n; ++k) {
            const auto own = crossbar::phases_of(read_, x + k * x_stride, crossbar_.rows());
            if (std::find(own.begin(), own.end(), phase) != own.end()) { continue; }
            if (k > from) { read_run(phase, from, k); }
            from = k + 1;
        }
        if (n > from) { read_run(phase, from, n); }
    }
}

void AnalogPath::read_phase(crossbar::Phase phase, crossbar::ReadId first, Scratch& scratch,
                            std::int32_t* c_p, std::int32_t* c_n) const
{
    WaveScratch& s = scratch.waves;
    const std::size_t n = s.pulses.n();
    const std::int32_t* noise = nullptr;
    if (wave_->noise.is_on()) {
        s.noise.resize(n * wave_->noise.stride());
        wave_->noise.draw(phase, s.pulses, first, s.drawing, s.noise.data());
        noise = s.noise.data();
    }
    wave_->adc.integrate(wave_->driver, s.plans.data(), n, phase, noise, s.sums);
    wave_->adc.count(phase, first, s.sums, c_p, c_n, scratch.events);
}

}  // namespace aimc::mvm
