// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/area.h"

#include "aimc/config/key_origin.h"

namespace aimc::cost {
namespace {

constexpr double mm2_of_um2 = 1e-6;

bool is_published_nmpu(const config::TileConfig& tile)
{
    const config::NmpuConfig& n = tile.nmpu;
    return tile.cols == 256 && n.lanes == 64 && n.branch == config::Branch::polarity &&
           n.scale_bits == 8 && n.scale_fraction == 7 && n.offset_bits == 8 &&
           n.offset_fraction == 1 && n.offsets == 1 && config::count_bits(tile) == 12;
}

/// Our cycles of the LDPU stand for the published unit only as they are by default.
bool is_published_ldpu(const config::TileConfig& tile)
{
    const config::LdpuConfig ours;
    const config::LdpuConfig& l = tile.ldpu;
    return tile.cols == 256 && l.passes == ours.passes && l.lanes == ours.lanes &&
           l.n_initiation_interval == ours.n_initiation_interval && l.n_fill == ours.n_fill;
}

/// A figure of the published core: the default stands for that size only.
AreaFigure core_figure(const config::TileConfig& tile, const char* key,
                       const std::optional<double>& value)
{
    const config::KeyOrigin origin = config::key_origin(tile, key);
    const bool is_core =
        tile.kind == config::TileKind::analog && tile.rows == 256 && tile.cols == 256;
    if (origin.is_default && !is_core) {
        return {std::nullopt, "unknown: the published figure is of an analog core of 256 x 256"};
    }
    return {value, origin.tag};
}

AreaFigure post_unit(const config::TileConfig& tile, const AreaFigure& ldpu)
{
    if (tile.post == config::PostUnit::ldpu) {
        const bool is_given = !config::key_origin(tile, "area.ldpu_in_nmpus").is_default;
        if (is_given || is_published_ldpu(tile)) { return ldpu; }
        return {std::nullopt, "unknown: the published ratio is of another LDPU"};
    }
    if (!is_published_nmpu(tile)) {
        return {std::nullopt,
                "unknown: the published unit has 64 lanes of 4 columns, scales (1,7) and offsets "
                "(7,1)"};
    }
    const bool plain = tile.nmpu.scale_exponent == 0;
    return {tile.nmpu.lanes, config::key_origin(tile, "nmpu.lanes").tag +
                                 (plain ? "" : ", without the shifter of our scale exponent")};
}

AreaFigure absolute(const config::TileConfig& tile, const AreaFigure& in_nmpus)
{
    if (!tile.area.nmpu_um2) {
        return {std::nullopt, config::key_origin(tile, "area.nmpu_um2").tag};
    }
    const double nmpu_mm2 = *tile.area.nmpu_um2 * mm2_of_um2;
    if (tile.post == config::PostUnit::nmpu) { return {tile.nmpu.lanes * nmpu_mm2, "given"}; }
    if (!in_nmpus.value) { return {std::nullopt, in_nmpus.tag}; }
    return {*in_nmpus.value * nmpu_mm2, "given, times the ratio of LDPU and NMPU"};
}

}  // namespace

AreaReport area_of(const config::TileConfig& tile)
{
    AreaReport report;
    report.tile_mm2 = core_figure(tile, "area.tile_mm2", tile.area.tile_mm2);
    report.adc_share = core_figure(tile, "area.adc_share", tile.area.adc_share);
    report.ldpu_in_nmpus = {tile.area.ldpu_in_nmpus,
                            config::key_origin(tile, "area.ldpu_in_nmpus").tag};
    report.post_in_nmpus = post_unit(tile, report.ldpu_in_nmpus);
    report.post_mm2 = absolute(tile, report.post_in_nmpus);
    return report;
}

}  // namespace aimc::cost
