// SPDX-License-Identifier: Apache-2.0
#include "aimc/device/pcm_fits.h"

#include "aimc/base/exact_math.h"

#include <algorithm>

namespace aimc::device {
namespace {

constexpr double smallest_g =
    1e-7;  // the logarithm's argument is cut here, as the fits' authors do

double ln_g(double g) { return exact_log(std::max(g, smallest_g)); }

double cubic(const std::array<double, 4>& c, double g)
{
    return c[0] + g * (c[1] + g * (c[2] + g * c[3]));
}

}  // namespace

double HermesFit::Branch::at(double ln) const { return std::clamp(slope * ln + level, low, high); }

// Source: facts 3.2 (HermesNoiseModel), coefficients in uS at the G_max of each fit.
HermesFit::HermesFit(int devices, Second t_read)
    : DeviceFit(devices == 1 ? 10.35_uS : 20.7_uS, devices == 1 ? 200.0_s : 300.0_s, t_read),
      programming_(devices == 1 ? Cubic{0.15781817, 2.32443916, -2.16310839, 0.68841818}
                                : Cubic{0.16603222, 4.71806468, -8.48101252, 4.68961419}),
      nu_sd_limit_(devices == 1 ? 0.3039 : 0.3055),
      nu_sd_low_(devices == 1 ? Branch{-0.0120, -0.0023, 0.0124, 0.04}
                              : Branch{-0.0117, -0.0057, 0.0091, 0.04}),
      nu_sd_high_(devices == 1 ? Cubic{0.0104, 0.0116, -0.0165, 0.0}
                               : Cubic{0.0073, 0.0093, -0.0118, 0.0}),
      read_limit_(devices == 1 ? 0.1591 : 0.16),
      read_low_(devices == 1 ? Branch{-0.0078, 0.0038, 0.0179, 0.04}
                             : Branch{-0.0117, -0.0069, 0.015, 0.04}),
      read_high_(devices == 1 ? Cubic{0.0088, 0.0768, -0.1352, 0.0664}
                              : Cubic{0.0123, 0.0211, -0.0280, 0.0069})
{
}

Siemens HermesFit::programming_sd(double g) const { return Siemens{cubic(programming_, g) * 1e-6}; }

double HermesFit::nu_mean(double g) const
{
    return g < 0.0945 ? std::clamp(-0.0387 * ln_g(g) - 0.0182, 0.072, 0.13)
                      : 0.0736 + g * (-0.0126 - 0.0436 * g);
}

double HermesFit::nu_sd(double g) const
{
    return g < nu_sd_limit_ ? nu_sd_low_.at(ln_g(g)) : cubic(nu_sd_high_, g);
}

double HermesFit::read_noise(double g) const
{
    return g < read_limit_ ? read_low_.at(ln_g(g)) : cubic(read_high_, g);
}

// Source: facts 3.1 (PCMLikeNoiseModel).
PcmLikeFit::PcmLikeFit(Second t_read) : DeviceFit(25.0_uS, 20.0_s, t_read) {}

Siemens PcmLikeFit::programming_sd(double g) const
{
    return Siemens{cubic({0.26348, 1.9650, -1.1731, 0.0}, g) * 1e-6};
}

double PcmLikeFit::nu_mean(double g) const
{
    return std::clamp(-0.0155 * ln_g(g) + 0.0244, 0.049, 0.1);
}

double PcmLikeFit::nu_sd(double g) const
{
    return std::clamp(-0.0125 * ln_g(g) - 0.0059, 0.008, 0.045);
}

double PcmLikeFit::read_noise(double g) const
{
    // at smallest_g the cap of 0.2 holds long since, so cutting there changes nothing
    const double root = exact_pow(std::max(g, smallest_g), 0.65);
    return std::min(0.0088 / std::max(root, 1e-3), 0.2);
}

}  // namespace aimc::device
