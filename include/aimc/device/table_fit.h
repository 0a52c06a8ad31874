// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/device_table.h"
#include "aimc/device/device_fit.h"

namespace aimc::device {

/// A device that a user has measured: points over conductance.
///
/// Choice: straight lines between points. Targets beyond the last point are refused (make_fit); a
/// conductance that programming noise has carried there keeps the last point's statistics.
class TableFit final : public DeviceFit {
public:
    TableFit(config::DeviceTable table, Second t_read);

    Siemens programming_sd(double g) const override;
    double nu_mean(double g) const override;
    double nu_sd(double g) const override;
    double read_noise(double g) const override;

private:
    double at(double g, double config::DevicePoint::*what) const;
    config::DeviceTable table_;
};

}  // namespace aimc::device
