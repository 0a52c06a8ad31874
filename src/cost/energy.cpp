// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/energy.h"

#include "aimc/config/key_origin.h"

#include <stdexcept>

namespace aimc::cost {
namespace {

constexpr double nano_of_pico = 1e-3;
constexpr double nano_of_femto = 1e-6;
constexpr std::int64_t published_window_ps = 128000;

bool is_like_the_published_core(const config::TileConfig& tile)
{
    return tile.rows == 256 && tile.cols == 256 &&
           tile.read.n_window * tile.t_clk_ps == published_window_ps;
}

/// A part with its tag, "given" included.
/// @param energy      per MVM [nJ]
/// @param is_default  stays true only if this one is
EnergyPart part(const config::TileConfig& tile, const char* key, std::optional<double> energy,
                bool& is_default)
{
    const config::KeyOrigin origin = config::key_origin(tile, key);
    is_default = is_default && origin.is_default;
    return {energy, origin.tag};
}

EnergyPart digital_part(const config::TileConfig& tile, bool& is_default)
{
    const bool is_nmpu = tile.post == config::PostUnit::nmpu;
    const auto column = is_nmpu ? tile.energy.nmpu_column_pJ : tile.energy.ldpu_column_pJ;
    std::optional<double> per_mvm;
    if (column) { per_mvm = *column * static_cast<double>(tile.cols) * nano_of_pico; }
    return part(tile, is_nmpu ? "energy.nmpu_column_pJ" : "energy.ldpu_column_pJ", per_mvm,
                is_default);
}

std::string total_tag(const EnergyReport& report, bool analog_default, bool digital_default)
{
    if (!analog_default || !digital_default) { return "given, at least in part"; }
    if (!report.is_set_to_match) {
        return "Choice: energies per event as set for 256 x 256 and 128-ns windows, not scaled";
    }
    return "Derived: energies per event set to match 13.4 nJ (one-phase) and 52.8 nJ (four-phase) "
           "of LeGallo23, which leave the LDPU out";
}

}  // namespace

std::array<std::pair<const char*, const EnergyPart*>, 4> EnergyReport::parts() const
{
    return {{{"adc", &adc}, {"input", &input}, {"array", &array}, {"digital", &digital}}};
}

std::optional<double> EnergyReport::adc_over_bound() const
{
    if (!adc_bound || !adc.per_mvm_nJ || !(adc_bound->per_mvm_nJ > 0.0)) { return std::nullopt; }
    return *adc.per_mvm_nJ / adc_bound->per_mvm_nJ;
}

EnergyReport energy_of(const config::TileConfig& tile, std::uint64_t mvms, std::uint64_t phases)
{
    if (mvms == 0) { throw std::invalid_argument("energy_of: no MVM"); }
    const auto rows = static_cast<double>(tile.rows);
    const auto cols = static_cast<double>(tile.cols);
    const config::EnergyConfig& e = tile.energy;
    EnergyReport report;
    report.phases_per_mvm = static_cast<double>(phases) / static_cast<double>(mvms);
    const double adc = report.phases_per_mvm * cols * e.adc_conversion_pJ * nano_of_pico;
    const double input = report.phases_per_mvm * rows * e.input_phase_pJ * nano_of_pico;
    const double array = rows * cols * e.array_mvm_fJ * nano_of_femto;
    bool analog_default = true;
    bool digital_default = true;
    report.adc = part(tile, "energy.adc_conversion_pJ", adc, analog_default);
    report.input = part(tile, "energy.input_phase_pJ", input, analog_default);
    report.array = part(tile, "energy.array_mvm_fJ", array, analog_default);
    report.digital = digital_part(tile, digital_default);
    report.read_nJ = adc + input + array;
    report.per_mvm_nJ = report.read_nJ + report.digital.per_mvm_nJ.value_or(0.0);
    report.tops_per_w = 2.0 * rows * cols / report.per_mvm_nJ * 1e-3;
    report.is_set_to_match = analog_default && is_like_the_published_core(tile);
    report.tag = total_tag(report, analog_default, digital_default);
    if (tile.kind == config::TileKind::analog) {
        const double conversions = report.phases_per_mvm * conversions_per_phase(tile);
        report.adc_bound = adc_bound_of(tile, conversions, input + array);
    }
    if (!report.digital.per_mvm_nJ) {
        report.left_out.emplace_back(tile.post == config::PostUnit::nmpu
                                         ? "the NMPU (no figure is published)"
                                         : "the LDPU (no figure is published)");
    }
    report.left_out.emplace_back("idle time, programming, calibration, transfers to other tiles");
    return report;
}

}  // namespace aimc::cost
