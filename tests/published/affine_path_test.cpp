// SPDX-License-Identifier: Apache-2.0
// The sanity run of the affine path (facts 5.1; ours, not a publication's): 256 x 256, weights
// N(0, 1/3) clipped, uniform inputs, no PCM noise, four phases that floor and clip at 427, gain
// sd 7.09 % cut at 21 %, offset sd 2 counts, `charge`. Calibrated on 2,048 vectors, tested on 2,048
// others; error relative to the ideal, saturated, unrounded product.
//
// In a four-phase read of ours c+ and c- share one curve per column. The run's "independent" case
// gives each its own, so here c+ is taken from a chip with the columns' positive curves and c- from
// the same array behind their negative ones. Its float affine ends in a whole output, too: without
// that its 2.18 and 1.27 % would be 2.04 and 1.03 %.
#include "aimc/calibration/affine_fit.h"
#include "aimc/calibration/calibrate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <vector>

namespace {

using namespace aimc;
using calibration::ColumnSamples;

constexpr int vectors = 2048;

config::TileConfig sanity_tile(double g_max_uS)
{
    config::TileConfig c;
    c.read.mode = config::ReadMode::four_phase;
    c.device.g_max_uS = g_max_uS;
    c.adc.curves = config::CurveSource::parametric;
    c.adc.integration = config::Integration::charge;
    c.adc.full_scale_uA = 427.0 / (128 * 0.035);  // 427 counts per phase
    c.adc.parametric.s_shape_counts = 0.0;        // the run lists gain and offset alone
    c.adc.parametric.polarity_correlation = 0.0;
    c.calibration.count = vectors;
    c.workload.mvms = vectors;
    return c;
}

/// What every column showed over some vectors.
using Played = std::vector<ColumnSamples>;

/// What c- has to itself. The run adds an offset once per polarity, our ADC once per conversion.
enum class OfTheirOwn { nothing, offset, gain_and_offset };

/// A chip for c+, and the same array behind other curves for c-.
struct Bench {
    config::TileConfig config;
    config::Workload work;
    mvm::Chip chip, other;
    Matrix<std::int8_t> calibration_inputs;
};

Bench make_bench(double g_max_uS, OfTheirOwn own)
{
    Bench b;
    b.config = sanity_tile(g_max_uS);
    b.work = config::make_workload(b.config);
    b.chip = mvm::make_chip(b.config, calibration::cell_targets(b.config, b.work));
    b.other = b.chip;
    for (std::size_t c = 0; c < b.config.cols; ++c) {
        auto& pos = b.chip.curves.columns[c];
        auto& neg = b.other.curves.columns[c];
        if (own == OfTheirOwn::gain_and_offset) { neg.pos = neg.neg; }
        if (own != OfTheirOwn::nothing) {
            pos.offset_pos /= 2.0;  // two phases make one offset
            neg.offset_pos = neg.offset_neg / 2.0;
        }
    }
    config::TileConfig again = b.config;
    again.seed.read = 2;
    b.calibration_inputs = config::make_workload(again).inputs;
    return b;
}

Played play(const Bench& b, const Matrix<std::int8_t>& inputs)
{
    const mvm::ReadPath pos(b.config, b.chip);
    const mvm::ReadPath neg(b.config, b.other);
    const std::size_t cols = b.config.cols;
    std::vector<std::int32_t> p(cols), n(cols), unused(cols);
    std::vector<std::int64_t> ideal(cols);
    mvm::ReadPath::Scratch scratch;
    Played played(cols);
    for (std::size_t k = 0; k < inputs.rows(); ++k) {
        pos.read(inputs.row(k), {k, false}, scratch, p.data(), unused.data());
        neg.read(inputs.row(k), {k, false}, scratch, unused.data(), n.data());
        calibration::ideal_product(b.work.layers[0], inputs.row(k), ideal.data());
        for (std::size_t c = 0; c < cols; ++c) {
            played[c].c_p.push_back(p[c]);
            played[c].c_n.push_back(n[c]);
            played[c].ideal.push_back(ideal[c]);
        }
    }
    return played;
}

/// 99.9 % of |W x| on 127.
double output_lsb(const Played& played)
{
    std::vector<std::int64_t> all;
    for (const auto& s : played) {
        for (const std::int64_t t : s.ideal) { all.push_back(std::abs(t)); }
    }
    const auto at = all.begin() + static_cast<std::ptrdiff_t>((all.size() * 999 + 999) / 1000 - 1);
    std::nth_element(all.begin(), at, all.end());
    return static_cast<double>(*at) / 127.0;
}

double saturated(double y) { return std::clamp(y, -127.0, 127.0); }

/// |y - ref| / |ref| over all columns and vectors [%]; y is asked for (column, sample).
template <class Output>
double error_percent(const Played& test, double y_lsb, Output&& output)
{
    double error = 0.0;
    double size = 0.0;
    for (std::size_t c = 0; c < test.size(); ++c) {
        for (std::size_t k = 0; k < test[c].ideal.size(); ++k) {
            const double ref = saturated(static_cast<double>(test[c].ideal[k]) / y_lsb);
            const double d = output(c, k) - ref;
            error += d * d;
            size += ref * ref;
        }
    }
    return 100.0 * std::sqrt(error / size);
}

/// A fit in output LSB, unlimited precision.
struct FloatAffine {
    double s_p, s_n, o;
    double operator()(const ColumnSamples& s, std::size_t k) const
    {
        return s_p * s.c_p[k] - s_n * s.c_n[k] + o;
    }
};

FloatAffine float_affine(const ColumnSamples& s, const calibration::AffineFit& fit, double y_lsb)
{
    double rest = 0.0;
    for (std::size_t k = 0; k < s.ideal.size(); ++k) {
        rest += static_cast<double>(s.ideal[k]) - fit.s_p * s.c_p[k] + fit.s_n * s.c_n[k];
    }
    const double n = static_cast<double>(s.ideal.size());
    return {fit.s_p / y_lsb, fit.s_n / y_lsb, rest / n / y_lsb};
}

struct Errors {
    double common, unrounded, rounded;  ///< [%] one scale for all; float affine, whole outputs
    std::array<double, 5> fixed;        ///< [%] cut 7, 6, 5, 4, 0 of the product, no rounding bits
    double least_s, most_s, most_o;     ///< what was fitted
};
constexpr std::array<int, 5> cuts{7, 6, 5, 4, 0};

double fixed_point_error(const Bench& b, const Played& calibration_run, const Played& test,
                         const std::vector<calibration::AffineFit>& fits, double y_lsb, int cut)
{
    config::NmpuConfig format = b.config.nmpu;
    format.cut = cut;
    const nmpu::Lane lane(format, 0, config::Activation::identity);
    std::vector<nmpu::AffineWords> words;
    for (std::size_t c = 0; c < fits.size(); ++c) {
        const auto q = calibration::quantise_nmpu(calibration_run[c], fits[c], y_lsb, format, 0);
        EXPECT_FALSE(q.scale_clipped() || q.offset_clipped()) << "column " << c;
        words.push_back(q.nmpu);
    }
    return error_percent(test, y_lsb, [&](std::size_t c, std::size_t k) {
        return static_cast<double>(lane.compute(test[c].c_p[k], test[c].c_n[k], words[c]).y);
    });
}

/// One scale for all columns, both polarities, by least squares.
double common_scale(const Played& played, double y_lsb)
{
    double ct = 0.0;
    double cc = 0.0;
    for (const auto& s : played) {
        for (std::size_t k = 0; k < s.ideal.size(); ++k) {
            const double net = s.c_p[k] - s.c_n[k];
            ct += net * static_cast<double>(s.ideal[k]) / y_lsb;
            cc += net * net;
        }
    }
    return ct / cc;
}

Errors sanity_run(const Bench& b, const char* name)
{
    const Played seen = play(b, b.calibration_inputs);
    const Played test = play(b, b.work.inputs);
    const double y_lsb = output_lsb(seen);
    std::vector<calibration::AffineFit> fits;
    std::vector<FloatAffine> affine;
    Errors e{};
    e.least_s = 1e9;
    for (const auto& column : seen) {
        fits.push_back(calibration::fit_column(column, config::Branch::polarity));
        affine.push_back(float_affine(column, fits.back(), y_lsb));
        e.least_s = std::min({e.least_s, affine.back().s_p, affine.back().s_n});
        e.most_s = std::max({e.most_s, affine.back().s_p, affine.back().s_n});
        e.most_o = std::max(e.most_o, std::fabs(affine.back().o));
    }
    const auto by_affine = [&](std::size_t c, std::size_t k) { return affine[c](test[c], k); };
    e.unrounded = error_percent(
        test, y_lsb, [&](std::size_t c, std::size_t k) { return saturated(by_affine(c, k)); });
    e.rounded = error_percent(test, y_lsb, [&](std::size_t c, std::size_t k) {
        return std::nearbyint(saturated(by_affine(c, k)));
    });
    const double one = common_scale(seen, y_lsb);
    e.common = error_percent(test, y_lsb, [&](std::size_t c, std::size_t k) {
        return saturated(one * (test[c].c_p[k] - test[c].c_n[k]));
    });
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        e.fixed[i] = fixed_point_error(b, seen, test, fits, y_lsb, cuts[i]);
    }
    std::printf(
        "figure: %.2f uS, %s: float affine %.2f %% unrounded, %.2f %% rounded; cut 7 6 5 4 0: "
        "%.2f %.2f %.2f %.2f %.2f %%; one common scale %.1f %%; s %.2f .. %.2f, o +-%.1f\n",
        *b.config.device.g_max_uS, name, e.unrounded, e.rounded, e.fixed[0], e.fixed[1], e.fixed[2],
        e.fixed[3], e.fixed[4], e.common, e.least_s, e.most_s, e.most_o);
    return e;
}

struct Trial {
    double g_max_uS, affine, common_shared;  ///< [uS], [%], [%]
    std::array<double, 5> fixed;             ///< [%] in the order of `cuts`
};
void PrintTo(const Trial& trial, std::ostream* out) { *out << trial.g_max_uS << " uS"; }
constexpr Trial one_device{10.35, 2.18, 13.0, {2.53, 2.35, 2.26, 2.23, 2.22}};
constexpr Trial two_devices{20.7, 1.27, 8.5, {1.76, 1.54, 1.41, 1.37, 1.36}};

void expect_as_in(const Trial& trial, const Errors& e)
{
    EXPECT_NEAR(e.rounded, trial.affine, 0.3);
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        EXPECT_NEAR(e.fixed[i], trial.fixed[i], 0.3) << "cut " << cuts[i];
        if (i > 0) { EXPECT_LT(e.fixed[i], e.fixed[i - 1]) << "cut " << cuts[i]; }
    }
}

class AffinePath : public testing::TestWithParam<Trial> {};

TEST_P(AffinePath, OwnCurvePerPolarity)
{
    const Bench b = make_bench(GetParam().g_max_uS, OfTheirOwn::gain_and_offset);
    const Errors e = sanity_run(b, "own curve per polarity");
    expect_as_in(GetParam(), e);
    EXPECT_GT(e.common, 50.0) << "the trial: 50 to 60 %";
    EXPECT_LT(e.common, 60.0);
}

TEST_P(AffinePath, SharedGain)
{
    const Bench b = make_bench(GetParam().g_max_uS, OfTheirOwn::offset);
    const Errors e = sanity_run(b, "shared gain, own offsets");
    expect_as_in(GetParam(), e);
    EXPECT_NEAR(e.common, GetParam().common_shared, 1.0);
}

/// The tile as it is; its own calibration must arrive at the words that were judged.
TEST_P(AffinePath, SharedCurveOfTheTile)
{
    Bench b = make_bench(GetParam().g_max_uS, OfTheirOwn::nothing);
    expect_as_in(GetParam(), sanity_run(b, "shared curve"));

    b.config.calibration.vectors = config::CalibrationVectors::representative;
    b.work.calibration_inputs = b.calibration_inputs;
    const auto words = calibration::calibrate(b.config, b.chip, b.work, best_simd_level());
    const Played seen = play(b, b.calibration_inputs);
    const double y_lsb = output_lsb(seen);
    EXPECT_DOUBLE_EQ(words[0].y_lsb, y_lsb);
    for (std::size_t c = 0; c < seen.size(); ++c) {
        const auto fit = calibration::fit_column(seen[c], config::Branch::polarity);
        const auto q = calibration::quantise_nmpu(seen[c], fit, y_lsb, b.config.nmpu, 0);
        ASSERT_EQ(words[0].words.nmpu[c], q.nmpu) << "column " << c;
    }
}

INSTANTIATE_TEST_SUITE_P(Facts51, AffinePath, testing::Values(one_device, two_devices),
                         [](const auto& trial) {
                             return trial.param.g_max_uS < 20.0 ? "OneDevice" : "TwoDevices";
                         });

}  // namespace
