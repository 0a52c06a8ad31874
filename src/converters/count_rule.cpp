// SPDX-License-Identifier: Apache-2.0
#include "count_rule.h"

#include "aimc/converters/curves.h"
#include "aimc/crossbar/grid_array.h"

#include <algorithm>
#include <cmath>

namespace aimc::converters::detail {
namespace {

/// More than any word holds (24 bits), and four phases of it still fit 32 bits.
constexpr std::int64_t far_beyond = std::int64_t{1} << 27;
/// The same for words with bits below one count: two phases that share a counter fit 32 bits.
constexpr std::int64_t far_beyond_fine = (std::int64_t{1} << 30) - 1;

}  // namespace

CountRule count_rule(const config::AdcConfig& config, int fraction)
{
    const std::int64_t one = std::int64_t{1} << fraction;
    // floor: sums just below a whole number, by the rounding of slopes, still reach it
    const std::int64_t bias =
        config.rounding == config::Rounding::floor ? one >> 10 : one >> (1 + config.count_fraction);
    return {bias, fraction - config.count_fraction,
            config.count_fraction == 0 ? far_beyond : far_beyond_fine};
}

std::int32_t deadband_lsb(const config::TileConfig& config)
{
    const double lsb = crossbar::current_lsb_uA(config.crossbar);
    return static_cast<std::int32_t>(
        std::min(std::floor(config.adc.polarity_deadband_uA / lsb + 0.5), largest_offset));
}

Place thermal_place(std::uint64_t seed, std::uint16_t tile, crossbar::Phase phase, int polarity,
                    crossbar::ReadId id)
{
    Place place;
    place.seed = seed;
    place.purpose = id.calibration ? Purpose::calibration_adc_thermal : Purpose::adc_thermal;
    place.tile = tile;
    place.lane = static_cast<std::uint16_t>(static_cast<int>(phase) | polarity << 3);
    place.read = id.read;
    return place;
}

}  // namespace aimc::converters::detail
