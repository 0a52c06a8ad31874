// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/device/device_fit.h"

#include "faults.h"

namespace aimc::device {

/// One polarity of a cell: n devices in parallel, seen as one conductance.
///
/// Choice: the fit's variances are those of n equal, independent devices, so k working ones have
/// k/n of the target and k/n of the variances; the drift exponent is that of the pair. A device
/// stuck at SET neither drifts nor has programming error; its read noise is that at the end of the
/// fitted range. Nothing compensates for a partner that does not work.
class PairModel {
public:
    PairModel(const config::TileConfig& config, const DeviceFit& fit);

    /// What the working devices reach for `target` of the whole pair.
    /// @param spread  of this pulse, relative to the fit  [-]
    /// @param xi      standard normal
    Siemens programmed(Siemens target, const Devices& devices, double spread, double xi) const;
    /// Conductance of the devices stuck at SET.
    Siemens stuck(const Devices& devices) const { return devices.set * set_; }
    /// What a pair whose devices all work would read if the working ones reached g_prog.
    Siemens as_whole(Siemens g_prog, const Devices& devices) const
    {
        return devices.working == 0 ? g_prog : (1.0 / devices.share()) * g_prog;
    }
    /// Drift exponent of a pair by its conductance.  [-]
    double exponent(Siemens g, double xi) const;
    /// Sd of a read of all devices at growth 1; the working ones were programmed to g_prog and are
    /// g_now today.
    Siemens read_sd(Siemens g_prog, Siemens g_now, const Devices& devices) const;

    Siemens g_max() const { return g_max_; }  ///< of a full-scale weight, all devices of the pair

private:
    const DeviceFit& fit_;
    Siemens g_max_;
    Siemens set_;  ///< one device stuck at SET
};

}  // namespace aimc::device
