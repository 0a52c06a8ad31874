// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/quantity.h"
#include "aimc/config/tile_config.h"

#include <memory>

/// Weight -> conductance -> aged conductance, with the noise of reading it.
namespace aimc::device {

/// Statistics of the devices of one polarity of one cell, as functions of the conductance g
/// relative to g_max(), the end of the model's own range (not `device.g_max_uS`).           [-]
/// Not modelled: read disturb, temperature, supply.
class DeviceFit {
public:
    virtual ~DeviceFit() = default;
    DeviceFit(const DeviceFit&) = delete;
    DeviceFit& operator=(const DeviceFit&) = delete;

    Siemens g_max() const { return g_max_; }   ///< end of the fitted range
    Second t_0() const { return t_0_; }        ///< when programming is verified
    Second t_read() const { return t_read_; }  ///< averaging time of the read-noise law

    virtual Siemens programming_sd(double g) const = 0;  ///< sd of G_prog around its target
    virtual double nu_mean(double g) const = 0;          ///< mean drift exponent        [-]
    virtual double nu_sd(double g) const = 0;            ///< its spread over devices    [-]
    /// Q_s: sd of a read relative to G per root of the log term.  [-]
    virtual double read_noise(double g) const = 0;

protected:
    DeviceFit(Siemens g_max, Second t_0, Second t_read) : g_max_(g_max), t_0_(t_0), t_read_(t_read)
    {
    }

private:
    Siemens g_max_;
    Second t_0_, t_read_;
};

/// The model that the configuration names; the ideal device is one without any spread.
/// Throws InputError for a bad table, ConfigError when its range, its times or the conductance grid
/// do not fit the configuration.
std::unique_ptr<DeviceFit> make_fit(const config::TileConfig& config);

/// G(t) = G_prog * (t / t_0)^-nu                                                             [S]
/// @param t  time since programming, t >= t_0
/// Source: Nandakumar19.  Not modelled: the change of nu with temperature.
Siemens drift(Siemens g_prog, Second t, Second t_0, double nu);

/// sqrt(ln((t + t_read) / (2 t_read))): growth of 1/f read noise with the age of the device.  [-]
double read_noise_growth(Second t, Second t_read);

}  // namespace aimc::device
