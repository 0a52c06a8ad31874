// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/wave_adc.h"

#include "count_rule.h"
#include "wave_curves.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace aimc::converters {
namespace {

/// Whether every sum on the way to a count of this column is a whole number that a double holds.
bool is_exact(const CurveTable& table, std::size_t column, bool one_phase, std::int32_t deadband)
{
    constexpr double end = 0x1p52;
    constexpr double most_beyond = 0x1p25;  // sum over the steps at once
    constexpr double most_steps = 0x1p7;
    for (const auto& curve : {detail::rising_curve(table, column, one_phase, deadband),
                              detail::falling_curve(table, column, deadband)}) {
        double bound = 0.0;
        for (const detail::Corner& corner : curve.corners) {
            bound += std::fabs(corner.bend) * most_beyond + std::fabs(corner.jump) * most_steps;
        }
        if (bound > end) { return false; }
    }
    return true;
}

/// Whether a curve begins at zero and keeps its rates within 0 .. 2^32 on the way.
bool is_plain(const CurveTable& table, std::size_t column, int polarity)
{
    if (table.start[table.at(polarity, 0, column)] != 0) { return false; }
    for (std::size_t j = 0; j < table.knots; ++j) {
        const std::size_t at = table.at(polarity, j, column);
        const std::int64_t last = j + 1 == table.knots
                                      ? table.start[at]
                                      : table.start[table.at(polarity, j + 1, column)] - 1;
        const std::int64_t end = table.value[at] + table.slope[at] * (last - table.start[at]);
        if (table.value[at] < 0 || end < 0 || end >= std::int64_t{1} << 32) { return false; }
    }
    return true;
}

}  // namespace

bool WaveAdc::fits(const config::TileConfig& config, const CurveTable& table)
{
    if (config.adc.integration != config::Integration::time_resolved || table.is_dense()) {
        return false;
    }
    const bool one_phase = config.read.mode == config::ReadMode::one_phase;
    const std::int32_t deadband = one_phase ? detail::deadband(config) : 0;
    constexpr std::int32_t room = crossbar::room_of_converters / 2;
    if (deadband >= room) { return false; }
    double offset = 0.0;
    for (std::size_t c = 0; c < table.stride; ++c) {
        if (table.start[table.at(0, 0, c)] == std::numeric_limits<std::int32_t>::max()) {
            continue;  // not a column
        }
        if (std::abs(table.input_offset[c]) >= room || !is_plain(table, c, 0) ||
            !is_plain(table, c, 1) || !is_exact(table, c, one_phase, deadband)) {
            return false;
        }
        for (const std::size_t end : {c, table.stride + c}) {
            offset = std::max(offset, std::fabs(static_cast<double>(table.offset[end])));
        }
    }
    const double one = std::ldexp(1.0, table.fraction);
    const double sums = 0x1p32 * config.read.n_window + offset + 7.0 * config.adc.sigma_lsb * one;
    return sums + one < 0x1p52;
}

}  // namespace aimc::converters
