// SPDX-License-Identifier: Apache-2.0
// The bank, on doubles, gives what process_column() gives on integers.
#include "aimc/ldpu/bank.h"

#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <stdexcept>
#include <vector>

namespace aimc::ldpu {
namespace {

constexpr std::size_t cols = 61;

class Draw {
public:
    explicit Draw(unsigned seed) : rng_(seed) {}
    int from(int low, int high)
    {
        return low + static_cast<int>(rng_() % static_cast<unsigned>(high - low + 1));
    }
    /// Any word: zeros, subnormals, infinities and NaNs of every kind among them.
    Binary16 any_word()
    {
        const auto bits = static_cast<std::uint16_t>(rng_());
        switch (from(0, 15)) {
            case 0: return {static_cast<std::uint16_t>(bits & 0x8000)};
            case 1: return {static_cast<std::uint16_t>(bits & 0x83ff)};
            case 2: return {static_cast<std::uint16_t>(bits | 0x7c00)};
            case 3: return {static_cast<std::uint16_t>((bits & 0x8000) | 0x7c00)};
            default: return {bits};
        }
    }
    /// A word near a power of two: its sums end on ties and just beside them.
    Binary16 plain_word(int exponent)
    {
        const int fraction =
            from(0, 2) == 0 ? from(0, 3) : (from(0, 1) == 0 ? 1023 : from(0, 1023));
        return {static_cast<std::uint16_t>(from(0, 1) << 15 | (15 + exponent) << 10 | fraction)};
    }

private:
    std::mt19937 rng_;
};

struct Trial {
    LaneSettings settings;
    std::vector<AffineWords16> words{cols};
    std::vector<std::int32_t> c_p = std::vector<std::int32_t>(cols), c_n = c_p;
    std::vector<std::int16_t> residual;
};

Trial draw_trial(unsigned seed)
{
    Draw draw(seed);
    Trial t;
    auto& s = t.settings;
    s.out_bits = draw.from(0, 3) == 0 ? draw.from(2, 32) : 8;
    s.relu = draw.from(0, 1) == 1;
    if (s.relu && draw.from(0, 1) == 1) { s.clip = draw.from(0, draw.from(0, 1) * 70000 + 100); }
    s.count_fraction = draw.from(0, 2) == 0 ? draw.from(1, 18) : 0;
    s.residual_fraction = draw.from(0, 8);
    s.partial_bits = draw.from(2, 32);
    s.partial_fraction = draw.from(0, 8);
    const bool any = seed % 2 == 0;
    const int most = (1 << draw.from(1, any ? 30 : 12)) - 1;
    for (std::size_t i = 0; i < cols; ++i) {
        const auto word = [&](int low, int high) {
            return any ? draw.any_word() : draw.plain_word(draw.from(low, high));
        };
        t.words[i] = {word(-10, 0), word(-10, 0), word(-14, 6), word(-4, 4), word(-14, 6)};
        t.c_p[i] = draw.from(seed % 3 == 0 ? -most : 0, most);
        t.c_n[i] = draw.from(0, most);
    }
    if (draw.from(0, 1) == 1) {
        for (std::size_t i = 0; i < cols; ++i) {
            t.residual.push_back(static_cast<std::int16_t>(draw.from(-32768, 32767)));
        }
    }
    return t;
}

TEST(LdpuBank, EqualsTheIntegerArithmeticOnEverySimdLevel)
{
    std::size_t n_columns = 0;
    std::size_t n_y_saturated = 0;
    std::size_t n_partial_saturated = 0;
    for (unsigned seed = 1; seed <= 4000; ++seed) {
        const Trial t = draw_trial(seed);
        for (const SimdLevel simd : simd_levels()) {
            const Bank bank(t.words, t.settings, simd);
            std::vector<std::int32_t> y(cols), partial(cols);
            ColumnCounters counters;
            counters.reset(cols);
            bank.process(t.c_p.data(), t.c_n.data(),
                         t.residual.empty() ? nullptr : t.residual.data(), y.data(), partial.data(),
                         counters);
            for (std::size_t i = 0; i < cols; ++i) {
                const auto residual =
                    t.residual.empty() ? std::nullopt : std::optional<std::int32_t>(t.residual[i]);
                const LaneResult r =
                    process_column(t.words[i], t.c_p[i], t.c_n[i], t.settings, residual);
                ASSERT_EQ(y[i], r.y)
                    << "trial " << seed << ", column " << i << ", " << to_string(simd);
                ASSERT_EQ(partial[i], r.partial) << "trial " << seed << ", column " << i;
                ASSERT_EQ(counters.saturated[i], r.saturated ? 1U : 0U) << "trial " << seed;
                ASSERT_EQ(counters.relu_clipped[i], r.relu_clipped ? 1U : 0U) << "trial " << seed;
                ASSERT_EQ(counters.partial_saturated[i], r.partial_saturated ? 1U : 0U)
                    << "trial " << seed;
                n_y_saturated += r.saturated;
                n_partial_saturated += r.partial_saturated;
                ++n_columns;
            }
        }
    }
    std::cout << "ldpu bank: " << n_columns << " columns equal, " << n_y_saturated
              << " saturated\n";
    EXPECT_GT(n_columns - n_y_saturated, n_columns / 4);
    EXPECT_GT(n_columns - n_partial_saturated, n_columns / 4);
}

TEST(LdpuBank, RoundsOnceWhereADoubleCannotHoldTheSum)
{
    // offsets about 2^15 with products down to 2^-38: 53 bits end between the two
    LaneSettings s;
    s.out_bits = 32;
    s.count_fraction = 14;
    const Binary16 one = from_int(1);
    std::size_t n_inexact = 0;
    for (int exponent = 20; exponent < 31; ++exponent) {
        for (const int fraction : {0, 1, 1022, 1023}) {
            for (const int scale : {0x0001, 0x0003, 0x03ff, 0x0401, 0x07ff, 0x8001, 0x87ff}) {
                for (const std::int32_t count : {1, 3, 2047, 1 << 14}) {
                    const Binary16 offset{static_cast<std::uint16_t>(exponent << 10 | fraction)};
                    const AffineWords16 w{{static_cast<std::uint16_t>(scale)}, {}, offset, one, {}};
                    const double product = to_double(w.scale_p) * count / (1 << 14);
                    n_inexact += (product + to_double(offset)) - to_double(offset) != product;
                    std::int32_t y = 0;
                    std::int32_t partial = 0;
                    const std::int32_t none = 0;
                    ColumnCounters counters;
                    counters.reset(1);
                    Bank({w}, s).process(&count, &none, nullptr, &y, &partial, counters);
                    const LaneResult r = process_column(w, count, 0, s);
                    ASSERT_EQ(y, r.y);
                    ASSERT_EQ(partial, r.partial);
                }
            }
        }
    }
    EXPECT_GT(n_inexact, 50U);
}

TEST(LdpuBank, RefusesWhatTheColumnRefuses)
{
    LaneSettings s;
    s.clip = 3;
    EXPECT_THROW(Bank({}, s), std::invalid_argument) << "a clip without relu";
    s.relu = true;
    EXPECT_NO_THROW(Bank({}, s));
    s.out_bits = 33;
    EXPECT_THROW(Bank({}, s), std::invalid_argument);
}

}  // namespace
}  // namespace aimc::ldpu
