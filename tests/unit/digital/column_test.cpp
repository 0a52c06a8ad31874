// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/column.h"

#include "aimc/digital/digital.h"

#include "support/digital_work.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace aimc::digital {
namespace {

using test::Dice;

config::DigitalConfig format(int weight_bits, int input_bits, int per_cycle, bool is_signed)
{
    config::DigitalConfig digital;
    digital.weight_bits = weight_bits;
    digital.input_bits = input_bits;
    digital.input_bits_per_cycle = per_cycle;
    digital.signed_inputs = is_signed;
    return digital;
}

TEST(Column, IsBuiltOfTheGatesThatTheFormulasCount)
{
    for (const std::size_t rows : {1U, 2U, 3U, 5U, 7U, 8U, 12U, 31U, 64U, 100U}) {
        for (const int per_cycle : {1, 2, 4}) {
            const auto digital = format(5, 6, per_cycle, true);
            const Column column(digital, std::vector<std::int16_t>(rows, 1));
            EXPECT_EQ(column.gates().full_adders, column_full_adders(rows, digital)) << rows;
            EXPECT_EQ(column.gates().products, static_cast<std::int64_t>(rows) * 5 * per_cycle);
            EXPECT_EQ(column.gates().xors, tree_bits(rows, 5));  // of the tree that sees the sign
            EXPECT_EQ(column.tree_register_bits(),
                      static_cast<std::size_t>(tree_bits(rows, 5) * per_cycle));
            EXPECT_EQ(column.accumulator_bits(),
                      static_cast<std::size_t>(accumulator_bits(rows, digital)));
        }
    }
}

TEST(Column, UnsignedInputsNeedNoSubtractor)
{
    const Column column(format(5, 6, 1, false), std::vector<std::int16_t>(8, 1));
    EXPECT_EQ(column.gates().xors, 0);
}

// Every weight of 3 bits times every input of 3 bits, the most negative ones included.
TEST(Column, OneRowMultipliesAllCodes)
{
    for (const bool is_signed : {false, true}) {
        for (int weight = -4; weight < 4; ++weight) {
            Column column(format(3, 3, 1, is_signed), {static_cast<std::int16_t>(weight)});
            for (int x = is_signed ? -4 : 0; x < (is_signed ? 4 : 8); ++x) {
                const auto code = static_cast<std::int8_t>(x);
                EXPECT_EQ(column.read(&code), weight * x) << weight << " * " << x;
            }
        }
    }
}

TEST(Column, AccumulatorHoldsTheLargestSums)
{
    for (const std::size_t rows : {1U, 3U, 16U}) {
        const auto n = static_cast<std::int64_t>(rows);
        for (const int weight : {-128, 127}) {
            const std::vector<std::int16_t> weights(rows, static_cast<std::int16_t>(weight));
            Column with_sign(format(8, 8, 2, true), weights);
            for (const int code : {-128, 127}) {
                const std::vector<std::int8_t> x(rows, static_cast<std::int8_t>(code));
                EXPECT_EQ(with_sign.read(x.data()), n * weight * code);
            }
            Column without(format(8, 8, 2, false), weights);
            const std::vector<std::int8_t> all(rows, -1);  // 255 as an unsigned code of 8 bits
            EXPECT_EQ(without.read(all.data()), n * weight * 255);
        }
    }
}

TEST(Column, GivesTheDotProductInEveryFormat)
{
    Dice dice(31);
    for (int round = 0; round < 300; ++round) {
        const bool is_signed = dice.flip();
        auto digital = format(dice.roll(2, 9), dice.roll(is_signed ? 2 : 1, 8),
                              1 << dice.roll(0, 2), is_signed);
        digital.skip_zero_planes = dice.flip();
        const auto tile =
            test::digital_tile(static_cast<std::size_t>(dice.roll(1, 40)), 1, digital);
        const auto weights = test::column_of(test::digital_weights(tile, dice), 0);
        const auto x = test::digital_inputs(tile, 4, dice);
        Column column(digital, weights);
        for (std::size_t k = 0; k < x.rows(); ++k) {
            ASSERT_EQ(column.read(x.row(k)), test::dot(weights, x.row(k)))
                << "round " << round << ", rows " << tile.rows;
        }
    }
}

TEST(Column, SumIsThereAfterTheLatencyAndNotBefore)
{
    const auto digital = format(8, 8, 1, true);
    Column column(digital, {3});
    const std::int8_t x = 5;
    auto beats = beats_of(digital, &x, 1);
    ASSERT_EQ(beats.size(), 8U);
    beats.resize(10, {{0}, false, false, 0});
    int n_clocks = 0;
    for (const Beat& beat : beats) {
        EXPECT_NE(column.accumulator(), 15) << n_clocks;
        column.clock(beat);
        ++n_clocks;
    }
    EXPECT_EQ(column.accumulator(), 15);
    EXPECT_EQ(n_clocks, latency(digital));
}

TEST(Column, VectorsFollowEachOtherWithoutAGap)
{
    Dice dice(32);
    for (const int per_cycle : {1, 2, 4}) {
        const auto tile = test::digital_tile(10, 1, format(6, 7, per_cycle, true));
        const auto weights = test::column_of(test::digital_weights(tile, dice), 0);
        const auto x = test::digital_inputs(tile, 20, dice);
        Column column(tile.digital, weights);
        const int n_cycles = cycles_per_vector(tile.digital);
        int n_clocks = 0;
        for (std::size_t k = 0; k < x.rows(); ++k) {
            for (const Beat& beat : beats_of(tile.digital, x.row(k), tile.rows)) {
                column.clock(beat);
                ++n_clocks;
                const int finished = (n_clocks - 2) / n_cycles;
                if (finished >= 1 && (n_clocks - 2) % n_cycles == 0) {
                    const std::int8_t* const of = x.row(static_cast<std::size_t>(finished - 1));
                    EXPECT_EQ(column.accumulator(), test::dot(weights, of));
                }
            }
        }
        EXPECT_EQ(n_clocks, 20 * n_cycles);
    }
}

TEST(Column, SkipsPlanesThatNoInputHas)
{
    auto digital = format(8, 8, 1, true);
    digital.skip_zero_planes = true;
    const std::int8_t x[] = {64, 4, 68};
    const auto beats = beats_of(digital, x, 3);
    ASSERT_EQ(beats.size(), 2U);
    EXPECT_FALSE(beats[0].has_sign);
    EXPECT_EQ(beats[0].shift, 4);
    EXPECT_EQ(beats[1].shift, 2);
    const std::int8_t nothing[] = {0, 0, 0};
    EXPECT_EQ(beats_of(digital, nothing, 3).size(), 1U);
    Column column(digital, {-7, 100, 3});
    EXPECT_EQ(column.read(x), -7 * 64 + 100 * 4 + 3 * 68);
    EXPECT_EQ(column.read(nothing), 0);
}

TEST(Column, RefusesToHaveNoRows)
{
    EXPECT_THROW(Column(config::DigitalConfig{}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace aimc::digital
