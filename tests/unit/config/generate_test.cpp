// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/npy.h"
#include "aimc/config/workload.h"

#include "input_files.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace aimc::config {
namespace {

class Generate : public testing::InputFiles {};

TileConfig tile(std::size_t rows, std::size_t cols)
{
    TileConfig config;
    config.rows = rows;
    config.cols = cols;
    return config;
}

template <class T>
double mean_square(const std::vector<T>& values)
{
    double sum = 0.0;
    for (const auto v : values) { sum += static_cast<double>(v) * static_cast<double>(v); }
    return sum / static_cast<double>(values.size());
}

template <class T>
std::pair<int, int> range(const std::vector<T>& values)
{
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return {*low, *high};
}

TEST_F(Generate, IsOneLayerOverTheWholeTile)
{
    auto config = tile(5, 3);
    config.name = "tiny";
    config.nmpu.activation = Activation::relu;
    config.workload.mvms = 7;
    const Workload w = make_workload(config);
    EXPECT_EQ(w.name, "tiny (generated)");
    ASSERT_EQ(w.layers.size(), 1U);
    EXPECT_EQ(w.layers[0].rows.size(), 5U);
    EXPECT_EQ(w.layers[0].cols.size(), 3U);
    EXPECT_EQ(w.layers[0].weights.rows(), 5U);
    EXPECT_EQ(w.layers[0].weights.cols(), 3U);
    EXPECT_EQ(w.layers[0].code_max, 127);
    EXPECT_EQ(w.layers[0].activation, Activation::relu);
    EXPECT_EQ(w.inputs.rows(), 7U);
    EXPECT_EQ(w.inputs.cols(), 5U);
    EXPECT_TRUE(w.calibration_inputs.empty());
    EXPECT_EQ(w.arrival.gap(3), 0U);
}

TEST_F(Generate, NormalWeightsHaveAThirdAsSpreadAndAreCut)
{
    const auto codes = make_workload(tile(256, 256)).layers[0].weights.data();
    // cut at three standard deviations: variance 1 - 0.0050 of (127 / 3)^2
    EXPECT_NEAR(mean_square(codes) / (127.0 * 127.0 / 9.0), 0.995, 0.025);
    EXPECT_EQ(range(codes), (std::pair<int, int>{-127, 127}));
}

TEST_F(Generate, UniformWeightsFillTheRange)
{
    auto config = tile(256, 256);
    config.workload.weights = "uniform";
    const auto codes = make_workload(config).layers[0].weights.data();
    EXPECT_NEAR(mean_square(codes) / (127.0 * 127.0 / 3.0), 1.0, 0.02);
    EXPECT_EQ(range(codes), (std::pair<int, int>{-127, 127}));
}

TEST_F(Generate, RandomInputsMeetEveryCodeAboutEquallyOften)
{
    auto config = tile(256, 4);
    config.workload.mvms = 1000;
    std::array<int, 256> hits{};
    const Workload w = make_workload(config);
    for (const auto x : w.inputs.data()) { ++hits[static_cast<std::size_t>(x + 128)]; }
    EXPECT_EQ(hits[0], 0) << "-128 is not a code";
    const auto [low, high] = std::minmax_element(hits.begin() + 1, hits.end());
    EXPECT_GT(*low, 1004 - 200);  // mean 1004, standard deviation 32
    EXPECT_LT(*high, 1004 + 200);
}

TEST_F(Generate, NarrowInputsMeetEveryCodeOfTheTile)
{
    auto config = tile(256, 4);
    config.workload.mvms = 100;
    config.kind = TileKind::pim;  // 4 bits of magnitude and a sign
    EXPECT_EQ(range(make_workload(config).inputs.data()), (std::pair{-15, 15}));
    config.kind = TileKind::digital_cim;
    EXPECT_EQ(range(make_workload(config).inputs.data()), (std::pair{-127, 127}));
    config.digital.signed_inputs = false;
    config.digital.input_bits = 2;
    std::array<int, 4> hits{};
    const Workload w = make_workload(config);
    for (const auto x : w.inputs.data()) {
        ASSERT_TRUE(x >= 0 && x <= 3);
        ++hits[static_cast<std::size_t>(x)];
    }
    for (const int n : hits) { EXPECT_NEAR(n, 6400, 350); }  // standard deviation 69
}

TEST_F(Generate, RefusesInputsThatTheTileDoesNotTake)
{
    auto config = tile(2, 2);
    config.kind = TileKind::pim;
    const std::vector<std::int8_t> x{15, -15, 3, -16};
    config.workload.inputs = put("narrow.npy", npy_bytes(x.data(), {2, 2}));
    testing::expect_input_error("narrow", {"has code -16 in vector 1, row 1", "takes -15 to 15"},
                                [&] { make_workload(config); });
}

TEST_F(Generate, DependsOnSeedTileAndPlaceOnly)
{
    const Workload a = make_workload(tile(8, 8));
    auto config = tile(8, 8);
    config.seed.read = 2;
    config.workload.mvms = 3;
    const Workload b = make_workload(config);
    EXPECT_EQ(a.layers[0].weights, b.layers[0].weights) << "the read seed is not the chip's";
    EXPECT_NE(a.inputs.row(0)[0] * 1000 + a.inputs.row(0)[1],
              b.inputs.row(0)[0] * 1000 + b.inputs.row(0)[1]);
    config = tile(6, 5);  // a smaller tile has the same numbers in the same places
    config.workload.mvms = 2;
    const Workload c = make_workload(config);
    EXPECT_EQ(c.layers[0].weights(WordLine{5}, BitLine{4}),
              a.layers[0].weights(WordLine{5}, BitLine{4}));
    EXPECT_EQ(c.inputs.row(1)[5], a.inputs.row(1)[5]);
    config = tile(8, 8);
    config.index = 1;
    EXPECT_FALSE(make_workload(config).layers[0].weights == a.layers[0].weights);
}

TEST_F(Generate, InputsOnDemandAreThoseThatAreHeld)
{
    auto config = tile(9, 4);
    config.workload.mvms = 50;
    const auto held = make_workload(config).inputs;
    auto work = make_workload(config, GeneratedInputs::on_demand);
    EXPECT_TRUE(work.inputs.empty());
    EXPECT_EQ(work.n_vectors(), 50U);
    const auto rows = work.take_inputs();
    EXPECT_EQ(*rows.whole(), held);
    std::vector<std::int8_t> buffer;
    for (const std::size_t n : {1U, 3U, 17U}) {
        const std::int8_t* x = rows.block(31, n, buffer);
        EXPECT_TRUE(std::equal(x, x + n * 9, held.row(31))) << n;
    }
    config.workload.mvms = 100000000;  // 25 GB of a large tile, if they were held
    EXPECT_EQ(
        make_workload(config, GeneratedInputs::on_demand).take_inputs().block(49, 1, buffer)[8],
        held.row(49)[8]);
}

TEST_F(Generate, IsPinnedBecauseGoldenTracesStartHere)
{
    auto config = tile(2, 4);
    config.workload.mvms = 2;
    const Workload w = make_workload(config);
    // from Philox4x32-10 and the inverse normal distribution in Python, sharing no code
    EXPECT_EQ(w.layers[0].weights.data(),
              (std::vector<std::int16_t>{4, -53, 6, 1, -64, 46, 40, -26}));
    EXPECT_EQ(w.inputs.data(), (std::vector<std::int8_t>{48, 100, -73, -6}));
}

TEST_F(Generate, ReadsFilesAndTakesAtMostTheAskedVectors)
{
    const std::vector<std::int8_t> weights{1, -2, 3, -127, 0, 127};
    const std::vector<std::int8_t> inputs{1, 2, 3, 4, 5, 6};
    auto config = tile(2, 3);
    config.workload.weights = put("w.npy", npy_bytes(weights.data(), {2, 3}));
    config.workload.inputs = put("x.npy", npy_bytes(inputs.data(), {3, 2}));
    EXPECT_EQ(make_workload(config).inputs.rows(), 3U) << "64 asked, 3 in the file";
    config.workload.mvms = 2;
    const Workload w = make_workload(config);
    EXPECT_EQ(w.inputs.data(), (std::vector<std::int8_t>{1, 2, 3, 4}));
    EXPECT_EQ(w.layers[0].weights.data(), (std::vector<std::int16_t>{1, -2, 3, -127, 0, 127}));

    config.rows = 3;
    testing::expect_input_error("weights", {"w.npy", "2 x 3", "3 x 3"},
                                [&] { make_workload(config); });
    config.workload.weights = "normal";
    testing::expect_input_error("inputs", {"x.npy", "vectors of 2", "3 rows"},
                                [&] { make_workload(config); });
}

TEST_F(Generate, PrefersTheWorkloadFile)
{
    auto config = tile(1, 1);
    EXPECT_EQ(workload_for(config).inputs.rows(), 64U);
    config.workload.file = path("none.json");
    testing::expect_input_error("file", {"none.json", "No such file"},
                                [&] { workload_for(config); });
}

TEST_F(Generate, DrawsBatchNormsAndResiduals)
{
    auto config = tile(8, 400);
    config.workload.mvms = 50;
    const Workload plain = make_workload(config);
    EXPECT_TRUE(plain.layers[0].batch_norm.factor.empty());
    EXPECT_TRUE(plain.layers[0].residuals.empty());
    config.workload.batch_norm = config.workload.residual = "random";
    config.nmpu.residual_fraction = 2;
    const Workload w = make_workload(config);
    const auto& norm = w.layers[0].batch_norm;
    EXPECT_NEAR(static_cast<double>(norm.n_swapped), 100.0, 30.0) << "one in four";
    std::size_t n_turned = 0;
    for (std::size_t c = 0; c < 400; ++c) {
        EXPECT_GE(norm.factor[c], 0.5);
        EXPECT_LE(norm.factor[c], 1.5);
        EXPECT_LE(std::fabs(norm.summand[c]), 127.0 * 127.0);
        n_turned += w.layers[0].weights.row(5)[c] == -plain.layers[0].weights.row(5)[c] &&
                    w.layers[0].weights.row(6)[c] == -plain.layers[0].weights.row(6)[c];
    }
    EXPECT_EQ(n_turned, norm.n_swapped) << "columns of the weights";
    EXPECT_EQ(w.inputs.data(), plain.inputs.data()) << "numbers of their own";
    const auto [low, high] = range(w.layers[0].residuals.data());
    EXPECT_EQ(w.layers[0].residuals.rows(), 50U);
    EXPECT_NEAR(low, -254, 1) << "half the output range, in quarters of an LSB";
    EXPECT_NEAR(high, 254, 1);
}

}  // namespace
}  // namespace aimc::config
