// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/energy.h"

#include "aimc/cost/digital_energy.h"
#include "aimc/cost/scheme_energy.h"

#include "energy_parts.h"

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
    if (tile.kind == config::TileKind::pim) { return scheme_energy_of(tile, mvms, phases); }
    if (tile.kind == config::TileKind::digital_cim) {
        return digital_energy_of(tile, mvms, phases);
    }
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
    report.adc = detail::part(tile, "energy.adc_conversion_pJ", adc, analog_default);
    report.input = detail::part(tile, "energy.input_phase_pJ", input, analog_default);
    report.array = detail::part(tile, "energy.array_mvm_fJ", array, analog_default);
    report.digital = detail::post_part(tile, digital_default);
    report.read_nJ = adc + input + array;
    report.is_set_to_match = analog_default && is_like_the_published_core(tile);
    report.tag = total_tag(report, analog_default, digital_default);
    const double conversions = report.phases_per_mvm * conversions_per_phase(tile);
    report.adc_bound = adc_bound_of(tile, conversions, input + array);
    detail::finish(tile, report);
    return report;
}

}  // namespace aimc::cost
