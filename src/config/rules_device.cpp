// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

// What the keys of devices, array and ageing must be together.

namespace aimc::config {

std::optional<double> fitted_g_max_uS(const DeviceConfig& device)
{
    switch (device.model) {
        case DeviceModel::hermes: return device.devices_per_polarity == 1 ? 10.35 : 20.7;
        case DeviceModel::pcm_like: return 25.0;
        case DeviceModel::ideal:
        case DeviceModel::table: break;
    }
    return std::nullopt;
}

double g_max_uS(const DeviceConfig& device)
{
    if (device.g_max_uS) { return *device.g_max_uS; }
    if (device.model == DeviceModel::table) { return 0.0; }
    constexpr double of_ideal = 25.0;  // Choice: as the largest of the fits
    return fitted_g_max_uS(device).value_or(of_ideal);
}

namespace detail {
namespace {

std::string fit_range(const TileConfig& t)
{
    const auto largest = fitted_g_max_uS(t.device);
    if (!largest || g_max_uS(t.device) <= *largest) { return ""; }
    const bool hermes = t.device.model == DeviceModel::hermes;
    const char* devices = t.device.devices_per_polarity == 1 ? " with one device per polarity"
                                                             : " with two devices per polarity";
    return fmt::format("is {}, outside the range of the {} fit: at most {} uS{}",
                       g_max_uS(t.device), hermes ? "hermes" : "pcm_like", *largest,
                       hermes ? devices : "");
}

std::string conductance_grid(const TileConfig& t)
{
    constexpr int most = std::numeric_limits<std::int16_t>::max();
    if (g_max_uS(t.device) == 0.0) { return ""; }  // a table: known when it is read
    const double steps = g_max_uS(t.device) * 1000.0 / t.crossbar.g_lsb_nS;
    if (steps > most + 1e-6) {
        return fmt::format("is {}: g_max of {} uS would be {:.0f} steps, must be at most {}",
                           t.crossbar.g_lsb_nS, g_max_uS(t.device), steps, most);
    }
    if (steps < 1.0 - 1e-9) {
        return fmt::format("is {}, larger than g_max of {} uS: every conductance would be 0",
                           t.crossbar.g_lsb_nS, g_max_uS(t.device));
    }
    return "";
}

std::string device_table(const TileConfig& t)
{
    const bool wanted = t.device.model == DeviceModel::table;
    if (wanted && t.device.table.empty()) {
        return "is missing; device.model \"table\" needs the name of a device table";
    }
    if (!wanted && !t.device.table.empty()) {
        return "would not be used; set device.model to \"table\", or table to null";
    }
    return "";
}

std::string verified_devices(const TileConfig& t)
{
    const bool verifies = t.device.programming == Programming::write_verify;
    if (!verifies || (t.device.model != DeviceModel::ideal && t.device.programming_noise)) {
        return "";
    }
    return "is \"write_verify\", but there is no programming error to verify; set device.model to "
           "one that has it and programming_noise to true";
}

std::string fault_rates(const TileConfig& t)
{
    const auto& f = t.device.faults;
    if (f.stuck_reset_rate + f.stuck_set_rate <= 1.0) { return ""; }
    return fmt::format("is {}, with stuck_set_rate {} more than all devices", f.stuck_reset_rate,
                       f.stuck_set_rate);
}

std::string frozen(const TileConfig& t)
{
    const auto& f = t.device.faults;
    const char* what = "";
    if (t.crossbar.ir_drop != IrDrop::none) { what = "crossbar.ir_drop"; }
    if (!t.ageing.schedule_s.empty()) { what = "ageing.schedule_s"; }
    if (t.device.programming == Programming::write_verify) { what = "device.programming"; }
    if (!f.file.empty() ||
        f.stuck_reset_rate + f.stuck_set_rate + f.dead_row_rate + f.dead_col_rate > 0.0) {
        what = "device.faults";
    }
    if (t.chip.empty() || *what == '\0') { return ""; }
    return fmt::format(
        "is a frozen chip, which has its conductances: {} would change nothing; "
        "drop one",
        what);
}

std::string schedule(const TileConfig& t)
{
    const auto& ages = t.ageing.schedule_s;
    if (ages.empty()) { return ""; }
    if (t.device.model == DeviceModel::ideal) {
        return "is given, but the ideal device does not age; choose another device.model";
    }
    if (ages.front() > t.device.age_s) { return ""; }
    return fmt::format("starts at {}, must start after device.age_s, which is {}", ages.front(),
                       t.device.age_s);
}

std::string recalibration(const TileConfig& t)
{
    for (const double age : t.ageing.recalibrate_s) {
        const auto& all = t.ageing.schedule_s;
        if (std::find(all.begin(), all.end(), age) == all.end()) {
            return fmt::format("names {}, which is not an age of ageing.schedule_s", age);
        }
    }
    const bool plays =
        t.calibration.method != CalibrationMethod::fixed && t.calibration.file.empty();
    if (t.ageing.recalibrate_s.empty() || plays) { return ""; }
    return "is given, but the scales come from a file or are fixed; calibration.method "
           "other than fixed without calibration.file calibrates";
}

std::string compensation(const TileConfig& t)
{
    if (t.ageing.compensation == Compensation::none) { return ""; }
    if (t.ageing.schedule_s.empty()) {
        return "is given, but ageing.schedule_s is empty: there is no later age to compensate";
    }
    const bool plays =
        t.calibration.method != CalibrationMethod::fixed && t.calibration.file.empty();
    if (!plays || t.ageing.probe_vectors <= t.calibration.count) { return ""; }
    return fmt::format(
        "wants {} probes (ageing.probe_vectors), but they are calibration vectors, "
        "and calibration.count is {}",
        t.ageing.probe_vectors, t.calibration.count);
}

}  // namespace

void add_device_rules(std::vector<Rule>& all)
{
    all.push_back(
        {{"device.g_max_uS", "device.model", "device.devices_per_polarity"},
         "`device.g_max_uS` inside the range of the fit: hermes at most 10.35 uS with one "
         "device per polarity, 20.7 uS with two; pcm_like at most 25 uS.",
         fit_range});
    all.push_back(
        {{"crossbar.g_lsb_nS", "device.g_max_uS", "device.model", "device.devices_per_polarity"},
         "`device.g_max_uS` is 1 to 32767 steps of `crossbar.g_lsb_nS` (int16).",
         conductance_grid});
    all.push_back({{"device.table", "device.model"},
                   "`device.table` if and only if `device.model` is table.",
                   device_table});
    all.push_back({{"device.programming", "device.model", "device.programming_noise"},
                   "`device.programming` write_verify needs a model with programming noise.",
                   verified_devices});
    all.push_back({{"device.faults.stuck_reset_rate", "device.faults.stuck_set_rate"},
                   "`stuck_reset_rate` and `stuck_set_rate` sum to at most 1.",
                   fault_rates});
    all.push_back(
        {{"chip", "crossbar.ir_drop", "ageing.schedule_s", "device.programming",
          "device.faults.file", "device.faults.stuck_reset_rate", "device.faults.stuck_set_rate",
          "device.faults.dead_row_rate", "device.faults.dead_col_rate"},
         "A frozen `chip` excludes `crossbar.ir_drop`, `ageing.schedule_s`, "
         "`device.programming` write_verify and `device.faults`.",
         frozen});
    all.push_back({{"ageing.schedule_s", "device.age_s", "device.model"},
                   "`ageing.schedule_s` starts after `device.age_s`, with a device that ages.",
                   schedule});
    all.push_back(
        {{"ageing.recalibrate_s", "ageing.schedule_s", "calibration.method", "calibration.file"},
         "`ageing.recalibrate_s` names ages of `ageing.schedule_s`, and the scales are "
         "calibrated.",
         recalibration});
    all.push_back({{"ageing.compensation", "ageing.schedule_s", "ageing.probe_vectors",
                    "calibration.count", "calibration.method", "calibration.file"},
                   "`ageing.compensation` needs `ageing.schedule_s`, and at most "
                   "`calibration.count` probes.",
                   compensation});
}

}  // namespace detail
}  // namespace aimc::config
