// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/crossbar.h"

#include "aimc/crossbar/pwm_dac.h"

#include "read_noise.h"
#include "seen_cells.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace aimc::crossbar {
namespace {

constexpr double sd_end = 65535.0;     // of the 16 bits of a cell's sd
constexpr std::size_t simd_word = 16;  // columns; 16 int32 fill the widest register

AIMC_ALWAYS_INLINE void add_row_body(std::int32_t* sum, const std::int16_t* g, std::size_t n)
{
    for (std::size_t c = 0; c < n; ++c) { sum[c] += g[c]; }
}
AIMC_SIMD_CLONES(add_row, add_row_body, (std::int32_t * sum, const std::int16_t* g, std::size_t n),
                 (sum, g, n))

AIMC_ALWAYS_INLINE void add_charge_body(std::int64_t* q, const std::int32_t* i, std::int32_t n_on,
                                        std::size_t n)
{
    for (std::size_t c = 0; c < n; ++c) { q[c] += static_cast<std::int64_t>(i[c]) * n_on; }
}
AIMC_SIMD_CLONES(add_charge, add_charge_body,
                 (std::int64_t * q, const std::int32_t* i, std::int32_t n_on, std::size_t n),
                 (q, i, n_on, n))

}  // namespace

PhaseList phases_of(const config::ReadConfig& read, const std::int8_t* x, std::size_t rows)
{
    if (read.mode == config::ReadMode::one_phase) { return {Phase::all}; }
    bool positive = true;
    bool negative = true;
    if (read.skip_empty_phases) {
        positive = std::any_of(x, x + rows, [](int v) { return v > 0; });
        negative = std::any_of(x, x + rows, [](int v) { return v < 0; });
    }
    PhaseList phases;
    if (positive) { phases.add({Phase::pp, Phase::pn}); }
    if (negative) { phases.add({Phase::np, Phase::nn}); }
    if (phases.size() == 0) { phases.add({Phase::pp}); }
    return phases;
}

config::Range range_or_all(config::Range range, std::size_t size)
{
    if (range.from == 0 && range.to == 0) { return {0, size}; }
    if (range.from >= range.to || range.to > size) {
        throw std::invalid_argument("crossbar: a window that is not a part of the array");
    }
    return range;
}

Crossbar::Crossbar(const config::TileConfig& config, const GridArray& array, SimdLevel simd,
                   Window window)
    : first_row_(window.rows.from),
      first_col_(window.cols.from),
      rows_(range_or_all(window.rows, array.rows()).size()),
      cols_(range_or_all(window.cols, array.cols()).size()),
      stride_((cols_ + simd_word - 1) / simd_word * simd_word),
      seed_(config.seed.read),
      tile_(config.index),
      noise_lsb_(array.noise_lsb),
      simd_(simd),
      read_noise_(array.noise_lsb > 0.0 ? config.device.read_noise : config::ReadNoise::none),
      one_phase_(config.read.mode == config::ReadMode::one_phase),
      with_charge_(config.adc.integration == config::Integration::charge)
{
    const double largest_sd = std::sqrt(noise_steps * noise_lsb_);
    for (int f = 1; f <= detail::most_sd_fraction && largest_sd * (1 << f) < sd_end; ++f) {
        sd_fraction_ = f;
    }
    if (read_noise_ == config::ReadNoise::per_cell) {
        fill_cells(array);
    } else {
        fill_planes(array);
    }
}

std::int16_t Crossbar::held(double g)
{
    clips_ += detail::is_beyond_grid(g);
    return detail::whole_conductance(g);
}

void Crossbar::fill_planes(const GridArray& array)
{
    for (const bool negative : {false, true}) {
        Plane& plane = negative ? neg_ : pos_;
        plane.g.assign(rows_ * stride_, 0);
        plane.noise.assign(rows_ * stride_, 0);
        for (std::size_t r = 0; r < rows_; ++r) {
            for (std::size_t c = 0; c < cols_; ++c) {
                const auto cell = detail::seen(array, one_phase_, negative,
                                               WordLine{first_row_ + r}, BitLine{first_col_ + c});
                plane.g[r * stride_ + c] = held(cell.g);
                plane.noise[r * stride_ + c] = detail::whole_variance(cell.variance);
            }
        }
    }
}

void Crossbar::fill_cells(const GridArray& array)
{
    const auto fill = [&](Cells& cells, const Matrix<ConductanceLsb>& g,
                          const Matrix<std::uint16_t>& variance, bool turned) {
        cells.g.assign(rows_ * stride_, 0);
        cells.sd.assign(rows_ * stride_, 0);
        for (std::size_t i = 0; i < rows_ * cols_; ++i) {
            const WordLine row{first_row_ + i / cols_};
            const BitLine col{first_col_ + i % cols_};
            const std::size_t at = i / cols_ * stride_ + i % cols_;
            const double a = turned ? 1.0 + array.asymmetry[index(col)] : 1.0;
            cells.g[at] = held(a * g(row, col).raw);
            const double sigma = std::fabs(a) * std::sqrt(variance(row, col) * noise_lsb_);
            const double sd = sigma * (1 << sd_fraction_);
            clips_ += sd >= sd_end;
            cells.sd[at] = static_cast<std::uint16_t>(std::min(sd + 0.5, sd_end));
        }
    };
    fill(cells_[0], array.g_pos, array.noise_pos, false);
    fill(cells_[1], array.g_neg, array.noise_neg, false);
    if (!one_phase_) { return; }
    fill(turned_[0], array.g_pos, array.noise_pos, true);
    fill(turned_[1], array.g_neg, array.noise_neg, true);
}

const Crossbar::Plane& Crossbar::plane(Phase phase, bool negative_input) const
{
    if (phase == Phase::all) { return negative_input ? neg_ : pos_; }
    return phase == Phase::pp || phase == Phase::np ? pos_ : neg_;
}

void Crossbar::drive(const std::int8_t* x, Phase phase, ReadId id, ColumnWave& wave) const
{
    // Bucket the active rows by pulse length, longest first (a counting sort).
    std::array<int, code_max + 2> first{};
    thread_local std::vector<int> active;
    active.clear();
    const bool positive = phase == Phase::all || phase == Phase::pp || phase == Phase::pn;
    const bool negative = phase == Phase::all || phase == Phase::np || phase == Phase::nn;
    const auto is_active = [&](std::int8_t code) {
        return code > 0 ? positive : (code < 0 && negative);
    };
    for (std::size_t r = 0; r < rows_; ++r) {
        if (is_active(x[r])) {
            ++first[static_cast<std::size_t>(code_max - pwm_pulse(x[r]).n_on + 1)];
        }
    }
    for (std::size_t n = 1; n < first.size(); ++n) { first[n] += first[n - 1]; }
    active.resize(static_cast<std::size_t>(first.back()));
    for (std::size_t r = 0; r < rows_; ++r) {
        if (is_active(x[r])) {
            auto& slot = first[static_cast<std::size_t>(code_max - pwm_pulse(x[r]).n_on)];
            active[static_cast<std::size_t>(slot++)] = static_cast<int>(r);
        }
    }

    wave.stride = stride_;
    wave.n_cycles.clear();
    wave.charge.assign(stride_, 0);
    wave.n_on = active.empty() ? 0 : pwm_pulse(x[active.front()]).n_on;
    if (wave.current.size() < (code_max + 1) * stride_) {
        wave.current.resize((code_max + 1) * stride_);
    }
    if (active.empty()) { return; }

    std::int32_t* now = wave.current.data();
    std::fill(now, now + stride_, 0);
    if (read_noise_ == config::ReadNoise::per_column) {
        add_column_noise(active, x, phase, id, wave.n_on, now);
    }
    const auto add = add_row(simd_);
    const auto collect = add_charge(simd_);
    for (std::size_t i = 0; i < active.size();) {
        const int n_on = pwm_pulse(x[active[i]]).n_on;
        const std::size_t first_row = i;
        for (; i < active.size() && pwm_pulse(x[active[i]]).n_on == n_on; ++i) {
            const auto row = static_cast<std::size_t>(active[i]);
            if (read_noise_ == config::ReadNoise::per_cell) {
                add_noisy_row(row, x[row] < 0, phase, id, now);
            } else {
                add(now, plane(phase, x[row] < 0).g.data() + row * stride_, stride_);
            }
        }
        if (read_noise_ == config::ReadNoise::per_segment) {
            add_segment_noise(active.data() + first_row, i - first_row, x, phase, id, now);
        }
        const int shorter = i < active.size() ? pwm_pulse(x[active[i]]).n_on : 0;
        wave.n_cycles.push_back(n_on - shorter);
        if (with_charge_) { collect(wave.charge.data(), now, n_on - shorter, stride_); }
        if (shorter > 0) {
            std::copy(now, now + stride_, now + stride_);
            now += stride_;
        }
    }
}

}  // namespace aimc::crossbar
