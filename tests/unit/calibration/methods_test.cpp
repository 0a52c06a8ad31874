// SPDX-License-Identifier: Apache-2.0
// The ways to an affine map of a column beside least squares: by design, and with mean and variance
// brought back afterwards; what each of them cures.
#include "aimc/calibration/affine_fit.h"

#include "support/small_work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace aimc::calibration {
namespace {

using config::Branch;
using config::CalibrationMethod;

constexpr CalibrationMethod all_methods[] = {
    CalibrationMethod::least_squares, CalibrationMethod::nominal, CalibrationMethod::batch_norm,
    CalibrationMethod::least_squares_batch_norm};
constexpr Branch all_branches[] = {Branch::polarity, Branch::difference, Branch::single};
constexpr double nominal = 4.0;  // W x per count

/// A column's counts: gain * (W x / nominal) + offset + noise, with another gain below zero.
struct Column {
    double gain_p = 1.0, gain_n = 1.0, offset = 0.0;
    double noise = 0.0;  ///< [counts] half width of an even spread
};

ColumnSamples seen_of(const Column& column, Branch branch, int n = 2000)
{
    test::Dice dice(9);
    ColumnSamples s;
    s.nominal = nominal;
    for (int k = 0; k < n; ++k) {
        const int ideal = 4 * dice.roll(-700, 900);  // not about zero
        const double noise = column.noise * dice.roll(-1000, 1000) / 1000.0;
        const double line = ideal / nominal * (ideal >= 0 ? column.gain_p : column.gain_n);
        const auto count = static_cast<std::int32_t>(std::lround(line + column.offset + noise));
        s.ideal.push_back(ideal);
        s.c_p.push_back(branch == Branch::single ? count : std::max(count, 0));
        s.c_n.push_back(branch == Branch::single ? 0 : std::max(-count, 0));
    }
    return s;
}

/// Errors of the fitted map over the samples, in units of W x.
struct Errors {
    double mean = 0.0, rms = 0.0, rho = 0.0;
};
Errors errors_of(const ColumnSamples& s, const AffineFit& fit, Branch branch)
{
    const auto n = static_cast<double>(s.ideal.size());
    Errors e;
    double y1 = 0, y2 = 0, t1 = 0, t2 = 0;
    for (std::size_t k = 0; k < s.ideal.size(); ++k) {
        const double s_n = branch == Branch::difference ? fit.s_p : fit.s_n;
        const double y = fit.s_p * s.c_p[k] - s_n * s.c_n[k] + fit.o;
        const auto t = static_cast<double>(s.ideal[k]);
        e.mean += (y - t) / n;
        e.rms += (y - t) * (y - t) / n;
        y1 += y / n;
        y2 += y * y / n;
        t1 += t / n;
        t2 += t * t / n;
    }
    e.rms = std::sqrt(e.rms);
    e.rho = std::sqrt((y2 - y1 * y1) / (t2 - t1 * t1));
    return e;
}

Errors errors_by(CalibrationMethod method, const Column& column, Branch branch)
{
    const ColumnSamples s = seen_of(column, branch);
    return errors_of(s, fit_column(s, branch, method), branch);
}

TEST(CalibrationMethods, NominalIsTheDesignWhateverWasSeen)
{
    for (const Branch branch : all_branches) {
        for (const Column& column : {Column{}, Column{1.3, 0.7, 20.0, 5.0}}) {
            const AffineFit fit =
                fit_column(seen_of(column, branch), branch, CalibrationMethod::nominal);
            EXPECT_EQ(fit.s_p, nominal);
            EXPECT_EQ(fit.s_n, branch == Branch::polarity ? nominal : 0.0);
            EXPECT_EQ(fit.o, 0.0);
            EXPECT_TRUE(fit.has_p);
            EXPECT_EQ(fit.has_n, branch == Branch::polarity);
            EXPECT_FALSE(fit.rank_deficient);
        }
    }
}

TEST(CalibrationMethods, AllLeaveAColumnWithoutErrorsAlone)
{
    for (const Branch branch : all_branches) {
        for (const CalibrationMethod method : all_methods) {
            const Errors e = errors_by(method, {}, branch);
            EXPECT_NEAR(e.rms, 0.0, 1e-9);
        }
    }
}

TEST(CalibrationMethods, AllButTheDesignCureGainAndOffset)
{
    const Column column{0.8, 0.8, 25.0, 0.0};
    for (const Branch branch : {Branch::difference, Branch::single}) {
        EXPECT_GT(errors_by(CalibrationMethod::nominal, column, branch).rms, 90.0);
        for (const CalibrationMethod method :
             {CalibrationMethod::least_squares, CalibrationMethod::batch_norm,
              CalibrationMethod::least_squares_batch_norm}) {
            const Errors e = errors_by(method, column, branch);
            EXPECT_LT(e.rms, 0.4 * nominal / column.gain_p) << "rounding to counts: 0.29 of one";
            EXPECT_NEAR(e.mean, 0.0, 1e-6);
        }
    }
    const AffineFit fit =
        fit_column(seen_of(column, Branch::single), Branch::single, CalibrationMethod::batch_norm);
    EXPECT_NEAR(fit.s_p, nominal / 0.8, 0.001 * nominal);
    EXPECT_NEAR(fit.o, -25.0 * nominal / 0.8, 1.0);
}

TEST(CalibrationMethods, OnlyLeastSquaresTellTwoPolaritiesApart)
{
    const Column column{1.2, 0.8, 0.0, 0.0};
    const auto rms = [&](CalibrationMethod method) {
        return errors_by(method, column, Branch::polarity).rms;
    };
    EXPECT_LT(rms(CalibrationMethod::least_squares), 2.0);
    EXPECT_LT(rms(CalibrationMethod::least_squares_batch_norm), 2.0);
    EXPECT_GT(rms(CalibrationMethod::batch_norm), 100.0) << "one stretch for both words";
    EXPECT_LT(rms(CalibrationMethod::batch_norm), rms(CalibrationMethod::nominal));
}

TEST(CalibrationMethods, BatchNormBringsMeanAndVarianceBackThatNoiseAddsAndLeastSquaresShrink)
{
    const Column column{0.9, 0.9, -10.0, 400.0};
    for (const Branch branch : all_branches) {
        const Errors raw = errors_by(CalibrationMethod::nominal, column, branch);
        const Errors squares = errors_by(CalibrationMethod::least_squares, column, branch);
        EXPECT_GT(std::fabs(raw.mean), 10.0);
        EXPECT_LT(squares.rho, 0.95);
        for (const CalibrationMethod method :
             {CalibrationMethod::batch_norm, CalibrationMethod::least_squares_batch_norm}) {
            const Errors e = errors_by(method, column, branch);
            EXPECT_NEAR(e.rho, 1.0, 1e-9);
            EXPECT_NEAR(e.mean, 0.0, 1e-6);
            EXPECT_GT(e.rms, squares.rms) << "nothing is closer than least squares";
        }
    }
}

TEST(CalibrationMethods, WhatNeverMovedKeepsItsScale)
{
    ColumnSamples s = seen_of({}, Branch::polarity, 10);
    s.c_p.assign(10, 0);
    s.c_n.assign(10, 0);
    const AffineFit by_moments = fit_column(s, Branch::polarity, CalibrationMethod::batch_norm);
    EXPECT_EQ(by_moments.s_p, nominal);
    EXPECT_EQ(by_moments.o, 0.0);
    EXPECT_FALSE(by_moments.rank_deficient);
    const AffineFit squares =
        fit_column(s, Branch::polarity, CalibrationMethod::least_squares_batch_norm);
    EXPECT_TRUE(squares.rank_deficient);
    EXPECT_EQ(squares.s_p, 0.0);
}

TEST(CalibrationMethods, AColumnOfNothingLosesItsNoise)
{
    ColumnSamples s = seen_of({1.0, 1.0, 3.0, 10.0}, Branch::single, 100);
    s.ideal.assign(100, 0);
    const AffineFit fit = fit_column(s, Branch::single, CalibrationMethod::batch_norm);
    EXPECT_EQ(fit.s_p, 0.0);
    EXPECT_NEAR(fit.o, 0.0, 1e-9);
}

TEST(CalibrationMethods, ABatchNormOfTheLayerGoesOnTop)
{
    ColumnSamples s = seen_of({0.8, 0.8, 25.0, 0.0}, Branch::single);
    const AffineFit plain = fit_column(s, Branch::single, CalibrationMethod::batch_norm);
    s.factor = -0.5;
    s.summand = 100.0;
    const AffineFit fit = fit_column(s, Branch::single, CalibrationMethod::batch_norm);
    EXPECT_EQ(fit.s_p, plain.s_p);
    EXPECT_EQ(fit.o, plain.o);
    EXPECT_DOUBLE_EQ(fit.scale_p(), -0.5 * plain.s_p);
    EXPECT_DOUBLE_EQ(fit.offset(), -0.5 * plain.o + 100.0);
}

TEST(CalibrationMethods, SayWhatComesBeforeABatchNorm)
{
    using Method = CalibrationMethod;
    EXPECT_EQ(before_batch_norm(Method::batch_norm), Method::nominal);
    EXPECT_EQ(before_batch_norm(Method::least_squares_batch_norm), Method::least_squares);
    for (const Method method : {Method::least_squares, Method::fixed, Method::nominal}) {
        EXPECT_EQ(before_batch_norm(method), method);
        EXPECT_FALSE(has_batch_norm(method));
    }
    EXPECT_TRUE(has_batch_norm(Method::batch_norm));
    EXPECT_TRUE(has_batch_norm(Method::least_squares_batch_norm));
}

TEST(MatchMoments, OverAChainTheSumIsRightAndItsPartsKeepTheirShares)
{
    const ColumnSamples first = seen_of({0.8, 0.8, 25.0, 30.0}, Branch::polarity);
    ColumnSamples second = seen_of({1.1, 1.1, -40.0, 30.0}, Branch::polarity);
    std::reverse(second.ideal.begin(), second.ideal.end());
    std::reverse(second.c_p.begin(), second.c_p.end());
    std::reverse(second.c_n.begin(), second.c_n.end());
    AffineFit a = fit_column(first, Branch::polarity, CalibrationMethod::nominal);
    AffineFit b = fit_column(second, Branch::polarity, CalibrationMethod::nominal);
    match_moments({&first, &second}, {&a, &b}, Branch::polarity);
    EXPECT_DOUBLE_EQ(a.s_p, b.s_p) << "one stretch for all tiles";
    EXPECT_NE(a.s_p, nominal);
    EXPECT_EQ(a.o, 0.0) << "the last tile takes the offset";
    EXPECT_GT(std::fabs(b.o), 1.0);
    double mean = 0.0, square = 0.0, mean_t = 0.0, square_t = 0.0;
    const auto n = static_cast<double>(first.ideal.size());
    for (std::size_t k = 0; k < first.ideal.size(); ++k) {
        const double y = a.s_p * first.c_p[k] - a.s_n * first.c_n[k] + a.o + b.s_p * second.c_p[k] -
                         b.s_n * second.c_n[k] + b.o;
        const auto t = static_cast<double>(first.ideal[k] + second.ideal[k]);
        mean += y / n;
        square += y * y / n;
        mean_t += t / n;
        square_t += t * t / n;
    }
    EXPECT_NEAR(mean, mean_t, 1e-6);
    EXPECT_NEAR(square - mean * mean, square_t - mean_t * mean_t, 1e-6 * square_t);
}

TEST(MatchMoments, OfOneColumnIsThatOfFitColumn)
{
    for (const Branch branch : all_branches) {
        const ColumnSamples s = seen_of({0.7, 0.9, 5.0, 50.0}, branch);
        AffineFit fit = fit_column(s, branch, CalibrationMethod::nominal);
        match_moments({&s}, {&fit}, branch);
        const AffineFit whole = fit_column(s, branch, CalibrationMethod::batch_norm);
        EXPECT_EQ(fit.s_p, whole.s_p);
        EXPECT_EQ(fit.s_n, whole.s_n);
        EXPECT_EQ(fit.o, whole.o);
    }
}

TEST(CalibrationMethods, WhereNothingWasSeenTheDesignStands)
{
    // c- never changes; one count is 250 units of W x by design, one LSB of the output 500
    ColumnSamples samples;
    samples.nominal = 250.0;
    samples.trusts_design = true;
    for (int k = 0; k < 8; ++k) {
        samples.c_p.push_back(k);
        samples.c_n.push_back(0);
        samples.ideal.push_back(240 * k + 10);
    }
    const AffineFit fit = fit_column(samples, config::Branch::polarity);
    EXPECT_DOUBLE_EQ(fit.s_p, 240.0);
    EXPECT_DOUBLE_EQ(fit.s_n, 250.0);
    EXPECT_FALSE(fit.rank_deficient);
    config::NmpuConfig format;
    const ScaledColumn words = quantise_scales(samples, fit, 500.0, format, 0);
    EXPECT_EQ(words.words.s_n, 64) << "0.5 with 7 bits of fraction";
    EXPECT_TRUE(words.misfits.empty());
}

}  // namespace
}  // namespace aimc::calibration
