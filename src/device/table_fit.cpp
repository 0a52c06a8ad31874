// SPDX-License-Identifier: Apache-2.0
#include "aimc/device/table_fit.h"

#include <algorithm>
#include <utility>

namespace aimc::device {

TableFit::TableFit(config::DeviceTable table, Second t_read)
    : DeviceFit(Siemens{table.g_max_uS * 1e-6}, Second{table.t_0_s}, t_read),
      table_(std::move(table))
{
}

double TableFit::at(double g, double config::DevicePoint::*what) const
{
    const auto& points = table_.points;
    const double g_uS = g * table_.g_max_uS;
    const auto above =
        std::upper_bound(points.begin() + 1, points.end() - 1, g_uS,
                         [](double value, const config::DevicePoint& p) { return value < p.g_uS; });
    const config::DevicePoint& low = *(above - 1);
    const config::DevicePoint& high = *above;
    const double share = std::min((g_uS - low.g_uS) / (high.g_uS - low.g_uS), 1.0);
    return low.*what + share * (high.*what - low.*what);
}

Siemens TableFit::programming_sd(double g) const
{
    return Siemens{at(g, &config::DevicePoint::sigma_prog_uS) * 1e-6};
}

double TableFit::nu_mean(double g) const { return at(g, &config::DevicePoint::nu_mean); }
double TableFit::nu_sd(double g) const { return at(g, &config::DevicePoint::nu_sd); }
double TableFit::read_noise(double g) const { return at(g, &config::DevicePoint::read_noise); }

}  // namespace aimc::device
