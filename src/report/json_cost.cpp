// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/words.h"

#include "json_parts.h"

// Energy, area and hardware of report.json. Every entry carries its tag.

namespace aimc::report {
namespace {

Json figure(const cost::AreaFigure& f) { return {{"value", number(f.value)}, {"tag", f.tag}}; }

/// The bound beside the energy as configured, which a tile without a figure for it does not have.
Json bound_json(const cost::EnergyReport& e)
{
    if (!e.adc_bound) { return nullptr; }
    const cost::AdcBound& b = *e.adc_bound;
    return {{"model", config::word_of(b.model)},
            {"enob", number(b.enob)},
            {"n_mult", b.n_mult},
            {"derate", number(b.derate)},
            {"conversion_pj", number(b.conversion_pJ)},
            {"mac_fj", number(b.mac_fJ)},
            {"mvm_mac_fj", number(b.mvm_mac_fJ)},
            {"per_mvm_nj", number(b.per_mvm_nJ)},
            {"adc_share", number(b.adc_share)},
            {"configured_over_bound", number(e.adc_over_bound())},
            {"tag", b.tag}};
}

}  // namespace

Json energy_json(const RunResult& r)
{
    if (!r.energy) { return nullptr; }
    const cost::EnergyReport& e = *r.energy;
    Json parts = Json::object();
    for (const auto& [name, part] : e.parts()) {
        parts[name] = {{"per_mvm_nj", number(part->per_mvm_nJ)}, {"tag", part->tag}};
    }
    return {{"per_mvm_nj", number(e.per_mvm_nJ)},
            {"tops_per_w", number(e.tops_per_w)},
            {"tag", e.tag},
            {"phases_per_mvm", number(e.phases_per_mvm)},
            {"parts", parts},
            {"adc_bound", bound_json(e)},
            {"left_out", e.left_out}};
}

Json area_json(const RunResult& r)
{
    return {{"tile_mm2", figure(r.area.tile_mm2)},
            {"adc_share", figure(r.area.adc_share)},
            {"post_in_nmpus", figure(r.area.post_in_nmpus)},
            {"post_mm2", figure(r.area.post_mm2)},
            {"ldpu_in_nmpus", figure(r.area.ldpu_in_nmpus)}};
}

Json hardware_json(const RunResult& r)
{
    return {{"unit", r.config.post == config::PostUnit::nmpu ? "nmpu" : "ldpu"},
            {"storage_bits", r.hardware.storage_bits},
            {"multiplier_bit_products", r.hardware.multiplier_bit_products},
            {"adder_bits", r.hardware.adder_bits},
            {"bits", r.hardware.bits()},
            {"tag", "Choice: a proxy that ranks variants of one unit, not silicon"}};
}

}  // namespace aimc::report
