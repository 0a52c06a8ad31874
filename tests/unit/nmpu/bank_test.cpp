// SPDX-License-Identifier: Apache-2.0
// The bank gives what its lanes give, column by column.
#include "aimc/nmpu/bank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <random>
#include <vector>

namespace aimc::nmpu {
namespace {

constexpr std::size_t cols = 61;

struct Trial {
    config::NmpuConfig config;
    int exponent = 0;
    int count_bits = 12;
    config::Activation activation = config::Activation::identity;
    std::vector<AffineWords> words{cols};
    std::vector<std::int32_t> c_p = std::vector<std::int32_t>(cols), c_n = c_p;
    std::vector<std::int16_t> residual;
};

/// @param wide  scales and counts whose products have more than 32 bits until they are cut
Trial draw_trial(unsigned seed, bool wide)
{
    std::mt19937 rng(seed);
    const auto from = [&](int low, int high) {
        return low + static_cast<int>(rng() % static_cast<unsigned>(high - low + 1));
    };
    Trial t;
    auto& c = t.config;
    c.branch = std::array{config::Branch::polarity, config::Branch::difference,
                          config::Branch::single}[static_cast<std::size_t>(from(0, 2))];
    t.count_bits = wide ? from(20, 30) : 12;
    c.scale_fraction = wide ? from(16, 32) : from(4, 9);
    c.offset_fraction = from(0, 9);
    c.cut = wide ? from(12, std::min(29, c.scale_fraction)) : from(0, c.scale_fraction);
    c.round_bits = from(0, std::min(16, c.scale_fraction - c.cut));
    c.round_mode = static_cast<RoundMode>(from(0, 5));
    c.final_round_mode = static_cast<RoundMode>(from(0, 5));
    c.overflow = from(0, 1) == 0 ? OverflowMode::sat : OverflowMode::sat_sym;
    c.out_bits = from(4, 12);
    c.relu_clip = from(0, 100);
    c.residual_fraction = from(0, 8);
    c.partial_bits = from(6, 32);
    c.partial_fraction = from(0, 5);
    t.exponent = from(0, 4);
    t.activation = static_cast<config::Activation>(from(0, 2));
    const int most = (1 << from(2, t.count_bits)) - 1;
    const int most_scale = wide ? 65535 : 255;
    for (std::size_t i = 0; i < cols; ++i) {
        t.words[i] = {from(0, most_scale), from(0, most_scale), from(-128, 127), from(-128, 127)};
        t.c_p[i] = from(c.branch == config::Branch::single ? -most : 0, most);
        t.c_n[i] = c.branch == config::Branch::single ? 0 : from(0, most);
    }
    if (from(0, 1) == 1) {
        for (std::size_t i = 0; i < cols; ++i) {
            t.residual.push_back(static_cast<std::int16_t>(from(-32768, 32767)));
        }
    }
    return t;
}

void equals_its_lanes(bool wide, std::size_t least_fit)
{
    std::size_t n_columns = 0;
    std::size_t n_fit = 0;
    ColumnCounters met;
    met.reset(cols);
    for (unsigned seed = 1; seed <= 4000; ++seed) {
        const Trial t = draw_trial(seed, wide);
        if (!Bank::fits(t.config, t.exponent, t.words, t.count_bits)) { continue; }
        ++n_fit;
        const Lane lane(t.config, t.exponent, t.activation);
        for (const SimdLevel simd : simd_levels()) {
            const Bank bank(t.config, t.exponent, t.activation, t.words, t.count_bits, simd);
            std::vector<std::int32_t> y(cols), partial(cols);
            ColumnCounters counters;
            counters.reset(cols);
            ASSERT_TRUE(bank.process(t.c_p.data(), t.c_n.data(),
                                     t.residual.empty() ? nullptr : t.residual.data(), y.data(),
                                     partial.data(), counters));
            for (std::size_t i = 0; i < cols; ++i) {
                const LaneOutput out = lane.compute(t.c_p[i], t.c_n[i], t.words[i],
                                                    t.residual.empty() ? 0 : t.residual[i]);
                ASSERT_EQ(y[i], out.y) << "trial " << seed << ", " << to_string(simd);
                ASSERT_EQ(partial[i], out.partial) << "trial " << seed;
                ASSERT_EQ(counters.saturated[i], out.saturated ? 1U : 0U);
                ASSERT_EQ(counters.relu_clipped[i], out.relu_clipped ? 1U : 0U);
                ASSERT_EQ(counters.partial_saturated[i], out.partial_saturated ? 1U : 0U);
                met.saturated[0] += counters.saturated[i];
                met.relu_clipped[0] += counters.relu_clipped[i];
                met.partial_saturated[0] += counters.partial_saturated[i];
                ++n_columns;
            }
        }
    }
    std::cout << "nmpu bank: " << n_columns << " columns equal\n";
    EXPECT_GT(n_fit, least_fit);
    EXPECT_GT(met.saturated[0], 1000U);
    EXPECT_GT(met.relu_clipped[0], 1000U);
    EXPECT_GT(met.partial_saturated[0], 1000U);
}

TEST(NmpuBank, EqualsItsLanesOnEverySimdLevel) { equals_its_lanes(false, 3000); }

TEST(NmpuBank, EqualsItsLanesWhereProductsAreWide) { equals_its_lanes(true, 500); }

TEST(NmpuBank, LeavesToTheLaneWhatDoesNotFit)
{
    config::NmpuConfig c;
    const std::vector<AffineWords> words(4, {255, 255, 0, 0});
    EXPECT_TRUE(Bank::fits(c, 4, words, 12));
    EXPECT_FALSE(Bank::fits(c, 4, words, 24)) << "255 * 2^24 * 2^4 is beyond 32 bits";
    config::NmpuConfig cut_more = c;
    cut_more.scale_fraction = 25;
    cut_more.cut = 15;
    EXPECT_TRUE(Bank::fits(cut_more, 4, words, 24)) << "but not after the cut";
    EXPECT_FALSE(Bank::fits(cut_more, 4, words, 31)) << "nor is a difference of such counts";
    cut_more.cut = 5;
    EXPECT_FALSE(Bank::fits(cut_more, 4, words, 24)) << "2^37 is cut to 2^32";
    c.overflow = OverflowMode::wrap;
    EXPECT_FALSE(Bank::fits(c, 0, words, 12));

    c.overflow = OverflowMode::sat;
    const Bank bank(c, 0, config::Activation::identity, words, 12);
    ColumnCounters counters;
    counters.reset(4);
    const std::vector<std::int32_t> fits{4095, 0, 0, 4095}, beyond{0, 0, 4096, 0};
    std::vector<std::int32_t> y(4), partial(4);
    const auto process = [&](const auto& c_p, const auto& c_n) {
        return bank.process(c_p.data(), c_n.data(), nullptr, y.data(), partial.data(), counters);
    };
    EXPECT_TRUE(process(fits, fits));
    EXPECT_FALSE(process(fits, beyond));
    EXPECT_FALSE(process(beyond, fits));
}

}  // namespace
}  // namespace aimc::nmpu
