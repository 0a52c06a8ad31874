// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>

/// The error budget of a tile: what each error source costs, one switched at a time.
namespace aimc::budget {

/// What can be switched. Everything else of a tile (the conductance grid, the oscillator's ceiling,
/// the width of the counters, saturation of y) is there in every variant.
enum class Source : std::uint8_t {
    programming,    ///< spread of the programmed conductances
    read_noise,     ///< of the devices, with its frozen share
    drift,          ///< up to device.age_s
    ir_drop,        ///< wire resistance
    faults,         ///< stuck devices and dead lines
    polarity,       ///< G- reads as G- * (1 + asymmetry)
    adc_fixed,      ///< transfer curves, input offset, dead band: the same at every conversion
    adc_noise,      ///< thermal, fresh at every conversion
    quantisation,   ///< counters floor to whole counts; y is rounded to whole LSB
    post_rounding,  ///< words, cuts and roundings of the NMPU lane, or binary16 of the LDPU
};
inline constexpr std::size_t n_sources = 10;

/// In the order of the signal path.
const std::array<Source, n_sources>& all_sources();

/// The name in reports; post_rounding is called after the unit that rounds.
std::string name_of(Source source, config::PostUnit post);

/// Why the configuration does not have a source at all ("device.model is ideal"); empty: it has.
std::string why_absent(Source source, const config::TileConfig& config);

/// The sources that are on.
class Switches {
public:
    bool has(Source s) const { return on_[static_cast<std::size_t>(s)]; }
    Switches with(Source s) const;
    Switches without(Source s) const;
    std::uint32_t key() const { return static_cast<std::uint32_t>(on_.to_ulong()); }

private:
    std::bitset<n_sources> on_;
};

/// All that the configuration has.
Switches present(const config::TileConfig& config);

/// The tile with these sources and no others; what it never had stays absent. Seeds, sizes, formats
/// and everything that is no source are the same in every variant, and random numbers are functions
/// of (seed, purpose, place): so a switch never changes another source's numbers.
///
/// adc_fixed off: the ideal line. Choice: of the nominal gain and ceiling for parametric curves; of
/// the mean gain and the mean highest rate for curves of a file, whose scale is their own. Reads
/// the file then (InputError).
///
/// quantisation off: the words keep up to 8 bits below one count, and the NMPU lane gets as many
/// fraction bits more, cut away where it cuts, so that its words and the places of its roundings
/// stay; whoever makes y from the lane leaves out its last rounding. post_rounding has no field in
/// a configuration: whoever makes y leaves out the unit.
config::TileConfig variant(const config::TileConfig& config, Switches on);

}  // namespace aimc::budget
