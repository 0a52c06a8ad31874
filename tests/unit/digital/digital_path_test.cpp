// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/digital_path.h"

#include "aimc/digital/column.h"
#include "aimc/digital/digital.h"

#include "support/digital_work.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace aimc::digital {
namespace {

using test::Dice;

struct Reads {
    std::vector<std::int32_t> c_p, c_n;
    std::vector<int> steps;
};

Reads read(const DigitalPath& path, const Matrix<std::int8_t>& x)
{
    const std::size_t size = x.rows() * path.cols();
    Reads reads{std::vector<std::int32_t>(size, -1), std::vector<std::int32_t>(size, -1),
                std::vector<int>(x.rows(), -1)};
    path.read_batch(x.row(0), x.cols(), x.rows(), reads.c_p.data(), reads.c_n.data(),
                    reads.steps.data());
    return reads;
}

config::TileConfig random_tile(Dice& dice)
{
    config::DigitalConfig digital;
    digital.signed_inputs = dice.flip();
    digital.weight_bits = dice.roll(2, 9);
    digital.input_bits = dice.roll(digital.signed_inputs ? 2 : 1, 8);
    digital.input_bits_per_cycle = 1 << dice.roll(0, 2);
    digital.skip_zero_planes = dice.flip();
    return test::digital_tile(static_cast<std::size_t>(dice.roll(1, 70)),
                              static_cast<std::size_t>(dice.roll(1, 40)), digital);
}

TEST(DigitalPath, EqualsTheGatesInEveryFormat)
{
    Dice dice(41);
    for (int round = 0; round < 40; ++round) {
        const auto tile = random_tile(dice);
        const auto weights = test::digital_weights(tile, dice);
        const auto x = test::digital_inputs(tile, 6, dice);
        const auto reads = read(DigitalPath(tile, weights), x);
        Column column(tile.digital, test::column_of(weights, tile.cols - 1));
        for (std::size_t k = 0; k < x.rows(); ++k) {
            const std::size_t at = (k + 1) * tile.cols - 1;
            ASSERT_EQ(reads.c_p[at] - reads.c_n[at], column.read(x.row(k))) << "round " << round;
            const auto beats = beats_of(tile.digital, x.row(k), tile.rows);
            ASSERT_EQ(static_cast<std::size_t>(reads.steps[k]), beats.size());
            ASSERT_EQ(n_steps(tile.digital, x.row(k), tile.rows), reads.steps[k]);
        }
    }
}

TEST(DigitalPath, EverySimdLevelGivesTheSame)
{
    Dice dice(42);
    for (int round = 0; round < 40; ++round) {
        const auto tile = random_tile(dice);
        const auto weights = test::digital_weights(tile, dice);
        const auto x = test::digital_inputs(tile, 37, dice);  // more than one batch
        const auto want = read(DigitalPath(tile, weights, SimdLevel::scalar), x);
        for (const SimdLevel simd : simd_levels()) {
            const auto got = read(DigitalPath(tile, weights, simd), x);
            EXPECT_EQ(got.c_p, want.c_p) << to_string(simd);
            EXPECT_EQ(got.c_n, want.c_n) << to_string(simd);
            EXPECT_EQ(got.steps, want.steps) << to_string(simd);
        }
    }
}

TEST(DigitalPath, OneOfTheTwoWordsIsAlwaysEmpty)
{
    const auto tile = test::digital_tile(2, 2, {});
    Matrix<std::int16_t> weights(2, 2);
    weights.data() = {100, -100, 27, -27};
    Matrix<std::int8_t> x(1, 2);
    x.data() = {127, -1};
    const auto reads = read(DigitalPath(tile, weights), x);
    EXPECT_EQ(reads.c_p, (std::vector<std::int32_t>{12673, 0}));
    EXPECT_EQ(reads.c_n, (std::vector<std::int32_t>{0, 12673}));
}

TEST(DigitalPath, SingleBranchHasASignedWord)
{
    auto tile = test::digital_tile(1, 2, {});
    tile.nmpu.branch = config::Branch::single;
    Matrix<std::int16_t> weights(1, 2);
    weights.data() = {5, -5};
    Matrix<std::int8_t> x(1, 1);
    x.data() = {3};
    const auto reads = read(DigitalPath(tile, weights), x);
    EXPECT_EQ(reads.c_p, (std::vector<std::int32_t>{15, -15}));
    EXPECT_EQ(reads.c_n, (std::vector<std::int32_t>{0, 0}));
}

TEST(DigitalPath, AWindowGivesThatPartOfTheWhole)
{
    Dice dice(43);
    const auto tile = test::digital_tile(20, 30, {});
    const auto weights = test::digital_weights(tile, dice);
    const crossbar::Window window{{3, 10}, {11, 28}};
    const DigitalPath part(tile, weights, best_simd_level(), window);
    ASSERT_EQ(part.rows(), window.rows.size());
    ASSERT_EQ(part.cols(), window.cols.size());
    Matrix<std::int8_t> x(5, part.rows()), whole(5, tile.rows);
    for (std::size_t k = 0; k < 5; ++k) {
        for (std::size_t r = 0; r < part.rows(); ++r) {
            const auto code = static_cast<std::int8_t>(dice.roll(-127, 127));
            x.row(k)[r] = whole.row(k)[3 + r] = code;
        }
    }
    const auto got = read(part, x);
    const auto want = read(DigitalPath(tile, weights), whole);
    for (std::size_t k = 0; k < 5; ++k) {
        for (std::size_t c = 0; c < part.cols(); ++c) {
            EXPECT_EQ(got.c_p[k * part.cols() + c], want.c_p[k * tile.cols + 11 + c]);
            EXPECT_EQ(got.c_n[k * part.cols() + c], want.c_n[k * tile.cols + 11 + c]);
        }
    }
}

TEST(DigitalPath, SkippingChangesCyclesOnly)
{
    Dice dice(44);
    auto tile = test::digital_tile(9, 5, {});
    const auto weights = test::digital_weights(tile, dice);
    tile.digital.skip_zero_planes = true;
    const auto x = test::digital_inputs(tile, 50, dice);
    const auto skipped = read(DigitalPath(tile, weights), x);
    tile.digital.skip_zero_planes = false;
    const auto all = read(DigitalPath(tile, weights), x);
    EXPECT_EQ(skipped.c_p, all.c_p);
    EXPECT_EQ(skipped.c_n, all.c_n);
    EXPECT_EQ(all.steps, std::vector<int>(50, 8));
    EXPECT_LT(*std::min_element(skipped.steps.begin(), skipped.steps.end()), 8);
}

TEST(DigitalPath, RefusesWhatDoesNotFitItsFormat)
{
    config::DigitalConfig narrow;
    narrow.weight_bits = 4;
    narrow.input_bits = 4;
    auto tile = test::digital_tile(1, 1, narrow);
    EXPECT_THROW(DigitalPath(tile, Matrix<std::int16_t>(1, 1, 8)), std::invalid_argument);
    EXPECT_THROW(DigitalPath(tile, Matrix<std::int16_t>(1, 1, -8)), std::invalid_argument);
    EXPECT_THROW(DigitalPath(tile, Matrix<std::int16_t>(2, 1)), std::invalid_argument);
    const Matrix<std::int16_t> weights(1, 1, 7);
    const auto refuses = [&](std::int8_t code) {
        const DigitalPath path(tile, weights);
        EXPECT_THROW(read(path, Matrix<std::int8_t>(1, 1, code)), std::invalid_argument);
    };
    refuses(8);
    refuses(-8);
    EXPECT_EQ(read(DigitalPath(tile, weights), Matrix<std::int8_t>(1, 1, -7)).c_n.front(), 49);
    tile.digital.signed_inputs = false;
    refuses(16);
    refuses(-1);
    EXPECT_EQ(read(DigitalPath(tile, weights), Matrix<std::int8_t>(1, 1, 15)).c_p.front(), 105);
}

}  // namespace
}  // namespace aimc::digital
