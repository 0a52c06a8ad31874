// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <optional>
#include <string>

namespace aimc::cost {

/// A figure with where it comes from. No value: not known, and `tag` says why.
struct AreaFigure {
    std::optional<double> value;
    std::string tag;
};

struct AreaReport {
    AreaFigure tile_mm2;       ///< [mm2] array, converters and what else the figure covers
    AreaFigure adc_share;      ///< [-] ADCs and their support / tile: more than this
    AreaFigure post_in_nmpus;  ///< [-] this tile's post unit in units of one published NMPU
    AreaFigure post_mm2;       ///< [mm2] only with an area.nmpu_um2 of the user's own
    AreaFigure ldpu_in_nmpus;  ///< [-] the published LDPU : NMPU; 505
};

/// Area of a tile, as far as it is known.
///
/// Source: Ferro24: 64 NMPUs are 7.8 times smaller than the FP16 design (abstract), one is 505
/// times smaller (machine-made summary; 505 / 64 = 7.9). Only these ratios are published, of one
/// unit: 256 columns, 64 lanes, scales (1,7), offsets (7,1). Another unit has no value here; the
/// proxies of hardware.h compare such variants. Cut, rounding and pipeline of the published unit
/// are not known, nor whether its area holds the words of its columns; our scale exponent (a
/// shifter) is not in it. Whether the tile's figure holds the post unit is not published either, so
/// that the two are never added.
AreaReport area_of(const config::TileConfig& tile);

}  // namespace aimc::cost
