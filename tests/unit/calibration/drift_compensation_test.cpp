// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/drift_compensation.h"

#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace aimc::calibration {
namespace {

using config::Compensation;
using test::tiny_tile;

Readout readout(std::vector<std::vector<double>> mean)
{
    Readout r;
    r.mean = std::move(mean);
    return r;
}

TEST(CompensationFactors, GlobalIsTheRatioOfTheMeansOverTheTile)
{
    const auto then = readout({{30.0, 20.0}, {10.0}});
    const auto now = readout({{20.0, 10.0}, {10.0}});
    const auto f = compensation_factors(Compensation::global, then, now);
    ASSERT_EQ(f.size(), 2u);
    EXPECT_EQ(f[0], (std::vector<double>{1.5, 1.5}));
    EXPECT_EQ(f[1], (std::vector<double>{1.5})) << "layers share the devices' age";
}

TEST(CompensationFactors, PerColumnIsEachColumnsOwnRatio)
{
    const auto f = compensation_factors(Compensation::per_column, readout({{30.0, 20.0}}),
                                        readout({{20.0, 20.0}}));
    EXPECT_EQ(f[0], (std::vector<double>{1.5, 1.0}));
}

TEST(CompensationFactors, AColumnOfNothingKeepsItsScale)
{
    const auto f = compensation_factors(Compensation::per_column, readout({{0.0, 1e-9}}),
                                        readout({{0.0, 0.0}}));
    EXPECT_EQ(f[0], (std::vector<double>{1.0, 1.0}));
}

mvm::PostWords words()
{
    mvm::PostWords w;
    w.nmpu = {{100, 90, 10, -3}, {200, 1, -100, 0}, {7, 7, 7, 7}, {8, 8, 8, 8}};
    w.ldpu.resize(4);
    w.ldpu[0] = {ldpu::from_double(0.5), ldpu::from_double(0.25), ldpu::from_double(-3.0),
                 ldpu::from_int(1), ldpu::from_int(0)};
    return w;
}

config::Layer layer(const config::Range& cols)
{
    config::Layer one;
    one.cols = cols;
    return one;
}

TEST(Compensated, LeavesThePartOfAFoldedBatchNormAlone)
{
    config::Layer normed = layer({0, 1});
    normed.batch_norm.factor = {1.0};
    normed.batch_norm.summand = {8.0};
    std::uint64_t clipped = 0;
    const auto out = compensated(tiny_tile(), normed, 2.0, words(), {1.5}, clipped);
    EXPECT_EQ(out.nmpu[0].s_p, 150);
    EXPECT_EQ(out.nmpu[0].o_p, 11) << "8 of the 10 half LSB are the batch norm's: 1.5 * 2 + 8";
}

TEST(Compensated, SharesTwoOffsetWordsOutAnew)
{
    auto tile = tiny_tile();
    tile.nmpu.offsets = 2;
    mvm::PostWords two = words();
    two.nmpu[0].o_p = 100;
    two.nmpu[0].o_n = -20;
    std::uint64_t clipped = 0;
    const auto out = compensated(tile, layer({0, 1}), 1.0, two, {1.5}, clipped);
    EXPECT_EQ(out.nmpu[0].o_p, 127);
    EXPECT_EQ(out.nmpu[0].o_n, -53) << "1.5 * 120 = 180 in all";
    EXPECT_EQ(clipped, 0u);
}

TEST(Compensated, ScalesTheWordsOfTheLayersColumnsOnly)
{
    std::uint64_t clipped = 0;
    const auto out = compensated(tiny_tile(), layer({0, 2}), 1.0, words(), {1.25, 1.25}, clipped);
    EXPECT_EQ(out.nmpu[0], (nmpu::AffineWords{125, 112, 12, -4})) << "112.5 and 12.5 to even";
    EXPECT_EQ(out.nmpu[1], (nmpu::AffineWords{250, 1, -125, 0}));
    EXPECT_EQ(out.nmpu[2], words().nmpu[2]);
    EXPECT_EQ(clipped, 0u);
}

TEST(Compensated, CountsWhatNoLongerFits)
{
    std::uint64_t clipped = 0;
    const auto out = compensated(tiny_tile(), layer({1, 2}), 1.0, words(), {1.5}, clipped);
    EXPECT_EQ(out.nmpu[1], (nmpu::AffineWords{255, 2, -128, 0})) << "300 and -150";
    EXPECT_EQ(clipped, 2u);
}

TEST(Compensated, RaisesTheExponentThatTheCalibrationChose)
{
    auto tile = tiny_tile();
    tile.nmpu.scale_exponent.reset();
    std::uint64_t clipped = 0;
    const auto out = compensated(tile, layer({0, 2}), 1.0, words(), {1.5, 1.5}, clipped);
    EXPECT_EQ(out.scale_exponent, words().scale_exponent + 1);
    EXPECT_EQ(out.nmpu[1].s_p, 150) << "300 in twice the unit";
    EXPECT_EQ(out.nmpu[0].o_p, 15) << "offsets have a unit of their own";
    EXPECT_EQ(clipped, 1u) << "an offset of -150";
}

TEST(Compensated, ScalesBinary16Words)
{
    auto tile = tiny_tile();
    tile.post = config::PostUnit::ldpu;
    std::uint64_t clipped = 0;
    const auto out = compensated(tile, layer({0, 1}), 1.0, words(), {1.5}, clipped);
    EXPECT_EQ(ldpu::to_double(out.ldpu[0].scale_p), 0.75);
    EXPECT_EQ(ldpu::to_double(out.ldpu[0].scale_n), 0.375);
    EXPECT_EQ(ldpu::to_double(out.ldpu[0].offset), -4.5);
    EXPECT_EQ(ldpu::to_double(out.ldpu[0].gamma), 1.0) << "a batch norm keeps its own part";
}

}  // namespace
}  // namespace aimc::calibration
