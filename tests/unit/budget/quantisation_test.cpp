// SPDX-License-Identifier: Apache-2.0
// Quantisation against calculations that share no code with the tile: with everything else off the
// error is the quantisation alone.
#include "aimc/budget/error_budget.h"
#include "aimc/calibration/calibrate.h"

#include "budget_tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace aimc::budget {
namespace {

using config::TileConfig;
using config::Workload;
using test::budget_tile;
using test::part_of;

Budget budget_of(const TileConfig& c) { return error_budget(c, config::make_workload(c), {}); }

/// Sums of one error figure, by the definition and by nothing else.
struct Sums {
    double error2 = 0.0, ref2 = 0.0, n = 0.0;
    void add(double y, double ref)
    {
        error2 += (y - ref) * (y - ref);
        ref2 += ref * ref;
        n += 1.0;
    }
    double rel() const { return std::sqrt(error2 / ref2); }
    double rmse() const { return std::sqrt(error2 / n); }
};

double saturated(double y) { return std::clamp(y, -127.0, 127.0); }

/// Error of the ideal product rounded to whole LSB.
Sums rounding_of_the_ideal(const Workload& work, double y_lsb)
{
    Sums sums;
    std::vector<std::int64_t> ideal(work.layers[0].weights.cols());
    for (std::size_t k = 0; k < work.inputs.rows(); ++k) {
        calibration::ideal_product(work.layers[0], work.inputs.row(k), ideal.data());
        for (const std::int64_t t : ideal) {
            const double exact = static_cast<double>(t) / y_lsb;
            sums.add(saturated(std::nearbyint(exact)), saturated(exact));
        }
    }
    return sums;
}

TEST(Quantisation, WithAFineCounterQuantisationIsTheRoundingOfTheIdeal)
{
    const TileConfig c = budget_tile();
    const auto layer = budget_of(c).layers.front();
    const Sums expected = rounding_of_the_ideal(config::make_workload(c), layer.y_lsb);
    EXPECT_NEAR(layer.quantisation_only.rel_l2, expected.rel(), 1e-6);
    EXPECT_NEAR(layer.quantisation_only.rmse_lsb, expected.rmse(), 1e-6);
    EXPECT_EQ(part_of(layer, Source::quantisation).alone, layer.quantisation_only);
    EXPECT_LT(layer.none.rmse_lsb, 1e-9);
}

/// Source: facts page on the NMPU, section 5.1: 256 x 256, weights N(0, 1/3), 99.9 % of |y| on
/// +-127; plain rounding of the ideal to int8 alone gives 0.75 %.
TEST(Quantisation, RoundingOfTheIdealAloneGivesThreeQuartersOfAPercent)
{
    TileConfig c = budget_tile();
    c.rows = c.cols = 256;
    c.nmpu.lanes = 64;
    c.calibration.count = 512;
    c.workload.mvms = 128;
    const auto layer = budget_of(c).layers.front();
    std::printf("rounding of the ideal alone: %.3f %%, published set-up 0.75 %%\n",
                100.0 * layer.quantisation_only.rel_l2);
    EXPECT_NEAR(100.0 * layer.quantisation_only.rel_l2, 0.75, 0.015);
}

/// Counts of an ideal four-phase tile, straight from the definition.
struct Counted {
    std::vector<std::vector<double>> p, n, ideal;  ///< [cols][vectors]
};

Counted count(const Workload& work, const Matrix<std::int8_t>& inputs, double counts_per_step)
{
    const auto& w = work.layers[0].weights;
    Counted out;
    for (auto* to : {&out.p, &out.n, &out.ideal}) { to->resize(w.cols()); }
    for (std::size_t k = 0; k < inputs.rows(); ++k) {
        for (std::size_t c = 0; c < w.cols(); ++c) {
            double phase[4] = {0, 0, 0, 0};  // PP, PN, NP, NN
            double t = 0.0;
            for (std::size_t r = 0; r < w.rows(); ++r) {
                const int x = inputs.row(k)[r];
                const int weight = w.row(r)[c];
                phase[2 * (x < 0) + (weight < 0)] += std::abs(x * weight);
                t += x * weight;
            }
            for (double& sum : phase) { sum = std::floor(sum * counts_per_step + 0x1p-10); }
            out.p[c].push_back(phase[0] + phase[3]);
            out.n[c].push_back(phase[1] + phase[2]);
            out.ideal[c].push_back(t);
        }
    }
    return out;
}

/// Least squares of t on (p, n, 1) by centred normal equations.
struct Plane {
    double p, n, o;
};
Plane plane(const std::vector<double>& p, const std::vector<double>& n,
            const std::vector<double>& t)
{
    const auto mean = [](const std::vector<double>& v) {
        double sum = 0.0;
        for (const double x : v) { sum += x; }
        return sum / static_cast<double>(v.size());
    };
    const double mp = mean(p);
    const double mn = mean(n);
    const double mt = mean(t);
    double pp = 0, nn = 0, pn = 0, pt = 0, nt = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        pp += (p[i] - mp) * (p[i] - mp);
        nn += (n[i] - mn) * (n[i] - mn);
        pn += (p[i] - mp) * (n[i] - mn);
        pt += (p[i] - mp) * (t[i] - mt);
        nt += (n[i] - mn) * (t[i] - mt);
    }
    const double d = pp * nn - pn * pn;
    const double a = (pt * nn - nt * pn) / d;
    const double b = (nt * pp - pt * pn) / d;
    return {a, b, mt - a * mp - b * mn};
}

TEST(Quantisation, WithACoarseCounterQuantisationIsFloorAndRounding)
{
    TileConfig c = budget_tile();
    c.read.mode = config::ReadMode::four_phase;
    c.adc.gain_MHz_per_uA = 50000.0 / 256;  // one count is 256 steps
    c.adc.count_bits = 12;
    const Workload work = config::make_workload(c);
    const auto layer = budget_of(c).layers.front();
    const auto vectors = calibration::ideal_calibration_inputs(c, work).front();
    const Counted cal = count(work, vectors, 1.0 / 256);
    const Counted run = count(work, work.inputs, 1.0 / 256);
    Sums expected;
    for (std::size_t i = 0; i < c.cols; ++i) {
        const Plane f = plane(cal.p[i], cal.n[i], cal.ideal[i]);
        for (std::size_t k = 0; k < run.p[i].size(); ++k) {
            const double y = (f.p * run.p[i][k] + f.n * run.n[i][k] + f.o) / layer.y_lsb;
            expected.add(saturated(std::nearbyint(y)), saturated(run.ideal[i][k] / layer.y_lsb));
        }
    }
    EXPECT_NEAR(layer.quantisation_only.rmse_lsb, expected.rmse(), 1e-4);
    EXPECT_GT(layer.quantisation_only.rmse_lsb, 0.3);  // more than the rounding of y
    EXPECT_LT(layer.none.rmse_lsb, 0.01);
}

}  // namespace
}  // namespace aimc::budget
