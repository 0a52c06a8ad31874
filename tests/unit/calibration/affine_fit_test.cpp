// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/affine_fit.h"

#include <gtest/gtest.h>

#include <vector>

namespace aimc::calibration {
namespace {

using config::Branch;
using config::NmpuConfig;

/// Counts of one vector and the ideal product.
struct Point {
    std::int32_t c_p, c_n;
    std::int64_t ideal;
};

ColumnSamples samples(const std::vector<Point>& points)
{
    ColumnSamples s;
    for (const Point& p : points) {
        s.c_p.push_back(p.c_p);
        s.c_n.push_back(p.c_n);
        s.ideal.push_back(p.ideal);
    }
    return s;
}

/// A fit with these scales, as if both counts had moved.
AffineFit scales(double s_p, double s_n)
{
    AffineFit fit;
    fit.s_p = s_p;
    fit.s_n = s_n;
    fit.has_p = fit.has_n = true;
    return fit;
}

const ColumnSamples at_rest = samples({{0, 0, 0}});  // an operating mean of nothing

TEST(AffineFit, FindsAnExactPlane)
{
    const auto fit = fit_column(samples({{0, 0, 5}, {1, 0, 8}, {0, 1, 3}, {2, 1, 9}}),
                                Branch::polarity);  // 3 c+ - 2 c- + 5
    EXPECT_DOUBLE_EQ(fit.s_p, 3.0);
    EXPECT_DOUBLE_EQ(fit.s_n, 2.0) << "the scale of c- is minus its coefficient";
    EXPECT_DOUBLE_EQ(fit.o, 5.0);
    EXPECT_TRUE(fit.has_p && fit.has_n);
    EXPECT_FALSE(fit.rank_deficient);
}

TEST(AffineFit, CountsWithBitsBelowOneGiveTheSameWords)
{
    const ColumnSamples whole = samples({{10, 0, 15}, {90, 3, 84}, {0, 80, -99}, {41, 70, -33}});
    ColumnSamples fine = whole;
    fine.count_fraction = 8;
    for (auto* counts : {&fine.c_p, &fine.c_n}) {
        for (auto& c : *counts) { c *= 256; }
    }
    NmpuConfig format;
    NmpuConfig fine_format = format;
    fine_format.scale_fraction += 8;
    fine_format.cut += 8;
    const auto a = fit_column(whole, Branch::polarity);
    const auto b = fit_column(fine, Branch::polarity);
    EXPECT_DOUBLE_EQ(b.s_p * 256, a.s_p);
    EXPECT_DOUBLE_EQ(b.o, a.o);
    EXPECT_EQ(quantise_nmpu(fine, b, 1.0, fine_format, 0).nmpu,
              quantise_nmpu(whole, a, 1.0, format, 0).nmpu);
    const auto half = quantise_ldpu(fine, b, 1.0, 1.0).ldpu;
    EXPECT_EQ(half.scale_n, quantise_ldpu(whole, a, 1.0, 1.0).ldpu.scale_n);
    EXPECT_EQ(half.offset, quantise_ldpu(whole, a, 1.0, 1.0).ldpu.offset);
    // nothing seen: the nominal scale is 1 LSB per count in either unit
    fine.c_p = fine.c_n = {0, 0, 0, 0};
    const auto none = fit_column(fine, Branch::polarity);
    EXPECT_TRUE(none.rank_deficient);
    EXPECT_EQ(quantise_nmpu(fine, none, 1.0, fine_format, 0).nmpu.s_p, 128);
}

TEST(AffineFit, MinimisesSquaresWhereNoPlaneFits)
{
    // Orthogonal design: each slope is half the difference of two means.
    // c+: ((6 + 5) - (1 - 4)) / 2 / 2 = 3.5;  c-: ((-4 + 5) - (1 + 6)) / 2 / 2 = -1.5
    const auto fit =
        fit_column(samples({{0, 0, 1}, {2, 0, 6}, {0, 2, -4}, {2, 2, 5}}), Branch::polarity);
    EXPECT_DOUBLE_EQ(fit.s_p, 3.5);
    EXPECT_DOUBLE_EQ(fit.s_n, 1.5);
}

TEST(AffineFit, DropsACountThatNeverChanged)
{
    const auto only_p = fit_column(samples({{0, 7, 0}, {1, 7, 1}, {2, 7, 3}}), Branch::polarity);
    EXPECT_TRUE(only_p.has_p);
    EXPECT_FALSE(only_p.has_n);
    EXPECT_FALSE(only_p.rank_deficient);
    EXPECT_DOUBLE_EQ(only_p.s_p, 1.5);
    const auto only_n = fit_column(samples({{7, 0, 0}, {7, 1, -1}, {7, 2, -3}}), Branch::polarity);
    EXPECT_FALSE(only_n.has_p);
    EXPECT_DOUBLE_EQ(only_n.s_n, 1.5);
}

TEST(AffineFit, ReportsWhatItCannotTellApart)
{
    const std::vector<ColumnSamples> deficient{
        samples({{5, 5, 0}, {5, 5, 9}}),                                // nothing moved
        samples({{0, 0, 0}, {1, 2, 3}, {2, 4, 6}, {10, 20, 30}}),       // c- is always twice c+
        samples({{0, 4000000, 1}, {4000000, 0, 2}, {1, 3999999, 0}})};  // large, and still exact
    for (const ColumnSamples& s : deficient) {
        const auto fit = fit_column(s, Branch::polarity);
        EXPECT_TRUE(fit.rank_deficient);
        EXPECT_FALSE(fit.has_p || fit.has_n);
        const QuantisedColumn q = quantise_nmpu(s, fit, 2.0, NmpuConfig{}, 0);
        EXPECT_EQ(q.nmpu, (nmpu::AffineWords{128, 128, 0, 0})) << "nominal scales, no offset";
        EXPECT_FALSE(q.scale_clipped() || q.offset_clipped());
    }
    const auto nearly = fit_column(
        samples({{0, 0, 0}, {1000, 2000, 3}, {2000, 4001, 6}, {7, 1, 2}}), Branch::polarity);
    EXPECT_FALSE(nearly.rank_deficient);
}

TEST(AffineFit, RegressesOneCountInTheOtherBranches)
{
    const auto s = samples({{5, 4, 3}, {5, 2, 9}, {9, 4, 15}});  // difference 1, 3, 5
    const auto difference = fit_column(s, Branch::difference);
    EXPECT_DOUBLE_EQ(difference.s_p, 3.0);
    EXPECT_FALSE(difference.has_n || difference.rank_deficient);
    const auto single = fit_column(samples({{-1, 9, 0}, {1, 2, 5}}), Branch::single);
    EXPECT_DOUBLE_EQ(single.s_p, 2.5);
    EXPECT_TRUE(fit_column(samples({{3, 3, 0}, {5, 5, 1}}), Branch::difference).rank_deficient);
    NmpuConfig f;
    f.branch = Branch::difference;
    EXPECT_EQ(quantise_nmpu(s, difference, 3.0, f, 0).nmpu, (nmpu::AffineWords{128, 0, 0, 0}));
}

TEST(AffineQuantise, RoundsScalesToTheNearestWordHalfToEven)
{
    const auto word = [](double s) {
        return quantise_nmpu(at_rest, scales(s, 0.0), 2.0, NmpuConfig{}, 0).nmpu.s_p;
    };
    EXPECT_EQ(word(3.0), 192) << "3 W x units at 2 per LSB is 1.5";
    EXPECT_EQ(word(2 * 100.5 / 128), 100);
    EXPECT_EQ(word(2 * 101.5 / 128), 102);
    EXPECT_EQ(word(2 * 101.49 / 128), 101);
    EXPECT_EQ(word(2 * 0.5 / 128), 0);
}

TEST(AffineQuantise, ClipsANegativeOrTooLargeScaleAndSaysSo)
{
    const auto negative = quantise_nmpu(at_rest, scales(-2.0, 1.0), 1.0, NmpuConfig{}, 0);
    EXPECT_EQ(negative.nmpu.s_p, 0);
    EXPECT_EQ(negative.nmpu.s_n, 128);
    EXPECT_TRUE(negative.scale_clipped());
    const auto large = quantise_nmpu(at_rest, scales(1.0, 2.0), 1.0, NmpuConfig{}, 0);
    EXPECT_EQ(large.nmpu.s_n, 255);
    EXPECT_TRUE(large.scale_clipped());
    const auto shifted = quantise_nmpu(at_rest, scales(1.0, 2.0), 1.0, NmpuConfig{}, 1);
    EXPECT_EQ(shifted.nmpu, (nmpu::AffineWords{64, 128, 0, 0})) << "e = 1 halves the words";
    EXPECT_FALSE(shifted.scale_clipped());
    const auto almost =
        quantise_nmpu(at_rest, scales(-0.5 / 128, 255.4 / 128), 1.0, NmpuConfig{}, 0);
    EXPECT_EQ(almost.nmpu, (nmpu::AffineWords{0, 255, 0, 0}));
    EXPECT_FALSE(almost.scale_clipped()) << "they round into the format";
}

TEST(AffineQuantise, SolvesTheOffsetAgainWithTheBitTrueLane)
{
    // s = 48/128. The lane cuts 48, 96, 144 by 5 bits to 1, 3, 4 quarters: mean 2/3 and not 3/4, so
    // 1/12 is missing, 1.33 steps of 1/16.
    NmpuConfig f;
    f.offset_fraction = 4;
    const auto s = samples({{1, 0, 3}, {2, 0, 6}, {3, 0, 9}});
    const auto fit = fit_column(s, Branch::polarity);
    EXPECT_EQ(quantise_nmpu(s, fit, 8.0, f, 0).nmpu, (nmpu::AffineWords{48, 128, 1, 0}));
    // A clipped scale leaves its mean to the offset: 2 * 10 - 255/128 * 10 cut to quarters = 0.25.
    const auto large = samples({{8, 0, 16}, {12, 0, 24}});
    const auto q = quantise_nmpu(large, fit_column(large, Branch::polarity), 1.0, f, 0);
    EXPECT_EQ(q.nmpu.s_p, 255);
    EXPECT_EQ(q.nmpu.o_p, 4) << "20 - (15.75 + 23.75) / 2 = 0.25";
}

TEST(AffineQuantise, ClipsTheOffsetAndSaysSo)
{
    const auto offset = [](std::int64_t ideal) {
        return quantise_nmpu(samples({{0, 0, ideal}}), scales(1.0, 1.0), 1.0, NmpuConfig{}, 0);
    };
    EXPECT_EQ(offset(63).nmpu.o_p, 126);
    EXPECT_FALSE(offset(63).offset_clipped());
    EXPECT_EQ(offset(64).nmpu.o_p, 127);
    EXPECT_TRUE(offset(64).offset_clipped());
    EXPECT_EQ(offset(-64).nmpu.o_p, -128);
    EXPECT_FALSE(offset(-64).offset_clipped());
    EXPECT_EQ(offset(-65).nmpu.o_p, -128);
    EXPECT_TRUE(offset(-65).offset_clipped());
}

TEST(AffineQuantise, GivesTheLdpuItsWordsWithoutARange)
{
    const auto s = samples({{0, 0, 5}, {1, 0, 8}, {0, 1, 3}, {2, 1, 9}});
    const auto q = quantise_ldpu(s, fit_column(s, Branch::polarity), 2.0, 2.0);
    EXPECT_EQ(q.ldpu.scale_p, ldpu::from_double(1.5));
    EXPECT_EQ(q.ldpu.scale_n, ldpu::from_double(1.0));
    EXPECT_EQ(q.ldpu.offset, ldpu::from_double(2.5));
    EXPECT_EQ(q.ldpu.gamma, ldpu::from_int(1));
    EXPECT_EQ(q.ldpu.beta, ldpu::from_int(0));
}

TEST(ScaleExponent, IsTheSmallestThatHolds98PercentOfTheColumns)
{
    const auto choose = [](int n_at_1, int n_at_4, int n_at_20, std::uint64_t& needing) {
        std::vector<AffineFit> fits;  // scales of 1, 4 (e >= 2) and 20 (e >= 4: 20/16 < 2)
        fits.insert(fits.end(), static_cast<std::size_t>(n_at_1), scales(1.0, 1.0));
        fits.insert(fits.end(), static_cast<std::size_t>(n_at_4), scales(1.0, 4.0));
        fits.insert(fits.end(), static_cast<std::size_t>(n_at_20), scales(20.0, 1.0));
        return choose_scale_exponent(fits, 1.0, NmpuConfig{}, needing);
    };
    std::uint64_t needing = 0;
    EXPECT_EQ(choose(100, 0, 0, needing), 0);
    EXPECT_EQ(needing, 0u);
    EXPECT_EQ(choose(98, 2, 0, needing), 0) << "98 % are enough";
    EXPECT_EQ(needing, 2u);
    EXPECT_EQ(choose(97, 3, 0, needing), 2) << "4.0 is 256/64: one step too large at e = 1";
    EXPECT_EQ(needing, 3u);
    EXPECT_EQ(choose(90, 8, 2, needing), 2);
    EXPECT_EQ(choose(90, 7, 3, needing), 4);
    EXPECT_EQ(needing, 10u);
    const std::vector<AffineFit> hopeless(10, scales(-1.0, 1.0));
    EXPECT_EQ(choose_scale_exponent(hopeless, 1.0, NmpuConfig{}, needing), 4) << "4 if none does";
    EXPECT_EQ(needing, 10u);
    EXPECT_EQ(choose_scale_exponent({scales(8.0, 1.0)}, 8.0, NmpuConfig{}, needing), 0)
        << "it is the scale in output LSB that must fit";
}

/// W x of -4 .. 4, a count each way, and a batch norm of 3/2 z + 5.
ColumnSamples normed()
{
    ColumnSamples s;
    for (int z = -4; z <= 4; ++z) {
        s.c_p.push_back(std::max(z, 0));
        s.c_n.push_back(std::max(-z, 0));
        s.ideal.push_back(z);
    }
    s.factor = 1.5;
    s.summand = 5.0;
    return s;
}

TEST(BatchNorm, IsFoldedIntoTheWordsOfTheNmpu)
{
    const ColumnSamples s = normed();
    const auto q = quantise_nmpu(s, fit_column(s, Branch::polarity), 2.0, NmpuConfig{}, 0);
    EXPECT_EQ(q.nmpu, (nmpu::AffineWords{96, 96, 5, 0})) << "3/4 and 5/2, in 1/128 and 1/2";
    const nmpu::Lane lane(NmpuConfig{}, 0, config::Activation::identity);
    EXPECT_EQ(lane.accumulate(4, 0, q.nmpu), 22) << "(1.5 * 4 + 5) / 2 = 5.5, in quarters";
}

TEST(BatchNorm, HasWordsOfItsOwnInTheLdpu)
{
    const ColumnSamples s = normed();
    const auto w = quantise_ldpu(s, fit_column(s, Branch::polarity), 2.0, 4.0).ldpu;
    EXPECT_EQ(ldpu::to_double(w.scale_p), 0.25) << "counts to units of 4";
    EXPECT_EQ(ldpu::to_double(w.offset), 0.0);
    EXPECT_EQ(ldpu::to_double(w.gamma), 3.0) << "and those to output LSB of 2";
    EXPECT_EQ(ldpu::to_double(w.beta), 2.5);
    EXPECT_EQ(ldpu::to_double(ldpu::process_column(w, 4, 0, {}).t), 5.5);
}

TEST(Offsets, ASecondWordTakesWhatTheFirstCannotHold)
{
    ColumnSamples s = normed();
    NmpuConfig two;
    two.offsets = 2;
    const auto words = [&](double summand) {
        s.summand = summand;
        return quantise_nmpu(s, fit_column(s, Branch::polarity), 1.0, two, 0);
    };
    EXPECT_EQ(words(20.0).nmpu, (nmpu::AffineWords{192, 192, 40, 0}));
    EXPECT_EQ(words(100.0).nmpu, (nmpu::AffineWords{192, 192, 127, -73})) << "200 half LSB";
    EXPECT_EQ(words(-100.0).nmpu, (nmpu::AffineWords{192, 192, -128, 72}));
    EXPECT_TRUE(words(127.5).misfits.empty() && words(-127.5).misfits.empty());
    EXPECT_EQ(words(200.0).misfits.at(0).given, 127.5);
    EXPECT_EQ(words(-200.0).nmpu, (nmpu::AffineWords{192, 192, -128, 127}));
}

TEST(BatchNorm, KeepsItsSummandWhereNothingIsToBeFitted)
{
    ColumnSamples dead;
    dead.c_p = dead.c_n = {3, 3, 3};
    dead.ideal = {0, 0, 0};
    dead.factor = 2.0;
    dead.summand = 5.0;
    const AffineFit fit = fit_column(dead, Branch::polarity);
    EXPECT_TRUE(fit.rank_deficient);
    EXPECT_EQ(quantise_nmpu(dead, fit, 2.0, NmpuConfig{}, 0).nmpu.o_p, 5) << "5 / 2, in halves";
    EXPECT_EQ(ldpu::to_double(quantise_ldpu(dead, fit, 2.0, 2.0).ldpu.beta), 2.5);
}

TEST(Methods, NominalLooksAtNoAnswerAndBatchNormAtMomentsAlone)
{
    using config::CalibrationMethod;
    // every count is 10 too high and stands for 2 by design, which is one output LSB
    ColumnSamples s = samples({{10, 0, 0}, {11, 0, 2}, {14, 0, 8}});
    s.nominal = 2.0;
    ColumnSamples shuffled = s;
    shuffled.ideal = {8, 0, 2};
    ColumnSamples others = s;
    others.ideal = {-300, 7, 90};
    const auto words = [](const ColumnSamples& of, CalibrationMethod method) {
        return quantise_nmpu(of, fit_column(of, Branch::polarity, method), 2.0, NmpuConfig{}, 0)
            .nmpu;
    };
    const auto raw = words(s, CalibrationMethod::nominal);
    EXPECT_EQ(raw, (nmpu::AffineWords{128, 128, 0, 0})) << "the offset stays";
    EXPECT_EQ(words(others, CalibrationMethod::nominal), raw);
    const auto cured = words(s, CalibrationMethod::batch_norm);
    EXPECT_EQ(cured, (nmpu::AffineWords{128, 128, -20, 0})) << "-10 LSB, in halves";
    EXPECT_EQ(words(shuffled, CalibrationMethod::batch_norm), cured);
    EXPECT_EQ(words(s, CalibrationMethod::least_squares).o_p, -20);
    const auto halves = [&](CalibrationMethod method) {
        return quantise_ldpu(s, fit_column(s, Branch::polarity, method), 2.0, 2.0).ldpu;
    };
    EXPECT_EQ(ldpu::to_double(halves(CalibrationMethod::nominal).offset), 0.0);
    EXPECT_EQ(ldpu::to_double(halves(CalibrationMethod::batch_norm).offset), -10.0);
}

TEST(Misfits, AreListedWithWhatWasWanted)
{
    ColumnSamples s = normed();
    s.summand = 500.0;
    const auto q = quantise_nmpu(s, fit_column(s, Branch::polarity), 0.5, NmpuConfig{}, 0);
    ASSERT_EQ(q.misfits.size(), 3u);
    EXPECT_EQ(q.misfits[0].word, "s_p");
    EXPECT_EQ(q.misfits[1].word, "s_n");
    EXPECT_EQ(q.misfits[0].wanted, 3.0);
    EXPECT_EQ(q.misfits[0].given, 255.0 / 128);
    EXPECT_EQ(q.misfits[2].word, "o");
    EXPECT_EQ(q.misfits[2].wanted, 1000.0) << "the mean of the counts is the same both ways";
    EXPECT_EQ(q.misfits[2].given, 63.5);
    EXPECT_TRUE(q.scale_clipped() && q.offset_clipped());
    EXPECT_TRUE(quantise_nmpu(normed(), fit_column(normed(), Branch::polarity), 2.0, {}, 0)
                    .misfits.empty());
}

}  // namespace
}  // namespace aimc::calibration
