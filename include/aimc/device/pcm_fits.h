// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/device/device_fit.h"

#include <array>

namespace aimc::device {

/// One phase-change-memory polarity as fitted to the HERMES 64-core chip.
///
/// Source: aihwkit's HermesNoiseModel (IBM/aihwkit 4545f11), a fit to LeGallo23.
/// The two-device fit assumes equal conductance in both devices, which drifts worse than the
/// measured scheme (its authors say so).
class HermesFit final : public DeviceFit {
public:
    /// @param devices_per_polarity  1 or 2
    /// @param t_read  the whole read: 512 ns in four phases (as published), 128 ns in one
    explicit HermesFit(int devices_per_polarity, Second t_read = Second{512e-9});

    Siemens programming_sd(double g) const override;
    double nu_mean(double g) const override;
    double nu_sd(double g) const override;
    double read_noise(double g) const override;

private:
    struct Branch {  ///< clamp(slope * ln g + level, low, high)
        double slope, level, low, high;
        double at(double ln_g) const;
    };
    using Cubic = std::array<double, 4>;  ///< c0 + c1 g + c2 g^2 + c3 g^3
    Cubic programming_;                   ///< [uS]
    double nu_sd_limit_;                  ///< g below which the logarithmic branch holds
    Branch nu_sd_low_;
    Cubic nu_sd_high_;
    double read_limit_;
    Branch read_low_;
    Cubic read_high_;
};

/// Doped-Ge2Sb2Te5 mushroom cells of 25 uS.
///
/// Source: aihwkit's PCMLikeNoiseModel (IBM/aihwkit 4545f11), after Joshi20 and Nandakumar19.
/// Choice: the same statistics with one and with two devices per polarity (the fit knows one).
class PcmLikeFit final : public DeviceFit {
public:
    explicit PcmLikeFit(Second t_read = Second{250e-9});

    Siemens programming_sd(double g) const override;
    double nu_mean(double g) const override;
    double nu_sd(double g) const override;
    double read_noise(double g) const override;
};

}  // namespace aimc::device
