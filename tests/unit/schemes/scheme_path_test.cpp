// SPDX-License-Identifier: Apache-2.0
#include "aimc/schemes/scheme_path.h"

#include "support/pim_tile.h"
#include "unit/schemes/plain_scheme.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <vector>

namespace {

using namespace aimc;
using config::Scheme;
using test::pim_inputs;
using test::pim_tile;
using test::pim_weights;

constexpr Scheme all_schemes[] = {Scheme::native, Scheme::differential, Scheme::bit_serial};

struct Result {
    std::vector<std::int32_t> c_p, c_n;
    std::vector<int> steps;
    converters::AdcEvents events;
    friend bool operator==(const Result& a, const Result& b)
    {
        return a.c_p == b.c_p && a.c_n == b.c_n && a.steps == b.steps &&
               a.events.conversions == b.events.conversions &&
               a.events.over_range == b.events.over_range;
    }
};

/// @param at_once  reads per call
Result read_all(const schemes::SchemePath& path, const Matrix<std::int8_t>& x,
                crossbar::ReadId first, std::size_t at_once)
{
    const std::size_t n = x.rows();
    Result r{std::vector<std::int32_t>(n * path.cols(), -1),
             std::vector<std::int32_t>(n * path.cols(), -1),
             std::vector<int>(n, -1),
             {}};
    schemes::SchemePath::Scratch scratch;
    for (std::size_t k = 0; k < n; k += at_once) {
        path.read_batch(x.row(k), x.cols(), std::min(at_once, n - k),
                        {first.read + k, first.calibration}, scratch,
                        r.c_p.data() + k * path.cols(), r.c_n.data() + k * path.cols(),
                        r.steps.data() + k, r.events);
    }
    return r;
}

Result read_plain(const config::TileConfig& c, const Matrix<std::int16_t>& w,
                  const crossbar::Window& window, const Matrix<std::int8_t>& x,
                  crossbar::ReadId first)
{
    const auto rows = crossbar::range_or_all(window.rows, c.rows);
    const auto cols = crossbar::range_or_all(window.cols, c.cols);
    test::PlainScheme plain(c, w, rows, cols);
    const std::size_t n = x.rows();
    Result r{std::vector<std::int32_t>(n * cols.size()),
             std::vector<std::int32_t>(n * cols.size()),
             std::vector<int>(n),
             {}};
    for (std::size_t k = 0; k < n; ++k) {
        r.steps[k] = plain.read(x.row(k), {first.read + k, first.calibration},
                                r.c_p.data() + k * cols.size(), r.c_n.data() + k * cols.size());
    }
    r.events.conversions = plain.conversions;
    r.events.over_range = plain.over_range;
    return r;
}

int one_of(std::mt19937& random, int from, int to)
{
    return std::uniform_int_distribution<>(from, to)(random);
}

/// Any tile whose words fit, with or without errors and noise.
config::TileConfig any_tile(std::mt19937& random)
{
    config::TileConfig c;
    do {
        c = pim_tile(all_schemes[one_of(random, 0, 2)],
                     static_cast<std::size_t>(one_of(random, 1, 60)),
                     static_cast<std::size_t>(one_of(random, 1, 40)));
        c.index = static_cast<std::uint16_t>(one_of(random, 0, 9));
        c.pim.weight_bits = one_of(random, 2, 9);
        c.pim.input_bits = one_of(random, 1, 7);
        c.pim.slice_bits = one_of(random, 1, c.pim.input_bits);
        c.pim.bits = one_of(random, 2, 12);
        if (one_of(random, 0, 3) > 0) { c.pim.group_size = one_of(random, 1, 70); }
        if (one_of(random, 0, 1) > 0) { c.pim.range_share = 0.01 * one_of(random, 5, 100); }
        if (one_of(random, 0, 1) > 0) {
            c.pim.gain_sd = 0.05;
            c.pim.offset_sd_lsb = 2.04;
        }
        if (one_of(random, 0, 1) > 0) { c.pim.sigma_lsb = 0.35; }
        if (one_of(random, 0, 3) == 0) { c.nmpu.branch = config::Branch::single; }
    } while (config::count_bits(c) > 30);
    return c;
}

config::Range any_range(std::size_t size, std::mt19937& random)
{
    const int from = one_of(random, 0, static_cast<int>(size) - 1);
    const int to = one_of(random, from + 1, static_cast<int>(size));
    return {static_cast<std::size_t>(from), static_cast<std::size_t>(to)};
}

TEST(SchemePath, IsThePlainLoopOnAnyTileWindowAndInput)
{
    std::mt19937 random(5);
    std::uint64_t clipped = 0;
    for (int trial = 0; trial < 300; ++trial) {
        const config::TileConfig c = any_tile(random);
        const auto w = pim_weights(c, random);
        crossbar::Window window;
        if (one_of(random, 0, 1) > 0) {
            window = {any_range(c.rows, random), any_range(c.cols, random)};
        }
        const auto rows = crossbar::range_or_all(window.rows, c.rows);
        auto x = pim_inputs(c, 20, rows.size(), one_of(random, 0, 1) > 0, random);
        std::fill_n(x.row(3), x.cols(), std::int8_t{0});
        for (std::size_t r = 0; r < x.cols(); ++r) {  // one sign: a single pass
            x.row(1)[r] = static_cast<std::int8_t>(-std::abs(x.row(1)[r]));
            x.row(2)[r] = static_cast<std::int8_t>(std::abs(x.row(2)[r]));
        }
        const crossbar::ReadId first{static_cast<std::uint64_t>(one_of(random, 0, 1 << 20)),
                                     one_of(random, 0, 3) == 0};
        const Result expected = read_plain(c, w, window, x, first);
        clipped += expected.events.over_range;
        for (const SimdLevel simd : simd_levels()) {
            const schemes::SchemePath path(c, w, simd, window);
            for (const std::size_t at_once : {std::size_t{20}, std::size_t{7}, std::size_t{1}}) {
                ASSERT_TRUE(read_all(path, x, first, at_once) == expected)
                    << "trial " << trial << ", " << to_string(simd) << ", " << at_once
                    << " reads at once, scheme " << static_cast<int>(c.pim.scheme);
            }
        }
    }
    EXPECT_GT(clipped, 0U) << "no trial met the end of a converter";
}

TEST(SchemePath, NoiseTooLargeForNearNormalsIsStillExact)
{
    std::mt19937 random(6);
    for (const Scheme scheme : all_schemes) {
        config::TileConfig c = pim_tile(scheme, 20, 32);
        c.pim.bits = 16;
        c.pim.sigma_lsb = 1000.0;  // near normals are off by codes' halves: one in 500 is in doubt
        const auto w = pim_weights(c, random);
        const auto x = pim_inputs(c, 100, c.rows, true, random);
        const Result expected = read_plain(c, w, {}, x, {});
        for (const SimdLevel simd : simd_levels()) {
            EXPECT_TRUE(read_all(schemes::SchemePath(c, w, simd), x, {}, 16) == expected);
        }
    }
}

TEST(SchemePath, ATieOfAnIdealConverterGoesToTheEvenCode)
{
    config::TileConfig c = pim_tile(Scheme::differential, 144, 1);  // F = 15120, 127 codes
    Matrix<std::int16_t> w(144, 1, std::int16_t{7});
    Matrix<std::int8_t> x(1, 144, std::int8_t{0});
    std::fill_n(x.row(0), 72, std::int8_t{15});  // s = 7560 = 63.5 codes, of which 119.06 are one
    const Result r = read_all(schemes::SchemePath(c, w), x, {}, 1);
    EXPECT_EQ(r.c_p[0], 64);
    EXPECT_EQ(r.c_n[0], 0);
}

TEST(SchemePath, CalibrationReadsHaveNoiseOfTheirOwn)
{
    std::mt19937 random(7);
    config::TileConfig c = pim_tile(Scheme::bit_serial, 64, 64);
    c.pim.sigma_lsb = 0.35;
    const auto w = pim_weights(c, random);
    const auto x = pim_inputs(c, 4, c.rows, false, random);
    const schemes::SchemePath path(c, w);
    const Result run = read_all(path, x, {0, false}, 4);
    EXPECT_NE(run.c_p, read_all(path, x, {0, true}, 4).c_p);
    EXPECT_NE(run.c_p, read_all(path, x, {4, false}, 4).c_p) << "another read";
    c.seed.read = 2;
    EXPECT_NE(run.c_p, read_all(schemes::SchemePath(c, w), x, {0, false}, 4).c_p);
}

TEST(SchemePath, ChipsDifferByDeviceSeedAndTileNotByReadSeed)
{
    std::mt19937 random(8);
    config::TileConfig c = pim_tile(Scheme::native, 64, 64);
    c.pim.gain_sd = 0.024;
    c.pim.offset_sd_lsb = 2.04;
    const auto w = pim_weights(c, random);
    const auto x = pim_inputs(c, 4, c.rows, true, random);
    const Result first = read_all(schemes::SchemePath(c, w), x, {}, 4);
    c.seed.read = 2;
    EXPECT_TRUE(read_all(schemes::SchemePath(c, w), x, {}, 4) == first);
    c.index = 1;
    EXPECT_FALSE(read_all(schemes::SchemePath(c, w), x, {}, 4) == first);
    c.index = 0;
    c.seed.device = 2;
    EXPECT_FALSE(read_all(schemes::SchemePath(c, w), x, {}, 4) == first);
}

TEST(SchemePath, RefusesWeightsThatDoNotFitTheTile)
{
    const config::TileConfig c = pim_tile(Scheme::native, 4, 4);
    Matrix<std::int16_t> w(4, 4);
    EXPECT_NO_THROW(schemes::SchemePath(c, w));
    w(WordLine{2}, BitLine{1}) = -8;
    EXPECT_THROW(schemes::SchemePath(c, w), std::invalid_argument);
    EXPECT_THROW(schemes::SchemePath(c, Matrix<std::int16_t>(4, 5)), std::invalid_argument);
    EXPECT_THROW(
        schemes::SchemePath(c, Matrix<std::int16_t>(4, 4), best_simd_level(), {{0, 5}, {}}),
        std::invalid_argument);
}

}  // namespace
