// SPDX-License-Identifier: Apache-2.0
// The AMS error at the neuron's output (row 7 of the acceptance table; the formulas are recalled,
// see the facts' sheet), measured on what a whole tile's counters show.
#include "aimc/calibration/calibrate.h"
#include "aimc/converters/ams_error.h"
#include "aimc/mvm/analog_path.h"

#include "support/figure.h"
#include "support/small_work.h"
#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

using namespace aimc;
using converters::sd_total;
using converters::sd_vmac;
using test::figure;

constexpr std::size_t vectors = 10000;
constexpr std::size_t cols = 8;
constexpr double sd_tolerance = 0.02;

/// A tile whose counters resolve far less than the error: 31,750 counts a product.
config::TileConfig ams_tile()
{
    config::TileConfig c = test::tiny_tile();
    c.rows = 16;
    c.cols = cols;
    c.device.g_max_uS = 25.4;  // twice as many steps of 100 nS; weight 127 is g_max
    c.crossbar.g_map = config::GMap::as_given;
    c.adc.model = config::AdcModel::ams;
    return c;
}

config::TileConfig with(double enob, int n_mult, double fixed_share = 0.0)
{
    config::TileConfig c = ams_tile();
    c.adc.ams.enob = enob;
    c.adc.ams.n_mult = n_mult;
    c.adc.ams.n_total = 1024;
    c.adc.ams.fixed_share = fixed_share;
    return c;
}

/// Errors of `n` vectors read one after the other, in units of weight x input: with the model, less
/// the same tile's exact counts.
class Errors {
public:
    Errors(config::TileConfig c, std::size_t n)
        : c_(c), targets_(test::random_targets(c, dice_)), x_(n, c.rows)
    {
        // no vector twice: their fixed errors are to be as many
        for (auto& x : x_.data()) { x = static_cast<std::int8_t>(dice_.roll(-127, 127)); }
        const double unit = converters::ams_counts_per_unit(c, *c.device.g_max_uS, 1.0);
        with_ = counts(c, 0);
        c.adc.model = config::AdcModel::oscillator;
        exact_ = counts(c, 0);
        for (std::size_t i = 0; i < with_.size(); ++i) {
            values.push_back((with_[i] - exact_[i]) / unit);
        }
    }
    double sd() const
    {
        double sum2 = 0.0;
        for (const double e : values) { sum2 += e * e; }
        return std::sqrt(sum2 / static_cast<double>(values.size()));
    }
    /// The same vectors at later reads.
    std::vector<double> repeated() const { return counts(c_, x_.rows()); }
    const std::vector<double>& once() const { return with_; }
    const std::vector<double>& exact() const { return exact_; }

    std::vector<double> values;

private:
    std::vector<double> counts(const config::TileConfig& c, std::uint64_t first) const
    {
        const mvm::AnalogPath path(c, mvm::make_chip(c, targets_));
        mvm::AnalogPath::Scratch scratch;
        std::vector<std::int32_t> p(x_.rows() * c.cols), n(p.size());
        path.read_batch(x_.row(0), c.rows, x_.rows(), {first, false}, scratch, p.data(), n.data());
        EXPECT_EQ(scratch.events.saturated, 0U);
        std::vector<double> all;
        for (std::size_t i = 0; i < p.size(); ++i) { all.push_back(double(p[i]) - n[i]); }
        return all;
    }

    test::Dice dice_{5};
    config::TileConfig c_;
    device::CellTargets targets_;
    Matrix<std::int8_t> x_;
    std::vector<double> with_, exact_;
};

TEST(AmsError, PrintedStandardDeviations)
{
    struct Row {
        double enob, vmac, at_8, at_64, at_256;
    };
    for (const Row& r :
         {Row{8, 0.01804, 0.2041, 0.5774, 1.1547}, Row{10, 0.00451, 0.0510, 0.1443, 0.2887},
          Row{12, 0.00113, 0.0128, 0.0361, 0.0722}}) {
        EXPECT_NEAR(sd_vmac(r.enob, 8), r.vmac, sd_tolerance * r.vmac);
        EXPECT_NEAR(sd_total(r.enob, 8, 1024), r.at_8, sd_tolerance * r.at_8);
        EXPECT_NEAR(sd_total(r.enob, 64, 1024), r.at_64, sd_tolerance * r.at_64);
        EXPECT_NEAR(sd_total(r.enob, 256, 1024), r.at_256, sd_tolerance * r.at_256);
    }
}

TEST(AmsError, CountersShowTheSdOfTenBitsAndEightProducts)
{
    const double sd = Errors(with(10, 8), vectors).sd();
    figure("sd_vmac", sd_vmac(10, 8), 5);
    figure("sd_total", sd);
    EXPECT_NEAR(sd, 0.0510, sd_tolerance * 0.0510);
    EXPECT_NEAR(sd, sd_total(10, 8, 1024), sd_tolerance * 0.0510);
}

TEST(AmsError, OneMoreBitHalvesItAndFourTimesTheProductsMakeUpForIt)
{
    const double sd = Errors(with(10, 8), vectors).sd();
    const double half = Errors(with(11, 8), vectors).sd();
    const double same = Errors(with(11, 32), vectors).sd();
    figure("sd_11_bit_over_10_bit", half / sd);
    figure("sd_11_bit_32_products_over_10_bit_8", same / sd);
    EXPECT_NEAR(half / sd, 0.5, sd_tolerance * 0.5);
    EXPECT_NEAR(same / sd, 1.0, sd_tolerance);
}

TEST(AmsError, ProductsAreTheWordLinesOfAColumnUnlessGiven)
{
    config::TileConfig c = with(10, 8);
    c.adc.ams.n_total.reset();
    const double sd = Errors(c, vectors).sd();
    figure("sd_of_16_word_lines", sd, 5);
    EXPECT_NEAR(sd, sd_total(10, 8, 16), sd_tolerance * sd);
}

TEST(AmsError, ItsFixedPartComesBackWithTheVector)
{
    const Errors fixed(with(10, 8, 1.0), 400);
    EXPECT_EQ(fixed.repeated(), fixed.once());
    EXPECT_NEAR(fixed.sd(), sd_total(10, 8, 1024), 0.1 * fixed.sd()) << "other vectors differ";
    const Errors random(with(10, 8, 0.0), 400);
    EXPECT_NE(random.repeated(), random.once());
}

TEST(AmsError, AHalfFixedShareHalvesTheVarianceBetweenRepeats)
{
    const Errors both(with(10, 8, 0.5), vectors);
    const double unit = converters::ams_counts_per_unit(ams_tile(), 25.4, 1.0);
    const auto again = both.repeated();
    double moved2 = 0.0;
    double shared = 0.0;
    for (std::size_t i = 0; i < again.size(); ++i) {
        const double later = (again[i] - both.exact()[i]) / unit;
        moved2 += (later - both.values[i]) * (later - both.values[i]);
        shared += later * both.values[i];
    }
    const double variance = both.sd() * both.sd();
    const auto n = static_cast<double>(again.size());
    figure("variance_between_repeats_over_all", moved2 / n / 2.0 / variance);
    figure("covariance_of_repeats_over_all", shared / n / variance);
    EXPECT_NEAR(both.sd(), 0.0510, sd_tolerance * 0.0510);
    EXPECT_NEAR(moved2 / n / 2.0 / variance, 0.5, 0.02);
    EXPECT_NEAR(shared / n / variance, 0.5, 0.02);
}

// One signed word, four phases and the batched and single forms: the same error in all of them.
TEST(AmsError, DoesNotDependOnHowTheTileIsRead)
{
    config::TileConfig c = with(10, 8, 0.5);
    const auto plain = Errors(c, 200).values;
    c.nmpu.branch = config::Branch::single;
    EXPECT_EQ(Errors(c, 200).values, plain);
    c.nmpu.branch = config::Branch::polarity;
    c.adc.integration = config::Integration::charge;
    EXPECT_EQ(Errors(c, 200).values, plain);
    c.read.mode = config::ReadMode::four_phase;
    EXPECT_EQ(Errors(c, 200).values, plain);
}

}  // namespace
