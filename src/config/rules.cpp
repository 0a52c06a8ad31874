// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <fmt/format.h>

#include <limits>

namespace aimc::config::detail {
namespace {

/// Source: aihwkit, HermesNoiseModel; the ideal device's 25 uS is ours. [uS]
double largest_g_max_uS(const DeviceConfig& device)
{
    if (device.model == DeviceModel::ideal) { return 25.0; }
    return device.devices_per_polarity == 1 ? 10.35 : 20.7;
}

std::string fit_range(const TileConfig& t)
{
    const double largest = largest_g_max_uS(t.device);
    if (t.device.model != DeviceModel::hermes || g_max_uS(t.device) <= largest) { return ""; }
    return fmt::format(
        "is {}, outside the range of the hermes fit: at most {} uS with {} per polarity",
        g_max_uS(t.device), largest,
        t.device.devices_per_polarity == 1 ? "one device" : "two devices");
}

std::string conductance_grid(const TileConfig& t)
{
    constexpr int most = std::numeric_limits<std::int16_t>::max();
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

std::string curve_file(const TileConfig& t)
{
    const bool wanted = t.adc.curves == CurveSource::file;
    if (wanted && t.adc.curve_file.empty()) {
        return "is missing; adc.curves \"file\" needs the name of a curve file";
    }
    if (!wanted && !t.adc.curve_file.empty()) {
        return "would not be used; set adc.curves to \"file\", or curve_file to null";
    }
    return "";
}

std::string ceiling(const TileConfig& t)
{
    if (t.adc.full_scale_uA || t.adc.curves == CurveSource::ideal) { return ""; }
    return "is null; only with adc.curves \"ideal\" may there be no ceiling";
}

std::string current_ratio(const TileConfig& t)
{
    const bool plays_vectors = t.calibration.method == CalibrationMethod::least_squares ||
                               !t.chip.empty() || !t.calibration.file.empty();
    if (t.adc.current_ratio || plays_vectors) { return ""; }
    return "is \"calibrate\", but calibration.method \"fixed\" plays no vectors; give a number";
}

std::string empty_phases(const TileConfig& t)
{
    if (!t.read.skip_empty_phases || t.read.mode == ReadMode::four_phase) { return ""; }
    return "is true, but one_phase has no phase to skip; only with read.mode \"four_phase\"";
}

std::string representative(const TileConfig& t)
{
    const bool plays_them = t.calibration.vectors == CalibrationVectors::representative &&
                            t.calibration.method == CalibrationMethod::least_squares &&
                            t.chip.empty() && t.calibration.file.empty();
    if (!plays_them || !t.workload.file.empty()) { return ""; }
    return "is \"representative\", which needs the calibration_inputs of a workload.file";
}

std::string one_affine(const TileConfig& t)
{
    if (t.chip.empty() || t.calibration.file.empty()) { return ""; }
    return "and calibration.file exclude each other: a frozen chip has its affine words; drop one";
}

}  // namespace

double g_max_uS(const DeviceConfig& device)
{
    return device.g_max_uS.value_or(largest_g_max_uS(device));
}

int n_overhead(const ReadConfig& read)
{
    return read.n_overhead.value_or(read.mode == ReadMode::one_phase ? 3 : 1);
}

void add_tile_rules(std::vector<Rule>& all)
{
    all.push_back({{"read.skip_empty_phases", "read.mode"},
                   "`read.skip_empty_phases` only with `read.mode` four_phase.",
                   empty_phases});
    all.push_back(
        {{"device.g_max_uS", "device.model", "device.devices_per_polarity"},
         "`device.g_max_uS` inside the range of the fit: hermes at most 10.35 uS with one "
         "device per polarity, 20.7 uS with two.",
         fit_range});
    all.push_back(
        {{"crossbar.g_lsb_nS", "device.g_max_uS", "device.model", "device.devices_per_polarity"},
         "`device.g_max_uS` is 1 to 32767 steps of `crossbar.g_lsb_nS` (int16).",
         conductance_grid});
    all.push_back({{"adc.curve_file", "adc.curves"},
                   "`adc.curve_file` if and only if `adc.curves` is file.",
                   curve_file});
    all.push_back({{"adc.full_scale_uA", "adc.curves"},
                   "`adc.full_scale_uA` null only if `adc.curves` is ideal.",
                   ceiling});
    all.push_back(
        {{"adc.current_ratio", "calibration.method", "calibration.file", "chip"},
         "`adc.current_ratio` and `nmpu.scale_exponent` calibrate only if "
         "`calibration.method` is least_squares, or `chip` or `calibration.file` has them.",
         current_ratio});
    all.push_back(
        {{"calibration.vectors", "calibration.method", "workload.file", "calibration.file", "chip"},
         "`calibration.vectors` representative needs `workload.file`.",
         representative});
    all.push_back({{"chip", "calibration.file"},
                   "`chip` and `calibration.file` exclude each other.",
                   one_affine});
}

const std::vector<Rule>& rules()
{
    static const std::vector<Rule> all = [] {
        std::vector<Rule> list;
        add_tile_rules(list);
        add_post_rules(list);
        return list;
    }();
    return all;
}

}  // namespace aimc::config::detail
