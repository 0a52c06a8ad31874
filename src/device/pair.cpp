// SPDX-License-Identifier: Apache-2.0
#include "pair.h"

#include "aimc/device/array_state.h"

#include <algorithm>
#include <cmath>

namespace aimc::device {

PairModel::PairModel(const config::TileConfig& config, const DeviceFit& fit)
    : fit_(fit),
      g_max_(device::g_max(config.device)),
      set_(config.device.faults.set_ratio / config.device.devices_per_polarity * g_max_)
{
}

Siemens PairModel::programmed(Siemens target, const Devices& devices, double spread,
                              double xi) const
{
    const Siemens sd = fit_.programming_sd(target / fit_.g_max());
    const double share = devices.share();
    return std::max(share * target + xi * (spread * std::sqrt(share) * sd), Siemens{0.0});
}

double PairModel::exponent(Siemens g, double xi) const
{
    const double relative = g / fit_.g_max();
    return std::fabs(fit_.nu_mean(relative) + fit_.nu_sd(relative) * xi);
}

Siemens PairModel::read_sd(Siemens g_prog, Siemens g_now, const Devices& devices) const
{
    double working = 0.0;
    if (devices.working > 0) {
        const double share = devices.share();
        const double relative = g_prog / (share * fit_.g_max());
        working = g_now.si() * fit_.read_noise(relative) / std::sqrt(share);
    }
    if (devices.set == 0) { return Siemens{working}; }
    const double one = set_.si() * fit_.read_noise(1.0);
    // a share of 1 / n makes the noise of one device sqrt(n) times that of the fit
    return Siemens{std::sqrt(working * working + devices.set * devices.all * one * one)};
}

}  // namespace aimc::device
