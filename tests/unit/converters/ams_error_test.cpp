// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/ams_error.h"

#include "../../support/tiny_tile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace aimc::converters {
namespace {

constexpr double counts_per_unit = 1000.0;

config::TileConfig ams_tile(std::size_t rows, std::size_t cols)
{
    config::TileConfig c = test::tiny_tile();
    c.rows = rows;
    c.cols = cols;
    c.adc.model = config::AdcModel::ams;
    c.adc.ams.enob = 4.0;
    return c;
}

struct Counts {
    std::vector<std::int32_t> p, n;
    friend bool operator==(const Counts& a, const Counts& b) { return a.p == b.p && a.n == b.n; }
};

/// The error alone: what it makes of counts of 0.
Counts error_of(const config::TileConfig& c, const std::vector<std::int8_t>& x,
                crossbar::ReadId id = {}, crossbar::Window window = {},
                SimdLevel simd = best_simd_level())
{
    const std::size_t cols = crossbar::range_or_all(window.cols, c.cols).size();
    Counts out{std::vector<std::int32_t>(cols), std::vector<std::int32_t>(cols)};
    const std::vector<std::size_t> n_total(c.cols, c.rows);
    AmsError(c, n_total, counts_per_unit, window, simd)
        .add(x.data(), id, out.p.data(), out.n.data());
    return out;
}

TEST(AmsSd, FollowsBitsAndProducts)
{
    EXPECT_NEAR(sd_vmac(1.0, 1.0), 1.0 / std::sqrt(12.0), 1e-15);
    EXPECT_NEAR(sd_vmac(5.0, 8.0), 8.0 / 16.0 / std::sqrt(12.0), 1e-15);
    EXPECT_NEAR(sd_vmac(5.5, 8.0) / sd_vmac(5.0, 8.0), std::sqrt(0.5), 1e-12);
    EXPECT_NEAR(sd_total(5.0, 8.0, 128.0), 4.0 * sd_vmac(5.0, 8.0), 1e-15);
    EXPECT_NEAR(sd_total(5.0, 8.0, 8.0), sd_vmac(5.0, 8.0), 1e-15) << "one conversion";
}

TEST(AmsError, OneUnitIsTheLargestCellForTheLongestPulse)
{
    const config::TileConfig c = test::tiny_tile();  // a count per weight step and cycle
    EXPECT_NEAR(ams_counts_per_unit(c, 12.7, 1.0), 127.0 * 127.0, 1e-9);
    EXPECT_NEAR(ams_counts_per_unit(c, 12.7, 0.5), 127.0 * 127.0 / 2.0, 1e-9);
}

TEST(AmsError, GoesToTheCounterOfItsSign)
{
    const Counts e = error_of(ams_tile(4, 64), {1, 2, 3, 4});
    int positive = 0;
    int negative = 0;
    for (std::size_t c = 0; c < e.p.size(); ++c) {
        EXPECT_GE(e.p[c], 0);
        EXPECT_GE(e.n[c], 0);
        EXPECT_TRUE(e.p[c] == 0 || e.n[c] == 0) << "column " << c;
        positive += e.p[c] > 0;
        negative += e.n[c] > 0;
    }
    EXPECT_GT(positive, 10);
    EXPECT_GT(negative, 10);
}

TEST(AmsError, IsTheSameInAWindowAsInAReadOfTheWholeTile)
{
    config::TileConfig c = ams_tile(10, 21);
    for (const double share : {0.0, 0.5, 1.0}) {
        c.adc.ams.fixed_share = share;
        const Counts whole = error_of(c, {0, 0, 0, 5, -6, 0, 7, 0, 0, 0}, {9, false});
        const Counts part = error_of(c, {5, -6, 0, 7}, {9, false}, {{3, 7}, {6, 17}});
        for (std::size_t k = 0; k < part.p.size(); ++k) {
            EXPECT_EQ(part.p[k], whole.p[6 + k]) << share;
            EXPECT_EQ(part.n[k], whole.n[6 + k]) << share;
        }
    }
}

TEST(AmsError, IsTheSameOnEverySimdLevel)
{
    config::TileConfig c = ams_tile(4, 37);
    c.adc.ams.fixed_share = 0.5;
    const Counts scalar = error_of(c, {1, 2, 3, 4}, {3, false}, {}, SimdLevel::scalar);
    for (const SimdLevel simd : simd_levels()) {
        EXPECT_EQ(error_of(c, {1, 2, 3, 4}, {3, false}, {}, simd), scalar) << to_string(simd);
    }
}

TEST(AmsError, EachPartHasItsSeedAndCalibrationItsOwnNumbers)
{
    config::TileConfig c = ams_tile(4, 16);
    const std::vector<std::int8_t> x{1, 2, 3, 4};
    const auto changed = [&](auto change) {
        config::TileConfig other = c;
        change(other);
        return !(error_of(other, x, {3, false}) == error_of(c, x, {3, false}));
    };
    const auto of_device = [](config::TileConfig& t) { t.seed.device += 1; };
    const auto of_read = [](config::TileConfig& t) { t.seed.read += 1; };
    const auto of_tile = [](config::TileConfig& t) { t.index += 1; };
    EXPECT_FALSE(changed(of_device));
    EXPECT_TRUE(changed(of_read));
    EXPECT_TRUE(changed(of_tile));
    EXPECT_FALSE(error_of(c, x, {3, false}) == error_of(c, x, {3, true}));
    c.adc.ams.fixed_share = 1.0;
    EXPECT_TRUE(changed(of_device));
    EXPECT_FALSE(changed(of_read));
    EXPECT_TRUE(changed(of_tile));
    EXPECT_EQ(error_of(c, x, {3, false}), error_of(c, x, {3, true}));
    EXPECT_FALSE(error_of(c, x) == error_of(c, {1, 2, 4, 3})) << "where a code is matters";
    EXPECT_FALSE(error_of(c, x) == error_of(c, {1, 2, 3, -4})) << "and so does its sign";
}

TEST(AmsError, OfAReadWithoutAnyPhaseIsNone)
{
    config::TileConfig c = ams_tile(4, 16);
    const Counts none{std::vector<std::int32_t>(16), std::vector<std::int32_t>(16)};
    EXPECT_FALSE(error_of(c, {0, 0, 0, 0}) == none);
    c.read.skip_empty_phases = true;
    EXPECT_EQ(error_of(c, {0, 0, 0, 0}), none);
    EXPECT_FALSE(error_of(c, {0, 0, 0, 1}) == none);
}

TEST(AmsError, TakesTheProductsOfEachColumnUnlessOneNumberIsGiven)
{
    config::TileConfig c = ams_tile(4, 3);
    const AmsError own(c, {4, 16, 0}, counts_per_unit);
    EXPECT_NEAR(own.sd_counts(0), sd_total(4.0, 8.0, 4.0) * counts_per_unit, 1e-9);
    EXPECT_NEAR(own.sd_counts(1), 2.0 * own.sd_counts(0), 1e-9);
    EXPECT_EQ(own.sd_counts(2), 0.0) << "no product, no error";
    c.adc.ams.n_total = 64;
    EXPECT_NEAR(AmsError(c, {4, 16, 0}, counts_per_unit).sd_counts(2), 4.0 * own.sd_counts(0),
                1e-9);
}

TEST(AmsError, StopsAtTheEndOfAWord)
{
    const config::TileConfig c = ams_tile(4, 16);
    std::vector<std::int32_t> p(16, 1 << 29);
    std::vector<std::int32_t> n(16, 1 << 29);
    const std::vector<std::int8_t> x{1, 2, 3, 4};
    AmsError(c, std::vector<std::size_t>(16, 4), 1e18).add(x.data(), {}, p.data(), n.data());
    constexpr auto end = std::numeric_limits<std::int32_t>::max();
    for (std::size_t k = 0; k < 16; ++k) { EXPECT_TRUE((p[k] == end) != (n[k] == end)); }
}

}  // namespace
}  // namespace aimc::converters
