// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace aimc::config {

/// Statistics of one polarity of a cell at one programmed conductance.
struct DevicePoint {
    double g_uS = 0.0;           ///< [uS]
    double sigma_prog_uS = 0.0;  ///< [uS] sd of the programmed conductance around its target
    double nu_mean = 0.0;        ///< [-] mean drift exponent
    double nu_sd = 0.0;          ///< [-] its spread over devices
    double read_noise = 0.0;     ///< [-] Q_s: sd of a read / conductance / root of the log term
};

/// An aimc-device-table/1 file, checked (configs/devices/README.md).
struct DeviceTable {
    std::string file;  ///< as given
    std::string name;
    std::string source;
    std::string licence;
    bool measured = false;            ///< kind: measured | synthetic
    double g_max_uS = 0.0;            ///< [uS] conductance of the largest weight, by default
    double t_0_s = 0.0;               ///< [s] from programming to its verification
    double t_read_ns = 0.0;           ///< [ns] averaging time of the read-noise law
    std::vector<DevicePoint> points;  ///< g_uS rises from 0 to g_max_uS or beyond
};

/// Throws InputError naming the file and each place that is wrong.
DeviceTable load_device_table(const std::string& path);

}  // namespace aimc::config
