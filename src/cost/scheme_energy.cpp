// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/scheme_energy.h"

#include "aimc/schemes/scheme.h"

#include "energy_parts.h"

#include <limits>
#include <stdexcept>

namespace aimc::cost {

EnergyReport scheme_energy_of(const config::TileConfig& tile, std::uint64_t mvms,
                              std::uint64_t steps)
{
    if (mvms == 0) { throw std::invalid_argument("scheme_energy_of: no MVM"); }
    EnergyReport report;
    report.phases_per_mvm = static_cast<double>(steps) / static_cast<double>(mvms);
    const double conversions = report.phases_per_mvm * schemes::physical_columns(tile.pim) *
                               static_cast<double>(tile.cols);
    report.adc_bound = adc_bound_of(tile, conversions, 0.0);
    const char* const unknown = "no figure was found";
    report.adc = {std::nullopt, unknown};
    report.input = {std::nullopt, unknown};
    report.array = {std::nullopt, unknown};
    report.tag = "none: set energy.adc_bound.model for the least that converters take";
    if (report.adc_bound) {
        report.adc = {report.adc_bound->per_mvm_nJ, "Bound: " + report.adc_bound->tag};
        report.read_nJ = report.adc_bound->per_mvm_nJ;
        report.tag = "Bound: of the converters alone, derated as given; not an energy of the tile";
    }
    bool is_default = true;
    report.digital = detail::post_part(tile, is_default);
    report.left_out.emplace_back("DACs, array, recombination (no figure was found)");
    detail::finish(tile, report);
    if (!report.adc_bound && !report.digital.per_mvm_nJ) {  // nothing is known: that is not 0
        report.per_mvm_nJ = report.tops_per_w = std::numeric_limits<double>::quiet_NaN();
    }
    return report;
}

}  // namespace aimc::cost
