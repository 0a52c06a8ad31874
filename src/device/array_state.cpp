// SPDX-License-Identifier: Apache-2.0
#include "aimc/device/array_state.h"

#include "programming.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace aimc::device {
namespace {

/// What time and reads make of the programmed conductances of one row of one polarity.
class Ageing {
public:
    Ageing(const config::TileConfig& config, const DeviceFit& fit, const PairModel& pair,
           const Faults& faults, std::size_t cols)
        : config_(config),
          pair_(pair),
          faults_(faults),
          t_(fit.t_0() + Second{config.device.age_s}),
          t_0_(fit.t_0()),
          drifts_(config.device.drift && config.device.model != config::DeviceModel::ideal),
          at_target_(config.device.drift_exponent_at == config::ExponentAt::target),
          noisy_(config.device.read_noise != config::ReadNoise::none &&
                 config.device.model != config::DeviceModel::ideal),
          growth_(noisy_ ? read_noise_growth(t_, fit.t_read()) : 0.0),
          nu_(cols),
          frozen_(cols)
    {
    }

    void run(std::size_t row, int polarity, const std::vector<Siemens>& target,
             const std::vector<Siemens>& g_prog, double* g, double* sigma)
    {
        if (drifts_) { draw_row(config_, Purpose::drift, row, polarity, 0, nu_); }
        if (noisy_) { draw_row(config_, Purpose::frozen_read_noise, row, polarity, 0, frozen_); }
        const double share = config_.device.frozen_share;
        for (std::size_t c = 0; c < target.size(); ++c) {
            if (faults_.is_dead(row, c)) { continue; }  // nothing of it reaches the ADC
            const Devices devices = faults_.devices(polarity, row, c);
            Siemens g_now = g_prog[c];
            if (drifts_) {
                const Siemens at = at_target_ ? target[c] : pair_.as_whole(g_prog[c], devices);
                g_now = drift(g_prog[c], t_, t_0_, pair_.exponent(at, nu_[c]));
            }
            double sd = 0.0;
            if (noisy_) { sd = pair_.read_sd(g_prog[c], g_now, devices).si() * growth_; }
            const double mean = (g_now + pair_.stuck(devices)).si();
            g[c] = std::max(mean + std::sqrt(share) * sd * frozen_[c], 0.0);
            sigma[c] = std::sqrt(1.0 - share) * sd;
        }
    }

private:
    const config::TileConfig& config_;
    const PairModel& pair_;
    const Faults& faults_;
    Second t_, t_0_;  ///< since programming
    bool drifts_, at_target_, noisy_;
    double growth_;                    ///< of the read noise with age
    std::vector<double> nu_, frozen_;  ///< [cols] standard normals of this row
};

}  // namespace

Conductances program_array(const config::TileConfig& config, const CellTargets& targets)
{
    const std::size_t rows = targets.codes.rows();
    const std::size_t cols = targets.codes.cols();
    Conductances out;
    out.g_pos = out.g_neg = out.sigma_pos = out.sigma_neg = Matrix<double>(rows, cols);
    const std::unique_ptr<DeviceFit> fit = make_fit(config);
    const PairModel pair(config, *fit);
    const Faults faults(config, rows, cols);
    Programmer programmer(config, *fit, pair, faults, cols);
    Ageing ageing(config, *fit, pair, faults, cols);
    const double step = pair.g_max().si() / targets.full_scale;
    std::vector<Siemens> target(cols);
    std::vector<Siemens> g_prog(cols);
    for (std::size_t r = 0; r < rows; ++r) {
        const std::int16_t* codes = targets.codes.row(r);
        for (const int polarity : {0, 1}) {
            for (std::size_t c = 0; c < cols; ++c) {
                const int magnitude = std::max(polarity == 0 ? +codes[c] : -codes[c], 0);
                target[c] = Siemens{magnitude * step};
            }
            programmer.run(r, polarity, target, g_prog);
            ageing.run(r, polarity, target, g_prog, (polarity == 0 ? out.g_pos : out.g_neg).row(r),
                       (polarity == 0 ? out.sigma_pos : out.sigma_neg).row(r));
        }
        programmer.finish_row();
    }
    out.programming = programmer.facts();
    out.faults = faults.facts();
    return out;
}

}  // namespace aimc::device
