// SPDX-License-Identifier: Apache-2.0
#include "wave_curves.h"

#include "aimc/crossbar/wave_driver.h"

#include <algorithm>
#include <cstdlib>

namespace aimc::converters::detail {
namespace {

/// No wave comes here.
constexpr std::int32_t far_away = crossbar::largest_wave + crossbar::room_of_converters;

/// A straight piece of a curve: rate = value + slope * (current - start), currents counted away
/// from zero for c-, upwards for c+.
struct Piece {
    std::int64_t start, value, slope;
};

/// The pieces of a table's curve that begin at or after a magnitude, the one it lies in included.
std::vector<Piece> pieces_from(const CurveTable& table, int polarity, std::size_t column,
                               std::int32_t magnitude)
{
    const std::size_t first = table.segment_of(polarity, column, magnitude);
    std::vector<Piece> pieces{
        {magnitude, table.rate(polarity, column, magnitude), table.slope[first]}};
    for (std::size_t j = 0; j < table.knots; ++j) {
        const std::size_t at = table.at(polarity, j, column);
        if (table.start[at] > magnitude && table.start[at] < far_away) {
            pieces.push_back({table.start[at], table.value[at], table.slope[at]});
        }
    }
    return pieces;
}

/// What a current inside the dead band, below zero, counts to c+: the curve in the mirror.
std::vector<Piece> mirrored(const CurveTable& table, std::size_t column, std::int32_t deadband)
{
    std::vector<Piece> pieces;
    for (std::int64_t from = deadband; from > 0;) {
        const auto magnitude = static_cast<std::int32_t>(from);
        const std::size_t at = table.segment_of(0, column, magnitude);
        pieces.push_back({-from, table.rate(0, column, magnitude), -std::int64_t{table.slope[at]}});
        from = table.start[at] - 1;
    }
    return pieces;
}

void add_corners(const std::vector<Piece>& pieces, Piece before, int sign, SignedCurve& curve)
{
    for (const Piece& p : pieces) {
        const std::int64_t expected = before.value + before.slope * (p.start - before.start);
        if (p.slope != before.slope || p.value != expected) {
            curve.corners.push_back({static_cast<std::int32_t>(sign * p.start),
                                     static_cast<double>(p.slope - before.slope),
                                     static_cast<double>(p.value - expected)});
        }
        before = p;
    }
}

}  // namespace

SignedCurve rising_curve(const CurveTable& table, std::size_t column, bool one_phase,
                         std::int32_t deadband)
{
    SignedCurve curve;
    std::vector<Piece> pieces;
    if (one_phase) { pieces = mirrored(table, column, deadband); }
    const std::vector<Piece> above = pieces_from(table, 0, column, 0);
    pieces.insert(pieces.end(), above.begin(), above.end());
    // four-phase: what noise turns around counts as no current
    const std::int64_t everywhere = one_phase ? 0 : above.front().value;
    curve.everywhere = static_cast<double>(everywhere);
    add_corners(pieces, {pieces.front().start, everywhere, 0}, 1, curve);
    return curve;
}

SignedCurve falling_curve(const CurveTable& table, std::size_t column, std::int32_t deadband)
{
    SignedCurve curve;
    add_corners(pieces_from(table, 1, column, deadband + 1), {deadband + 1, 0, 0}, -1, curve);
    return curve;
}

WaveCorners gather_corners(const std::vector<SignedCurve>& curves, std::size_t stride, bool rising)
{
    // Choice: corners that are closer than a 64th of the farthest share an ordinal
    std::int32_t close = 0;
    for (const SignedCurve& curve : curves) {
        if (!curve.corners.empty()) {
            close = std::max(close, std::abs(curve.corners.back().at) / 64);
        }
    }
    struct Group {
        std::vector<Corner> of_lane;
        std::int32_t nearest, farthest;
    };
    constexpr std::size_t lanes = crossbar::wave_cols;
    const std::size_t blocks = stride / lanes;
    std::vector<std::vector<Group>> groups(blocks);
    WaveCorners all;
    const auto level_of = [rising](std::int32_t at) {
        return at * (1 << crossbar::step_bits) + (rising ? -1 : 1);
    };
    const auto nearer = [rising](std::int32_t a, std::int32_t b) { return rising ? a < b : a > b; };
    for (std::size_t w = 0; w < blocks; ++w) {
        std::vector<std::size_t> next(lanes, 0);
        const auto next_of = [&](std::size_t lane) -> const Corner* {
            const std::size_t c = w * lanes + lane;
            return c < curves.size() && next[lane] < curves[c].corners.size()
                       ? &curves[c].corners[next[lane]]
                       : nullptr;
        };
        for (;;) {
            const Corner* nearest = nullptr;
            for (std::size_t l = 0; l < lanes; ++l) {
                const Corner* own = next_of(l);
                if (own != nullptr && (nearest == nullptr || nearer(own->at, nearest->at))) {
                    nearest = own;
                }
            }
            if (nearest == nullptr) { break; }
            Group group{std::vector<Corner>(lanes, Corner{nearest->at}), nearest->at, nearest->at};
            for (std::size_t l = 0; l < lanes; ++l) {
                const Corner* own = next_of(l);
                if (own == nullptr || std::abs(own->at - group.nearest) > close) { continue; }
                group.of_lane[l] = *own;
                if (nearer(group.farthest, own->at)) { group.farthest = own->at; }
                ++next[l];
            }
            groups[w].push_back(std::move(group));
        }
        all.stride = std::max(all.stride, groups[w].size() + 1);
    }
    all.stride = (all.stride + lanes - 1) / lanes * lanes;
    const std::int32_t never = rising ? std::numeric_limits<std::int32_t>::max()
                                      : std::numeric_limits<std::int32_t>::min();
    all.level.assign(blocks * all.stride * lanes, never);
    for (auto* list : {&all.bend, &all.jump}) { list->assign(blocks * all.stride * lanes, 0.0); }
    for (auto* list : {&all.nearest, &all.farthest}) { list->assign(blocks * all.stride, never); }
    for (std::size_t w = 0; w < blocks; ++w) {
        for (std::size_t j = 0; j < groups[w].size(); ++j) {
            const std::size_t at = w * all.stride + j;
            all.nearest[at] = level_of(groups[w][j].nearest);
            all.farthest[at] = level_of(groups[w][j].farthest);
            for (std::size_t l = 0; l < lanes; ++l) {
                const Corner& corner = groups[w][j].of_lane[l];
                all.level[at * lanes + l] = level_of(corner.at);
                all.bend[at * lanes + l] = corner.bend;
                all.jump[at * lanes + l] = corner.jump;
            }
        }
    }
    return all;
}

}  // namespace aimc::converters::detail
