// SPDX-License-Identifier: Apache-2.0
#include "aimc/device/device_fit.h"

#include "aimc/base/error.h"
#include "aimc/base/exact_math.h"
#include "aimc/config/device_table.h"
#include "aimc/device/array_state.h"
#include "aimc/device/pcm_fits.h"
#include "aimc/device/table_fit.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace aimc::device {
namespace {

/// Reads what was programmed, for ever.
class IdealFit final : public DeviceFit {
public:
    explicit IdealFit(Siemens g_max) : DeviceFit(g_max, 1.0_s, 1.0_ns) {}
    Siemens programming_sd(double /*g*/) const override { return {}; }
    double nu_mean(double /*g*/) const override { return 0.0; }
    double nu_sd(double /*g*/) const override { return 0.0; }
    double read_noise(double /*g*/) const override { return 0.0; }
};

/// The rules that the reader of the configuration could not check without the table.
void check_table(const config::TileConfig& config, const config::DeviceTable& table)
{
    constexpr int most = std::numeric_limits<std::int16_t>::max();
    const double steps = table.g_max_uS * 1000.0 / config.crossbar.g_lsb_nS;
    if (!config.device.g_max_uS && (steps > most + 1e-6 || steps < 1.0 - 1e-9)) {
        throw ConfigError(table.file,
                          fmt::format("/g_max_uS is {}, which is {:.6g} steps of "
                                      "crossbar.g_lsb_nS, {}; must be 1 to {}",
                                      table.g_max_uS, steps, config.crossbar.g_lsb_nS, most));
    }
    if (config.device.t_read_ns && *config.device.t_read_ns > table.t_0_s * 1e9) {
        throw ConfigError(table.file,
                          fmt::format("/t_0_s is {}, shorter than device.t_read_ns, which is {}",
                                      table.t_0_s, *config.device.t_read_ns));
    }
}

/// The table of `device.table`, whose range holds `device.g_max_uS`.
config::DeviceTable table_of(const config::DeviceConfig& device)
{
    config::DeviceTable table = config::load_device_table(device.table);
    const double largest = table.points.back().g_uS;
    if (device.g_max_uS.value_or(0.0) > largest) {
        throw ConfigError(table.file, fmt::format("covers 0 to {} uS, but device.g_max_uS is {}",
                                                  largest, *device.g_max_uS));
    }
    return table;
}

}  // namespace

std::unique_ptr<DeviceFit> make_fit(const config::TileConfig& config)
{
    const auto& device = config.device;
    const auto t_read = [&](Second of_model) {
        return device.t_read_ns ? Second{*device.t_read_ns * 1e-9} : of_model;
    };
    switch (device.model) {
        case config::DeviceModel::hermes: {
            // the whole read, 512 ns for four phases, 128 ns for one
            const Second read{1e-12 * static_cast<double>(config.t_clk_ps) * config.read.n_window *
                              n_phases(config.read.mode)};
            return std::make_unique<HermesFit>(device.devices_per_polarity, t_read(read));
        }
        case config::DeviceModel::pcm_like:
            return std::make_unique<PcmLikeFit>(t_read(PcmLikeFit().t_read()));
        case config::DeviceModel::table: {
            config::DeviceTable table = table_of(device);
            check_table(config, table);
            const Second of_table{table.t_read_ns * 1e-9};
            return std::make_unique<TableFit>(std::move(table), t_read(of_table));
        }
        case config::DeviceModel::ideal: break;
    }
    return std::make_unique<IdealFit>(g_max(device));
}

Siemens g_max(const config::DeviceConfig& device)
{
    if (device.model == config::DeviceModel::table) {
        const config::DeviceTable table = table_of(device);
        return Siemens{device.g_max_uS.value_or(table.g_max_uS) * 1e-6};
    }
    if (device.g_max_uS) { return Siemens{*device.g_max_uS * 1e-6}; }
    if (device.model == config::DeviceModel::hermes) {
        return HermesFit(device.devices_per_polarity).g_max();
    }
    return PcmLikeFit().g_max();  // Choice: the ideal device has the largest of the fits
}

Siemens drift(Siemens g_prog, Second t, Second t_0, double nu)
{
    return exact_pow(t / t_0, -nu) * g_prog;
}

double read_noise_growth(Second t, Second t_read)
{
    return std::sqrt(exact_log((t + t_read) / (2.0 * t_read)));
}

}  // namespace aimc::device
