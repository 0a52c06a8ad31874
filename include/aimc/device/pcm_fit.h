// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/quantity.h"

#include <array>

/// Weight -> conductance -> aged conductance, with the noise of reading it.
namespace aimc::device {

/// Statistics of one phase-change-memory device pair, fitted to the HERMES 64-core chip.
/// g is the conductance relative to G_max of the same fit.                                   [-]
///
/// Source: aihwkit's HermesNoiseModel (IBM/aihwkit 4545f11), a fit to LeGallo23.
/// Not modelled: read disturb, temperature, supply. The two-device fit assumes equal conductance in
/// both devices, which drifts worse than the measured scheme (its authors say so).
class PcmFit {
public:
    /// @param devices_per_polarity  1 or 2
    explicit PcmFit(int devices_per_polarity);

    Siemens g_max() const { return g_max_; }  ///< end of the fitted range
    Second t_0() const { return t_0_; }       ///< when programming is verified

    Siemens programming_sd(double g) const;  ///< sd of G_prog around its target
    double nu_mean(double g) const;          ///< mean drift exponent        [-]
    double nu_sd(double g) const;            ///< its spread over devices    [-]
    double read_noise(
        double g) const;  ///< Q_s: sd of a read relative to G per root of the log term

private:
    struct Branch {  ///< clamp(slope * ln g + level, low, high)
        double slope, level, low, high;
        double at(double ln_g) const;
    };
    using Cubic = std::array<double, 4>;  ///< c0 + c1 g + c2 g^2 + c3 g^3
    Siemens g_max_;
    Second t_0_;
    Cubic programming_;   ///< [uS]
    double nu_sd_limit_;  ///< g below which the logarithmic branch holds
    Branch nu_sd_low_;
    Cubic nu_sd_high_;
    double read_limit_;
    Branch read_low_;
    Cubic read_high_;
};

/// G(t) = G_prog * (t / t_0)^-nu                                                             [S]
/// @param t  time since programming, t >= t_0
/// Source: Nandakumar19.  Not modelled: the change of nu with temperature.
Siemens drift(Siemens g_prog, Second t, Second t_0, double nu);

/// sqrt(ln((t + t_read) / (2 t_read))): growth of 1/f read noise with the age of the device.  [-]
double read_noise_growth(Second t, Second t_read);

}  // namespace aimc::device
