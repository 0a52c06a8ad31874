// SPDX-License-Identifier: Apache-2.0
#include "aimc/device/array_state.h"

#include "aimc/base/random.h"
#include "aimc/device/pcm_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace aimc::device {
namespace {

/// One row of one polarity: programming, drift, read noise.
class RowProgrammer {
public:
    RowProgrammer(const config::TileConfig& config, Second t_read)
        : config_(config),
          fit_(config.device.devices_per_polarity),
          t_(fit_.t_0() + Second{config.device.age_s}),
          growth_(read_noise_growth(t_, t_read)),
          program_(config.cols),
          nu_(config.cols),
          frozen_(config.cols)
    {
    }

    void run(std::size_t row, int polarity, const std::vector<Siemens>& target, double* g,
             double* sigma)
    {
        const auto& device = config_.device;
        draw(Purpose::programming, row, polarity, program_);
        draw(Purpose::drift, row, polarity, nu_);
        draw(Purpose::frozen_read_noise, row, polarity, frozen_);
        for (std::size_t c = 0; c < target.size(); ++c) {
            const double relative = target[c] / fit_.g_max();
            Siemens g_prog = target[c];
            if (device.programming_noise) {
                g_prog = g_prog + program_[c] * fit_.programming_sd(relative);
                g_prog = std::max(g_prog, Siemens{0.0});
            }
            Siemens g_now = g_prog;
            if (device.drift) {
                const double nu = std::fabs(fit_.nu_mean(relative) + fit_.nu_sd(relative) * nu_[c]);
                g_now = drift(g_prog, t_, fit_.t_0(), nu);
            }
            double sd = 0.0;
            if (device.read_noise != config::ReadNoise::none) {
                sd = g_now.si() * fit_.read_noise(g_prog / fit_.g_max()) * growth_;
            }
            const double share = device.frozen_share;
            g[c] = std::max(g_now.si() + std::sqrt(share) * sd * frozen_[c], 0.0);
            sigma[c] = std::sqrt(1.0 - share) * sd;
        }
    }

private:
    void draw(Purpose purpose, std::size_t row, int polarity, std::vector<double>& out) const
    {
        Place place;
        place.seed = config_.seed.device;
        place.purpose = purpose;
        place.tile = config_.index;
        place.row = static_cast<std::uint16_t>(row);
        place.lane = static_cast<std::uint16_t>(polarity << 2);
        normals(place, static_cast<std::uint32_t>(out.size()), out.data());
    }

    const config::TileConfig& config_;
    PcmFit fit_;
    Second t_;                                   ///< time since programming
    double growth_;                              ///< of the read noise with age
    std::vector<double> program_, nu_, frozen_;  ///< [cols] standard normals of this row
};

}  // namespace

Siemens g_max(const config::DeviceConfig& device)
{
    if (device.g_max_uS) { return Siemens{*device.g_max_uS * 1e-6}; }
    return device.model == config::DeviceModel::hermes ? PcmFit(device.devices_per_polarity).g_max()
                                                       : 25.0_uS;
}

Conductances program_array(const config::TileConfig& config, const CellTargets& targets)
{
    const std::size_t rows = targets.codes.rows();
    const std::size_t cols = targets.codes.cols();
    Conductances out;
    out.g_pos = out.g_neg = out.sigma_pos = out.sigma_neg = Matrix<double>(rows, cols);
    const double step = g_max(config.device).si() / targets.full_scale;
    const bool ideal = config.device.model == config::DeviceModel::ideal;
    // t_read of the fit's log term: the whole read, 512 ns for four phases, 128 ns for one
    const Second t_read{1e-12 * static_cast<double>(config.t_clk_ps) * config.read.n_window *
                        n_phases(config.read.mode)};
    RowProgrammer programmer(config, t_read);
    std::vector<Siemens> target(cols);
    for (std::size_t r = 0; r < rows; ++r) {
        const std::int16_t* codes = targets.codes.row(r);
        for (const int polarity : {0, 1}) {
            for (std::size_t c = 0; c < cols; ++c) {
                const int magnitude = std::max(polarity == 0 ? +codes[c] : -codes[c], 0);
                target[c] = Siemens{magnitude * step};
            }
            double* g = (polarity == 0 ? out.g_pos : out.g_neg).row(r);
            if (ideal) {
                std::transform(target.begin(), target.end(), g, [](Siemens s) { return s.si(); });
            } else {
                programmer.run(r, polarity, target, g,
                               (polarity == 0 ? out.sigma_pos : out.sigma_neg).row(r));
            }
        }
    }
    return out;
}

}  // namespace aimc::device
