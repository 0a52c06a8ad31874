// SPDX-License-Identifier: Apache-2.0
// A layer of more rows than a tile has: partial sums that go from tile to tile through the residual
// port end in the integers of one tile that is tall enough.
#include "aimc/network/layer_unit.h"

#include "support/figure.h"
#include "support/small_networks.h"
#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace aimc::network {
namespace {

using config::Activation;
using config::ReadMode;

constexpr std::size_t n_cols = 16;
constexpr std::size_t n_vectors = 10000;
constexpr int one = 128;  ///< s = 1.0

/// The tile of configs/tile/ideal_256.json: c+ - c- = W x, partial sum = 4 (W x + residual / 4).
config::TileConfig ideal_tile(ReadMode mode, std::size_t rows)
{
    config::TileConfig c = test::tiny_tile();
    c.rows = rows;
    c.cols = n_cols;
    c.read.mode = mode;
    c.nmpu.residual_fraction = 2;
    c.nmpu.partial_fraction = 2;
    return c;
}

/// What left the last tile.
struct Left {
    std::vector<std::int32_t> y, sums;
    LayerEvents events;
};

/// All vectors through one layer on tiles of `tile_rows` rows, with scales of 1 and no offset.
Left run_on(ReadMode mode, std::size_t tile_rows, const config::Network& net,
            const Matrix<std::int8_t>& x, const std::vector<std::int16_t>& residual,
            std::size_t links)
{
    const config::TileConfig tile = ideal_tile(mode, tile_rows);
    Wiring wiring = test::plain_wiring(net, tile_rows, n_cols, tile.nmpu.residual_fraction);
    Step& step = wiring.program.steps[0];
    step.partial_out = false;
    if (!residual.empty()) { step.residual = 0; }
    const LayerPlan& plan = wiring.plan.layers[0];
    EXPECT_EQ(plan.links, links);
    const auto layers = place_layers(wiring);
    const Tiles tiles(tile, wiring, layers, best_simd_level(), 1);
    LayerWords words;
    for (std::size_t b = 0; b < plan.blocks.size(); ++b) {
        words.blocks.push_back(port_words(step, b, plan.links));
        words.blocks.back().nmpu.assign(n_cols, {one, one, 0, 0});
    }
    const LayerUnit unit(tile, wiring, tiles, 0, words);
    Left out;
    out.y.resize(x.rows() * n_cols);
    out.sums.resize(x.rows() * n_cols);
    LayerScratch scratch;
    unit.run(x.row(0), x.rows(), residual.empty() ? nullptr : residual.data(), {0, false}, scratch,
             out.y.data(), out.sums.data(), nullptr, out.events);
    return out;
}

struct Case {
    config::Network net;
    Matrix<std::int8_t> x;
    std::vector<std::int16_t> residual;
};

/// How many rows of a vector are driven, and how hard at most.
struct Kind {
    std::size_t driven;
    int most;
};

/// Sums that fit the port, |W x| < 8192: large inputs and weights of one step, or large weights and
/// inputs that are small, few, or a single one.
Case random_case(std::size_t rows, std::size_t n, bool large_inputs, bool residual,
                 Activation activation, std::uint64_t seed)
{
    test::Dice dice(seed);
    test::NetworkMaker make({rows, 1, 1});
    make.linear(0, n_cols, activation);
    config::NetworkNode& node = make.network.nodes[0];
    const int weight = large_inputs ? 1 : 63;
    for (auto& code : node.codes.data()) {
        code = static_cast<std::int16_t>(dice.roll(-weight, weight));
    }
    node.step.assign(n_cols, 1.0);
    node.factor.assign(n_cols, 1.0);
    Case out{make.network, Matrix<std::int8_t>(n, rows), {}};
    for (std::size_t k = 0; k < n; ++k) {
        const Kind kind = k % 4 == 0     ? Kind{4, large_inputs ? 30 : 1}  // y within its range
                          : large_inputs ? Kind{rows, 100}
                          : k % 4 == 1   ? Kind{rows, 1}
                          : k % 4 == 2   ? Kind{64, 8}
                                         : Kind{1, 127};
        for (std::size_t d = 0; d < kind.driven; ++d) {
            const auto r = static_cast<std::size_t>(dice.roll(0, static_cast<int>(rows) - 1));
            out.x.row(k)[r] = static_cast<std::int8_t>(dice.roll(-kind.most, kind.most));
        }
    }
    for (std::size_t i = 0; residual && i < n * n_cols; ++i) {
        out.residual.push_back(static_cast<std::int16_t>(dice.roll(-600, 600)));
    }
    return out;
}

/// Half to even of a quarter.
int quarter(std::int64_t sum)
{
    return static_cast<int>(std::nearbyint(static_cast<double>(sum) / 4));
}

void expect_exact(const Case& c, const Left& run)
{
    const config::NetworkNode& node = c.net.nodes[0];
    const int low = node.activation == Activation::relu ? 0 : -127;
    std::size_t wrong = 0;
    std::size_t inside = 0;
    for (std::size_t k = 0; k < c.x.rows(); ++k) {
        std::vector<std::int64_t> sum(n_cols, 0);
        for (std::size_t r = 0; r < c.x.cols(); ++r) {
            for (std::size_t j = 0; j < n_cols; ++j) {
                sum[j] += 4 * c.x.row(k)[r] * node.codes.row(r)[j];
            }
        }
        for (std::size_t j = 0; j < n_cols; ++j) {
            const std::size_t at = k * n_cols + j;
            if (!c.residual.empty()) { sum[j] += c.residual[at]; }
            const int y = std::clamp(quarter(sum[j]), low, 127);
            wrong += run.sums[at] != sum[j] || run.y[at] != y;
            inside += std::abs(run.y[at]) < 127 && run.y[at] != 0;
        }
    }
    EXPECT_EQ(wrong, 0U);
    EXPECT_GT(inside, c.x.rows()) << "outputs are all at the ends of their range";
}

class RowSplit : public testing::TestWithParam<ReadMode> {};

TEST_P(RowSplit, EqualsOneTallTile)
{
    for (const std::size_t links : {2U, 3U, 4U}) {
        std::size_t differing = 0;
        std::size_t vectors = 0;
        std::uint64_t clipped = 0;
        for (const bool large_inputs : {false, true}) {
            for (const bool residual : {false, true}) {
                const auto activation = residual ? Activation::relu : Activation::identity;
                const std::size_t rows = 256 * links - (residual ? 55 : 0);  // pieces that differ
                const Case c = random_case(rows, n_vectors / 4, large_inputs, residual, activation,
                                           links * 10 + large_inputs);
                const Left split = run_on(GetParam(), 256, c.net, c.x, c.residual, links);
                const Left tall = run_on(GetParam(), 256 * links, c.net, c.x, c.residual, 1);
                expect_exact(c, tall);
                for (std::size_t i = 0; i < split.y.size(); ++i) {
                    differing += split.y[i] != tall.y[i] || split.sums[i] != tall.sums[i];
                }
                vectors += c.x.rows();
                clipped += split.events.words_clipped;
                EXPECT_EQ(split.events.mvms, c.x.rows() * links);
            }
        }
        EXPECT_EQ(differing, 0U) << links << " tiles";
        EXPECT_EQ(clipped, 0U) << "the sums must fit the port for this to be a test";
        const std::string name = "row_split_" + std::to_string(links);
        test::figure(name + "_vectors", static_cast<double>(vectors), 0);
        test::figure(name + "_outputs_differing", static_cast<double>(differing), 0);
    }
}
INSTANTIATE_TEST_SUITE_P(BothReadModes, RowSplit,
                         testing::Values(ReadMode::one_phase, ReadMode::four_phase),
                         [](const auto& mode) {
                             return mode.param == ReadMode::one_phase ? "one_phase" : "four_phase";
                         });

TEST(RowSplitPort, HoldsWhatDoesNotFitAndCountsIt)
{
    test::NetworkMaker make({512, 1, 1});
    make.linear(0, n_cols);
    config::NetworkNode& node = make.network.nodes[0];
    for (std::size_t r = 0; r < 512; ++r) {
        // 256 x 33 x 1 = 8448 beyond the port, 32 inside; the second tile takes it back
        std::fill(node.codes.row(r), node.codes.row(r) + n_cols,
                  static_cast<std::int16_t>(r < 256 ? 1 : -1));
    }
    node.step.assign(n_cols, 1.0);
    node.factor.assign(n_cols, 1.0);
    Matrix<std::int8_t> x(2, 512);
    std::fill(x.row(0), x.row(0) + 512, std::int8_t{33});
    std::fill(x.row(1), x.row(1) + 512, std::int8_t{31});
    const Left split = run_on(ReadMode::four_phase, 256, make.network, x, {}, 2);
    EXPECT_EQ(split.events.words_clipped, n_cols);
    for (std::size_t j = 0; j < n_cols; ++j) {
        EXPECT_EQ(split.sums[j], 32767 - 4 * 8448);
        EXPECT_EQ(split.sums[n_cols + j], 0);
    }
}

}  // namespace
}  // namespace aimc::network
