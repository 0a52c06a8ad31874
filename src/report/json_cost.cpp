// SPDX-License-Identifier: Apache-2.0
#include "json_parts.h"

// Energy, area and hardware of report.json. Every entry carries its tag.

namespace aimc::report {
namespace {

Json figure(const cost::AreaFigure& f) { return {{"value", number(f.value)}, {"tag", f.tag}}; }

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
