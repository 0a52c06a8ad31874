// SPDX-License-Identifier: Apache-2.0
// Whole lanes against the same built of SystemC's own fixed-point types.
#include "aimc/nmpu/lane.h"

#include "support/sc_fixed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <set>

namespace aimc {
namespace {

using namespace test;

TEST(ScFixed, RebuildsTheDefaultLane)
{
    using Scale = sc_dt::sc_ufixed<8, 1>;
    using Count = sc_dt::sc_ufixed<12, 12>;
    using Branch = sc_dt::sc_fixed<16, 14, sc_dt::SC_TRN, sc_dt::SC_WRAP>;  // cut to k = 2
    using Offset = sc_dt::sc_fixed<8, 7>;
    using Residual = sc_dt::sc_fixed<16, 16>;
    using Sum = sc_dt::sc_fixed<20, 18, sc_dt::SC_TRN, sc_dt::SC_SAT>;
    using Output = sc_dt::sc_fixed<8, 8, sc_dt::SC_RND_CONV, sc_dt::SC_SAT_SYM>;
    using Partial = sc_dt::sc_fixed<16, 14, sc_dt::SC_RND_CONV, sc_dt::SC_SAT>;

    const nmpu::Lane lane({}, 0, config::Activation::identity);
    std::mt19937_64 rng(2);
    long n_cases = 0;
    long n_ties = 0;
    for (int i = 0; i < 100000; ++i) {
        const std::uint64_t count_mask =
            (i & 1) != 0 ? 0xfff : 0x7f;  // half of them near y's range
        const auto c_p = static_cast<std::int32_t>(rng() & count_mask);
        const auto c_n = static_cast<std::int32_t>(rng() & count_mask);
        const nmpu::AffineWords w{static_cast<std::int32_t>(rng() % 256),
                                  static_cast<std::int32_t>(rng() % 256),
                                  static_cast<std::int32_t>(rng() % 256) - 128, 0};
        const auto residual = (i & 2) != 0 ? static_cast<std::int32_t>(random_value(rng, 15)) : 0;

        const Scale s_p(exact(w.s_p, 7));
        const Scale s_n(exact(w.s_n, 7));
        const Offset o_p(exact(w.o_p, 1));
        const Branch branch_p(s_p * Count(c_p));
        const Branch branch_n(s_n * Count(c_n));
        const Sum sum(branch_p + o_p - branch_n + Residual(residual));
        const nmpu::LaneOutput out = lane.compute(c_p, c_n, w, residual);
        ASSERT_EQ(out.y, Output(sum).to_int())
            << "c " << c_p << " " << c_n << ", s " << w.s_p << " " << w.s_n << ", o " << w.o_p
            << ", r " << residual;
        ASSERT_EQ(out.partial, (Partial(sum) << 2).to_int());
        n_ties += (lane.accumulate(c_p, c_n, w, residual) & 3) == 2;
        ++n_cases;
    }
    std::cout << "sc_fixed lane: " << n_cases << " columns, " << n_ties << " of them ties\n";
}

// --- A lane of any format -----------------------------------------------------------------------

/// Any format that configs/README.md allows; the activation is left to the oracle of the lane.
config::NmpuConfig random_format(std::mt19937_64& rng)
{
    constexpr std::array<config::Branch, 3> branches{
        config::Branch::polarity, config::Branch::difference, config::Branch::single};
    config::NmpuConfig f;
    f.branch = branches.at(rng() % 3);
    f.scale_fraction = between(rng, 0, 16);
    f.scale_bits = between(rng, std::max(1, f.scale_fraction), 16);
    f.scale_exponent = between(rng, 0, 4);
    f.offset_bits = between(rng, 2, 16);
    f.offset_fraction = between(rng, 0, f.offset_bits - 1);
    f.cut = between(rng, 0, f.scale_fraction);
    f.round_bits = between(rng, 0, f.scale_fraction - f.cut);
    f.round_mode = round_modes.at(rng() % 6).first;
    f.final_round_mode = round_modes.at(rng() % 6).first;
    f.out_bits = between(rng, 2, 16);
    f.overflow = overflow_modes.at(rng() % 3).first;
    f.residual_fraction = between(rng, 0, 15);
    f.partial_bits = between(rng, 4, 32);
    f.partial_fraction = between(rng, 0, 2);
    return f;
}

/// Words of one column, whole integers.
struct Words {
    std::int64_t c_p, c_n, s_p, s_n, o_p, o_n, residual;
};

/// A word of up to `bits` bits, half of them small, so that y is not always saturated.
std::int64_t unsigned_word(std::mt19937_64& rng, int bits)
{
    const int length = (rng() & 1U) != 0 ? bits : std::min(bits, 5);
    return static_cast<std::int64_t>(rng() & ((std::uint64_t{1} << length) - 1));
}

std::int64_t signed_word(std::mt19937_64& rng, int bits)
{
    const std::int64_t word = bits == 1 ? 0 : unsigned_word(rng, bits - 1);
    return (rng() & 1U) != 0 ? -1 - word : word;
}

Words random_words(std::mt19937_64& rng, const config::NmpuConfig& f)
{
    const int count_bits = between(rng, 1, 24);
    const bool polarity = f.branch == config::Branch::polarity;
    const bool single = f.branch == config::Branch::single;
    return {single ? signed_word(rng, count_bits) : unsigned_word(rng, count_bits),
            single ? 0 : unsigned_word(rng, count_bits),
            unsigned_word(rng, f.scale_bits),
            polarity ? unsigned_word(rng, f.scale_bits) : 0,
            signed_word(rng, f.offset_bits),
            polarity ? signed_word(rng, f.offset_bits) : 0,
            signed_word(rng, 16)};
}

/// The lane of machine page 1.4 in SystemC's own words; no intermediate word can overflow.
class ScFixedLane {
public:
    explicit ScFixedLane(const config::NmpuConfig& f)
        : f_{f},
          k_{f.kept_fraction()},
          round_{sc_mode(f.round_mode)},
          y{f.out_bits, f.out_bits, sc_mode(f.final_round_mode), sc_mode(f.overflow)},
          partial{f.partial_bits, f.partial_bits - f.partial_fraction, round_, sc_dt::SC_SAT}
    {
    }

    void compute(const Words& w)
    {
        const bool difference = f_.branch == config::Branch::difference;
        sc_dt::sc_fxval sum =
            scaled(w.s_p, difference ? w.c_p - w.c_n : w.c_p) + loaded(w.o_p, f_.offset_fraction);
        if (f_.branch == config::Branch::polarity) {
            sum -= scaled(w.s_n, w.c_n) + loaded(w.o_n, f_.offset_fraction);
        }
        sum += loaded(w.residual, f_.residual_fraction);
        y = sum;
        partial = sum;
    }

    static sc_dt::sc_q_mode sc_mode(RoundMode mode)
    {
        return round_modes.at(static_cast<std::size_t>(mode)).second;
    }
    static sc_dt::sc_o_mode sc_mode(OverflowMode mode)
    {
        return overflow_modes.at(static_cast<std::size_t>(mode)).second;
    }

private:
    /// Keeps `fraction` fraction bits of 64.
    static sc_dt::sc_fxval keep(const sc_dt::sc_fxval& x, int fraction, sc_dt::sc_q_mode mode)
    {
        sc_dt::sc_fix word(64, 64 - fraction, mode, sc_dt::SC_WRAP);
        word = x;
        return sc_dt::sc_fxval(word);
    }
    sc_dt::sc_fxval scaled(std::int64_t scale, std::int64_t count) const
    {
        const sc_dt::sc_fxval product = (exact(scale, f_.scale_fraction) * exact(count, 0))
                                        << f_.scale_exponent.value_or(0);
        return keep(keep(product, f_.scale_fraction - f_.cut, sc_dt::SC_TRN), k_, round_);
    }
    sc_dt::sc_fxval loaded(std::int64_t word, int fraction) const
    {
        return keep(exact(word, fraction), k_, round_);
    }

    config::NmpuConfig f_;
    int k_;
    sc_dt::sc_q_mode round_;

public:
    sc_dt::sc_fix y;
    sc_dt::sc_fix partial;
};

/// Lanes of random formats. The seeds are parameters so that ctest runs them side by side.
class ScFixedLanes : public testing::TestWithParam<unsigned> {};

TEST_P(ScFixedLanes, RebuildLanesOfEveryWidthAndMode)
{
    std::mt19937_64 rng(GetParam());
    long n_cases = 0;
    long n_ties = 0;
    std::set<std::array<int, 3>> modes;
    for (int i = 0; i < 70'000; ++i) {
        const config::NmpuConfig f = random_format(rng);
        const nmpu::Lane lane(f, f.scale_exponent.value_or(0), config::Activation::identity);
        ScFixedLane theirs(f);
        modes.insert({static_cast<int>(f.round_mode), static_cast<int>(f.final_round_mode),
                      static_cast<int>(f.overflow)});
        for (int j = 0; j < 8; ++j) {
            const Words w = random_words(rng, f);
            const auto small = [](std::int64_t x) { return static_cast<std::int32_t>(x); };
            const nmpu::AffineWords words{small(w.s_p), small(w.s_n), small(w.o_p), small(w.o_n)};
            theirs.compute(w);
            const auto ours = lane.compute(small(w.c_p), small(w.c_n), words, small(w.residual));
            ASSERT_TRUE(equal(theirs.y, ours.y) &&
                        equal(theirs.partial, ours.partial, f.partial_fraction))
                << "y " << ours.y << ", sc_fix " << theirs.y.to_string() << ", partial "
                << ours.partial << ", sc_fix " << theirs.partial.to_string() << "; format " << i;
            const std::int64_t sum =
                lane.accumulate(small(w.c_p), small(w.c_n), words, small(w.residual));
            const std::int64_t span = std::int64_t{1} << f.kept_fraction();
            n_ties += span > 1 && (sum & (span - 1)) == span / 2;
            ++n_cases;
        }
    }
    EXPECT_EQ(modes.size(), 6u * 6u * 3u);
    EXPECT_GE(n_cases, 500'000) << "two seeds make a million";
    std::cout << "sc_fix lanes: " << n_cases << " columns in 70000 formats, " << n_ties
              << " of them ties of the output\n";
}

INSTANTIATE_TEST_SUITE_P(Seeds, ScFixedLanes, testing::Values(3U, 4U));

}  // namespace
}  // namespace aimc
