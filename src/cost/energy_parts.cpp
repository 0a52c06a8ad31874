// SPDX-License-Identifier: Apache-2.0
#include "energy_parts.h"

#include "aimc/config/key_origin.h"

namespace aimc::cost::detail {

EnergyPart part(const config::TileConfig& tile, const char* key, std::optional<double> energy,
                bool& is_default)
{
    const config::KeyOrigin origin = config::key_origin(tile, key);
    is_default = is_default && origin.is_default;
    return {energy, origin.tag};
}

EnergyPart post_part(const config::TileConfig& tile, bool& is_default)
{
    constexpr double nano_of_pico = 1e-3;
    const bool is_nmpu = tile.post == config::PostUnit::nmpu;
    const auto column = is_nmpu ? tile.energy.nmpu_column_pJ : tile.energy.ldpu_column_pJ;
    std::optional<double> per_mvm;
    if (column) { per_mvm = *column * static_cast<double>(tile.cols) * nano_of_pico; }
    return part(tile, is_nmpu ? "energy.nmpu_column_pJ" : "energy.ldpu_column_pJ", per_mvm,
                is_default);
}

void finish(const config::TileConfig& tile, EnergyReport& report)
{
    const double operations = 2.0 * static_cast<double>(tile.rows) * static_cast<double>(tile.cols);
    report.per_mvm_nJ = report.read_nJ + report.digital.per_mvm_nJ.value_or(0.0);
    report.tops_per_w = operations / report.per_mvm_nJ * 1e-3;
    if (!report.digital.per_mvm_nJ) {
        report.left_out.emplace_back(tile.post == config::PostUnit::nmpu
                                         ? "the NMPU (no figure is published)"
                                         : "the LDPU (no figure is published)");
    }
    report.left_out.emplace_back("idle time, programming, calibration, transfers to other tiles");
}

}  // namespace aimc::cost::detail
