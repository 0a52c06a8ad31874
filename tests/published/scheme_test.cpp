// SPDX-License-Identifier: Apache-2.0
// PIM conversion schemes: lossless resolutions and conversions, the ideal quantiser, thermal noise,
// effective bits.
// Source: PIM-QAT (arXiv 2209.08617) for group sizes and 7 bits. Recalled, no text confirms it:
// 0.35 LSB of noise. Derived: all figures below, from the reconstructed definitions
// (aimc/schemes/scheme.h); the paper's equations and accuracy tables were not available.
#include "aimc/schemes/scheme.h"

#include "aimc/schemes/scheme_path.h"

#include "support/even_tile.h"
#include "support/figure.h"
#include "support/pim_tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace {

using namespace aimc;
using config::Scheme;
using test::even_inputs;
using test::even_tile;
using test::figure;
using test::pim_inputs;
using test::pim_tile;
using test::pim_weights;
using test::products;
using test::read_all;
using test::rms;

// ---- lossless resolutions and conversions ------------------------------------------------------

struct LosslessCase {
    Scheme scheme;
    int group_size, slice_bits;
    std::int64_t levels;
    int bits;
};
constexpr Scheme nat = Scheme::native, dif = Scheme::differential, ser = Scheme::bit_serial;
constexpr LosslessCase lossless[] = {
    {nat, 9, 1, 127, 7},      {dif, 9, 1, 64, 6},       {ser, 9, 1, 10, 4},
    {nat, 9, 4, 1891, 11},    {dif, 9, 4, 946, 10},     {ser, 9, 4, 136, 8},
    {nat, 72, 1, 1009, 10},   {dif, 72, 1, 505, 9},     {ser, 72, 1, 73, 7},
    {nat, 144, 1, 2017, 11},  {dif, 144, 1, 1009, 10},  {ser, 144, 1, 145, 8},
    {nat, 144, 4, 30241, 15}, {dif, 144, 4, 15121, 14}, {ser, 144, 4, 2161, 12},
};

config::TileConfig tile_of(const LosslessCase& of, int bits)
{
    config::TileConfig c = pim_tile(of.scheme, 144, 32);
    c.pim.group_size = of.group_size;
    c.pim.slice_bits = of.slice_bits;
    c.pim.bits = bits;
    return c;
}

TEST(PimSchemes, LevelsAndLosslessBitsOfTheTable)
{
    for (const auto& of : lossless) {
        const config::PimConfig pim = tile_of(of, 7).pim;
        EXPECT_EQ(schemes::levels(pim), of.levels);
        EXPECT_EQ(schemes::lossless_bits(pim), of.bits);
    }
}

TEST(PimSchemes, AtLosslessBitsAllEqualTheIntegerProduct)
{
    std::mt19937 random(1);
    std::uint64_t compared = 0;
    for (const auto& of : lossless) {
        const config::TileConfig c = tile_of(of, of.bits);
        const auto w = pim_weights(c, random);
        for (const bool is_signed : {false, true}) {
            auto x = pim_inputs(c, 40, c.rows, is_signed, random);
            std::fill_n(x.row(0), x.cols(), std::int8_t{15});  // the ends of the range
            const auto sums = read_all(c, w, x);
            EXPECT_EQ(sums, products(w, x)) << of.bits << " bits";
            compared += sums.data().size();
        }
    }
    figure("lossless_outputs_equal", static_cast<double>(compared), 0);
}

TEST(PimSchemes, OneBitBelowLosslessIsNotExact)
{
    std::mt19937 random(2);
    for (const auto& of : lossless) {
        const config::TileConfig c = tile_of(of, of.bits - 1);
        const auto w = pim_weights(c, random);
        auto x = pim_inputs(c, 40, c.rows, true, random);
        EXPECT_FALSE(read_all(c, w, x) == products(w, x)) << of.bits - 1 << " bits";
    }
}

TEST(PimSchemes, ConversionsOfAThreeByThreeLayerOf16Channels)
{
    const auto conversions = [](Scheme scheme, int slice_bits) {
        config::PimConfig pim = pim_tile(scheme, 144, 1).pim;
        pim.slice_bits = slice_bits;
        return schemes::conversions_per_output(pim, 144);
    };
    EXPECT_EQ(conversions(nat, 4), 16U);
    EXPECT_EQ(conversions(dif, 4), 2U);
    EXPECT_EQ(conversions(ser, 4), 4U);
    EXPECT_EQ(conversions(nat, 1), 64U);
    EXPECT_EQ(conversions(dif, 1), 8U);
    EXPECT_EQ(conversions(ser, 1), 16U);
    // and a read makes as many
    for (const Scheme scheme : {nat, dif, ser}) {
        const config::TileConfig c = pim_tile(scheme, 144, 5);
        const Matrix<std::int8_t> x(1, 144, std::int8_t{1});
        std::vector<std::int32_t> p(5), n(5);
        schemes::SchemePath::Scratch scratch;
        converters::AdcEvents events;
        schemes::SchemePath(c, Matrix<std::int16_t>(144, 5))
            .read_batch(x.row(0), 144, 1, {}, scratch, p.data(), n.data(), nullptr, events);
        EXPECT_EQ(events.conversions, 5 * conversions(scheme, 4));
    }
}

// ---- quantisation and thermal noise ------------------------------------------------------------

/// Differences of codes and their analog values.
std::vector<double> errors_to_analog(const config::TileConfig& c, const Matrix<std::int8_t>& x)
{
    const auto sums = read_all(c, test::even_weights(c), x);
    std::vector<double> errors;
    for (std::size_t k = 0; k < x.rows(); ++k) {
        for (std::size_t col = 0; col < c.cols; ++col) {
            errors.push_back(sums.row(k)[col] - test::analog_lsb(x.row(k)));
        }
    }
    return errors;
}

TEST(PimSchemes, IdealSevenBitsErrByAQuarterOfAnLsbAndABit)
{
    const config::TileConfig c = even_tile(1);
    ASSERT_DOUBLE_EQ(schemes::step(c.pim), test::units_per_lsb);
    const double error = rms(errors_to_analog(c, even_inputs(63.5)));
    figure("ideal_7_bit_rms_lsb", error);
    EXPECT_NEAR(error, 0.2887, 0.01 * 0.2887);
}

TEST(PimSchemes, ThermalNoiseAddsToTheRmsError)
{
    config::TileConfig c = even_tile(32);
    c.pim.sigma_lsb = 0.35;
    const double error = rms(errors_to_analog(c, even_inputs(58.0)));
    figure("noisy_rms_lsb", error);
    EXPECT_NEAR(error, 0.4537, 0.01 * 0.4537);
    const double expected[][2] = {
        {0.10, 0.306}, {0.20, 0.351}, {0.35, 0.454}, {0.50, 0.577}, {1.00, 1.041}};
    for (const auto& [sigma, to_analog] : expected) {
        EXPECT_NEAR(schemes::rms_to_analog(sigma), to_analog, 5e-4);
    }
}

/// Share of wrong codes of lossless converters, whose inputs are whole codes.
double wrong_code_rate(double sigma_lsb)
{
    std::mt19937 random(3);
    config::TileConfig c = pim_tile(nat, 9, 256);
    c.pim.bits = 12;
    c.pim.sigma_lsb = sigma_lsb;
    const auto w = pim_weights(c, random);
    const auto x = pim_inputs(c, 2000, c.rows, false, random);
    const auto sums = read_all(c, w, x);
    const auto exact = products(w, x);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < sums.data().size(); ++i) {
        wrong += sums.data()[i] != exact.data()[i];
    }
    return static_cast<double>(wrong) / static_cast<double>(sums.data().size());
}

TEST(PimSchemes, WrongCodesOnCodeCentres)
{
    const double strong = wrong_code_rate(0.35);
    const double weak = wrong_code_rate(0.2);
    figure("wrong_codes_percent_at_0.35", 100.0 * strong, 2);
    figure("wrong_codes_percent_at_0.2", 100.0 * weak, 2);
    EXPECT_NEAR(strong, 0.153, 0.005);
    EXPECT_NEAR(weak, 0.0124, 0.0006);  // four standard errors of 512,000 conversions
    EXPECT_EQ(wrong_code_rate(0.0), 0.0);
    const double expected[][2] = {{0.20, 0.0124}, {0.35, 0.153}, {0.50, 0.317}, {1.00, 0.617}};
    for (const auto& [sigma, share] : expected) {
        EXPECT_NEAR(schemes::wrong_code_probability(sigma), share, 5e-4);
    }
    EXPECT_NEAR(schemes::wrong_code_probability(0.10), 5.7e-7, 0.05e-7);
    EXPECT_EQ(schemes::wrong_code_probability(0.0), 0.0);
}

// ---- effective bits
// ------------------------------------------------------------------------------

TEST(PimSchemes, EffectiveBitsOfANoisyConverter)
{
    figure("effective_bits", schemes::effective_bits(7, 0.35), 3);
    EXPECT_NEAR(schemes::effective_bits(7, 0.35), 6.35, 0.02);
    EXPECT_EQ(schemes::effective_bits(7, 0.0), 7.0);
    EXPECT_EQ(schemes::suggested_training_bits(7, 0.35), 6);
    EXPECT_EQ(schemes::suggested_training_bits(7, 0.0), 7);
    const double expected[][2] = {
        {0.10, 0.082}, {0.20, 0.283}, {0.35, 0.652}, {0.50, 1.000}, {1.00, 1.850}};
    for (const auto& [sigma, lost] : expected) {
        EXPECT_NEAR(schemes::resolution_lost(sigma), lost, 5e-4);
    }
}

}  // namespace
