// SPDX-License-Identifier: Apache-2.0
// What a tile without cells stores: the weight codes themselves, or the nearest of its own steps.
#include "aimc/mvm/chip.h"

#include "support/kind_tiles.h"
#include "support/tiny_work.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace aimc::mvm {
namespace {

using config::Scheme;
using config::TileConfig;
using test::matrix;

device::CellTargets targets_of(const std::vector<std::vector<int>>& codes, int full_scale)
{
    device::CellTargets targets;
    targets.codes = matrix<std::int16_t>(codes);
    targets.full_scale = full_scale;
    return targets;
}

TileConfig digital_of(int weight_bits)
{
    TileConfig c = test::tiny_digital();
    c.digital.weight_bits = weight_bits;
    return c;
}

TEST(StoredWeights, AreTheCodesWhereTheyFit)
{
    const auto targets = targets_of({{127, -127, 1}, {0, -1, 63}}, 127);
    EXPECT_EQ(stored_weights(digital_of(8), targets), targets.codes);
    EXPECT_EQ(stored_weights(digital_of(9), targets), targets.codes) << "255 steps are not used";
    EXPECT_EQ(stored_per_code(digital_of(8), 127), 1.0);
    EXPECT_EQ(stored_per_code(digital_of(9), 127), 1.0);
}

TEST(StoredWeights, AreScaledToTheNearestWhereTheyDoNotFit)
{
    TileConfig c = test::tiny_pim(Scheme::native);  // 4 bits: -7 .. 7
    const auto targets = targets_of({{127, -127, 9, 10}, {-9, -10, 63, 64}}, 127);
    // a step is 127 / 7 = 18.14 codes: half of it is 9.07, three and a half are 63.5
    EXPECT_EQ(stored_weights(c, targets), matrix<std::int16_t>({{7, -7, 0, 1}, {0, -1, 3, 4}}));
    EXPECT_DOUBLE_EQ(stored_per_code(c, 127), 7.0 / 127.0);
    c.pim.weight_bits = 2;
    EXPECT_EQ(stored_weights(c, targets), matrix<std::int16_t>({{1, -1, 0, 0}, {0, 0, 0, 1}}));
}

TEST(StoredWeights, TakeTiesAwayFromZero)
{
    const TileConfig c = digital_of(3);  // -3 .. 3; full scale 6: odd codes lie between two steps
    const auto targets = targets_of({{6, 5, 4, 3, 2, 1}, {-6, -5, -4, -3, -2, -1}}, 6);
    EXPECT_EQ(stored_weights(c, targets),
              matrix<std::int16_t>({{3, 3, 2, 2, 1, 1}, {-3, -3, -2, -2, -1, -1}}));
}

TEST(StoredWeights, OfTheFinestFullScaleDoNotOverflow)
{
    const auto targets = targets_of({{32767, -32767, 16384, 64}}, 32767);
    EXPECT_EQ(stored_weights(digital_of(9), targets), matrix<std::int16_t>({{255, -255, 128, 0}}));
}

TEST(Chip, OfAKindWithoutCellsHoldsItsWeightsAndNothingElse)
{
    TileConfig c = test::tiny_digital();
    c.index = 7;
    const auto targets =
        targets_of({{1, 2, 3, 4}, {-5, 6, 7, 8}, {0, 0, 0, 0}, {9, -9, 9, -9}}, 127);
    const Chip chip = make_chip(c, targets);
    EXPECT_EQ(chip.weights, targets.codes);
    EXPECT_EQ(chip.index, std::optional<std::uint16_t>(7));
    EXPECT_TRUE(chip.curves.columns.empty());
    EXPECT_TRUE(chip.products.empty());
    const Chip analog = make_chip(test::tiny_tile(), targets);
    EXPECT_EQ(analog.weights, Matrix<std::int16_t>());
    EXPECT_EQ(analog.curves.columns.size(), 4U);
}

}  // namespace
}  // namespace aimc::mvm
