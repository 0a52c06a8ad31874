// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/charge_driver.h"

#include "aimc/crossbar/pwm_dac.h"

#include "phase_terms.h"

#include <algorithm>
#include <utility>

namespace aimc::crossbar {
namespace {

AIMC_ALWAYS_INLINE void add_noise_body(const std::int32_t* noise, double n_on, std::size_t n,
                                       double* charge)
{
    for (std::size_t c = 0; c < n; ++c) { charge[c] += noise[c] * n_on; }
}
AIMC_SIMD_CLONES(add_noise_of, add_noise_body,
                 (const std::int32_t* noise, double n_on, std::size_t n, double* charge),
                 (noise, n_on, n, charge))

}  // namespace

struct ChargeDriver::Planes {
    bool symmetric;
    std::array<PairPlane, 2> g;
};

bool ChargeDriver::fits(const config::TileConfig& config, const GridArray& array)
{
    return config.adc.integration == config::Integration::charge &&
           ColumnNoise::fits(config, array);
}

ChargeDriver::ChargeDriver(const config::TileConfig& config, const GridArray& array, SimdLevel simd,
                           Window window)
    : rows_(range_or_all(window.rows, array.rows()).size()),
      one_phase_(config.read.mode == config::ReadMode::one_phase),
      skip_empty_(config.read.skip_empty_phases),
      simd_(simd),
      noise_(config, array, simd, window)
{
    auto planes = std::make_unique<Planes>();
    planes->symmetric = one_phase_ && detail::reads_alike(array);
    for (const bool negative : {false, true}) {
        if (negative && planes->symmetric) { break; }
        planes->g[negative ? 1 : 0] = detail::seen_plane(
            array, one_phase_, negative, window,
            [](const detail::SeenCell& cell) { return detail::whole_conductance(cell.g); },
            code_max, true);
    }
    stride_ = planes->g[0].stride();
    planes_ = std::move(planes);
}

ChargeDriver::~ChargeDriver() = default;
ChargeDriver::ChargeDriver(ChargeDriver&&) noexcept = default;
ChargeDriver& ChargeDriver::operator=(ChargeDriver&&) noexcept = default;

void ChargeDriver::list_phases(ChargeBatch& out) const
{
    out.phases.resize(one_phase_ ? 1 : four_phases.size());
    for (std::size_t i = 0; i < out.phases.size(); ++i) {
        auto& p = out.phases[i];
        p.phase = one_phase_ ? Phase::all : four_phases[i];
        p.n_on = out.pulses.n_on(p.phase);
        p.done.assign(out.n, 1);
        if (one_phase_ || !skip_empty_) { continue; }
        const auto& any = out.pulses.n_on(Phase::all);
        for (std::size_t k = 0; k < out.n; ++k) {
            p.done[k] = p.n_on[k] > 0 || (any[k] == 0 && p.phase == Phase::pp);
        }
    }
}

void ChargeDriver::add_noise(ChargeBatch::PhaseOfReads& phase, ReadId first, ChargeBatch& out) const
{
    out.noise.resize(out.n * stride_);
    noise_.draw(phase.phase, out.pulses, first, out.drawing, out.noise.data());
    const auto add = add_noise_of(simd_);
    for (std::size_t k = 0; k < out.n; ++k) {
        if (phase.n_on[k] == 0) { continue; }
        add(out.noise.data() + k * stride_, phase.n_on[k], stride_,
            phase.charge.data() + k * stride_);
    }
}

void ChargeDriver::drive(const std::int8_t* x, std::size_t x_stride, std::size_t n, ReadId first,
                         ChargeBatch& out) const
{
    out.n = n;
    out.stride = stride_;
    out.pulses.start(x, x_stride, n, rows_, simd_);
    list_phases(out);
    for (auto& p : out.phases) {
        if (std::all_of(p.n_on.begin(), p.n_on.end(), [](int on) { return on == 0; })) { continue; }
        p.charge.resize(n * stride_);
        bool more = false;
        for (const auto& term : detail::terms_of(p.phase, planes_->symmetric)) {
            planes_->g[term.plane].multiply(out.pulses.of(term.sign).code.data(), n, simd_, more,
                                            out.sums, p.charge.data());
            more = true;
        }
        if (noise_.is_on()) { add_noise(p, first, out); }
    }
}

}  // namespace aimc::crossbar
