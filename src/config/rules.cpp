// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <fmt/format.h>

namespace aimc::config::detail {
namespace {

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
    const bool plays_vectors = t.calibration.method != CalibrationMethod::fixed ||
                               !t.chip.empty() || !t.calibration.file.empty();
    if (t.adc.current_ratio || plays_vectors) { return ""; }
    return "is \"calibrate\", but calibration.method \"fixed\" plays no vectors; give a number";
}

std::string empty_phases(const TileConfig& t)
{
    if (!t.read.skip_empty_phases || t.read.mode == ReadMode::four_phase) { return ""; }
    return "is true, but one_phase has no phase to skip; only with read.mode \"four_phase\"";
}

std::string one_phase_only(const TileConfig& t)
{
    if (t.read.mode == ReadMode::one_phase) { return ""; }
    if (t.adc.polarity_deadband_uA > 0.0) {
        return fmt::format(
            "is {}, but four_phase decides no polarity; only with read.mode "
            "\"one_phase\"",
            t.adc.polarity_deadband_uA);
    }
    if (t.device.polarity_asymmetry_mean != 0.0 || t.device.polarity_asymmetry_sd != 0.0) {
        return "would not be used: four_phase reads all phases at one polarity, "
               "device.polarity_asymmetry shows in one_phase only";
    }
    return "";
}

std::string one_affine(const TileConfig& t)
{
    if (t.chip.empty() || t.calibration.file.empty()) { return ""; }
    return "and calibration.file exclude each other: a frozen chip has its affine words; drop one";
}

}  // namespace

void add_tile_rules(std::vector<Rule>& all)
{
    all.push_back({{"read.skip_empty_phases", "read.mode"},
                   "`read.skip_empty_phases` only with `read.mode` four_phase.",
                   empty_phases});
    all.push_back({{"adc.polarity_deadband_uA", "read.mode", "device.polarity_asymmetry.mean",
                    "device.polarity_asymmetry.sd"},
                   "`adc.polarity_deadband_uA` and `device.polarity_asymmetry` only with "
                   "`read.mode` one_phase.",
                   one_phase_only});
    all.push_back({{"adc.curve_file", "adc.curves"},
                   "`adc.curve_file` if and only if `adc.curves` is file.",
                   curve_file});
    all.push_back({{"adc.full_scale_uA", "adc.curves"},
                   "`adc.full_scale_uA` null only if `adc.curves` is ideal.",
                   ceiling});
    all.push_back({{"adc.current_ratio", "calibration.method", "calibration.file", "chip"},
                   "`adc.current_ratio` and `nmpu.scale_exponent` calibrate only if "
                   "`calibration.method` is not fixed, or `chip` or `calibration.file` has them.",
                   current_ratio});
    all.push_back({{"chip", "calibration.file"},
                   "`chip` and `calibration.file` exclude each other.",
                   one_affine});
}

const std::vector<Rule>& rules()
{
    static const std::vector<Rule> all = [] {
        std::vector<Rule> list;
        add_tile_rules(list);
        add_device_rules(list);
        add_post_rules(list);
        add_kind_rules(list);
        return list;
    }();
    return all;
}

}  // namespace aimc::config::detail
