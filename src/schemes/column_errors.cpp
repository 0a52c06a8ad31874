// SPDX-License-Identifier: Apache-2.0
#include "aimc/schemes/column_errors.h"

#include "aimc/base/random.h"
#include "aimc/schemes/scheme.h"

#include <cstddef>

namespace aimc::schemes {
namespace {

/// centre + sd * standard normal, of all physical columns.
std::vector<double> draw(const config::TileConfig& config, Purpose purpose, double centre,
                         double sd)
{
    const auto n_columns = static_cast<std::size_t>(physical_columns(config.pim));
    std::vector<double> drawn(n_columns * config.cols, centre);
    if (sd == 0.0) { return drawn; }
    Place place;
    place.seed = config.seed.device;
    place.purpose = purpose;
    place.tile = config.index;
    std::vector<double> z(config.cols);
    for (std::size_t k = 0; k < n_columns; ++k) {
        place.lane = static_cast<std::uint16_t>(k);
        normals(place, static_cast<std::uint32_t>(z.size()), z.data());
        for (std::size_t c = 0; c < config.cols; ++c) { drawn[k * config.cols + c] += sd * z[c]; }
    }
    return drawn;
}

}  // namespace

ColumnErrors draw_column_errors(const config::TileConfig& config)
{
    return {draw(config, Purpose::pim_gain, 1.0, config.pim.gain_sd),
            draw(config, Purpose::pim_offset, 0.0, config.pim.offset_sd_lsb)};
}

}  // namespace aimc::schemes
