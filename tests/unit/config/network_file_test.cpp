// SPDX-License-Identifier: Apache-2.0
#include "network_file.h"

#include <cmath>

namespace aimc::config {
namespace {

using testing::array;
using testing::halves;
using testing::NetworkFile;

TEST_F(NetworkFile, EveryNodeIsRead)
{
    put("bn.npy", array(std::vector<double>{1, -2, 3, 4, 10, 20, 30, 40}, {2, 4}));
    const Network net = load(text(R"(
        {"name": "c", "op": "conv", "input": "input", "weights": "w.npy", "weight_scale": "s.npy",
         "bias": "b.npy", "batch_norm": "bn.npy", "kernel": [3, 3], "stride": [2, 1],
         "padding": [0, 1], "activation": "relu"},
        {"name": "r", "op": "relu", "input": "c"},
        {"name": "p", "op": "max_pool", "input": "r", "kernel": [2, 3], "stride": [1, 2]},
        {"name": "v", "op": "average_pool", "input": "p", "kernel": [1, 2]},
        {"name": "s", "op": "shortcut", "input": "r", "stride": [2, 4], "channels": 8},
        {"name": "f", "op": "flatten", "input": "s"},
        {"name": "a", "op": "add", "inputs": ["p", "p"], "activation": "relu"})",
                                  R"("name": "whole", "origin": "here", "float_top1": 90.5,
        "im2col": "ky_kx_channel", )"));
    EXPECT_EQ(net.name, "whole");
    EXPECT_EQ(net.origin, "here");
    EXPECT_DOUBLE_EQ(net.float_top1, 90.5);
    EXPECT_EQ(net.im2col, Im2col::ky_kx_channel);
    EXPECT_DOUBLE_EQ(net.input_scale, 0.5);
    ASSERT_EQ(net.nodes.size(), 9U);
    const auto shape = [&](std::size_t n, std::size_t c, std::size_t h, std::size_t w) {
        EXPECT_TRUE((net.nodes[n].out == MapShape{c, h, w}))
            << net.nodes[n].name << " " << net.nodes[n].out.channels << " "
            << net.nodes[n].out.height << " " << net.nodes[n].out.width;
    };
    shape(0, 4, 3, 8);  // (8 - 3) / 2 + 1, (10 - 3) / 1 + 1
    shape(1, 4, 3, 8);
    shape(2, 4, 2, 3);  // (8 - 3) / 2 + 1 = 3: a column is left out
    shape(3, 4, 2, 1);
    shape(4, 8, 2, 2);
    shape(5, 32, 1, 1);
    shape(6, 4, 2, 3);
    shape(7, 4, 1, 1);
    shape(8, 2, 1, 1);
    const NetworkNode& c = net.nodes[0];
    EXPECT_EQ(c.activation, Activation::relu);
    EXPECT_EQ(c.codes.rows(), 27U);
    EXPECT_EQ(c.code_max, 127);
    EXPECT_EQ(c.step, (std::vector<double>(4, 0.25)));
    EXPECT_EQ(c.bias, (std::vector<double>(4, 0.5)));
    EXPECT_EQ(c.factor, (std::vector<double>{1, -2, 3, 4}));
    EXPECT_EQ(c.summand, (std::vector<double>{10, 20, 30, 40}));
    EXPECT_EQ(net.nodes[1].activation, Activation::relu);
    EXPECT_EQ(net.nodes[3].window.stride_x, 2U) << "a pool's stride is its kernel by default";
    EXPECT_EQ(net.nodes[6].inputs, (std::vector<std::size_t>{3, 3}));
    EXPECT_EQ(net.nodes[7].window.kernel_y, 2U);
    EXPECT_EQ(net.nodes[8].step, (std::vector<double>(2, 1.0)));
    EXPECT_EQ(net.nodes[8].bias, (std::vector<double>(2, 0.0)));
    EXPECT_EQ(net.nodes[8].factor, (std::vector<double>(2, 1.0)));
    EXPECT_EQ(net.n_classes(), 2U);
}

TEST_F(NetworkFile, DefaultsAndVectors)
{
    const Network net = load(R"({"format": "aimc-network/1", "input": {"shape": [4], "scale": 1},
        "nodes": [{"name": "fc", "op": "linear", "input": "input", "weights": "fc.npy",
                   "weight_scale": 1}]})");
    EXPECT_EQ(net.name, "net");
    EXPECT_LT(net.float_top1, 0.0);
    EXPECT_EQ(net.im2col, Im2col::channel_ky_kx);
    EXPECT_TRUE((net.input == MapShape{4, 1, 1}));
}

TEST_F(NetworkFile, FloatWeightsAreScaledToTheirLargest)
{
    put("w.npy", array(std::vector<float>(108, -0.125F), {27, 4}));
    const auto net = load(text(conv_with(R"("weights": "w.npy", "kernel": [3, 3])")));
    EXPECT_EQ(net.nodes[0].code_max, 32767);
    EXPECT_EQ(net.nodes[0].codes.row(26)[3], -32767);
    EXPECT_DOUBLE_EQ(net.nodes[0].step[0] * 32767, 0.125);
    put("w.npy", array(std::vector<double>(108, 0.0), {27, 4}));
    EXPECT_EQ(
        load(text(conv_with(R"("weights": "w.npy", "kernel": [3, 3])"))).nodes[0].codes.row(0)[0],
        0)
        << "a layer of nothing";
}

TEST_F(NetworkFile, HalvesAreExact)
{
    put("b.npy", halves({0x3c00, 0x0001, 0x83ff, 0x7bff}));
    const std::string with_bias =
        conv_with(R"("weights": "w.npy", "weight_scale": 1, "kernel": [3, 3], "bias": "b.npy")");
    EXPECT_EQ(load(text(with_bias)).nodes[0].bias,
              (std::vector<double>{1.0, std::ldexp(1.0, -24), -std::ldexp(1023.0, -24), 65504.0}));
    for (const auto bits : std::vector<std::uint16_t>{0x7c00, 0xfc00, 0x7e00}) {
        put("b.npy", halves({0x3c00, 0x0001, bits, 0x0000}));
        expect_error("not finite", text(with_bias),
                     {"/nodes/0/bias names", "b.npy", bits == 0x7e00 ? "nan" : "inf",
                      "in row 0, column 2", "-1e9 to 1e9"});
    }
    std::vector<std::uint16_t> weights(108, 0x3800);  // 0.5
    weights[5] = 0x0001;
    put("w.npy", halves(weights, 4));
    const auto net = load(text(conv_with(R"("weights": "w.npy", "kernel": [3, 3])")));
    EXPECT_EQ(net.nodes[0].codes.row(0)[0], 32767);
    EXPECT_EQ(net.nodes[0].codes.row(1)[1], 0) << "2^-24 of 0.5 is below a step";
    EXPECT_DOUBLE_EQ(net.nodes[0].step[0] * 32767, 0.5);
    weights[7] = 0x7c00;
    put("w.npy", halves(weights, 4));
    expect_error("infinite weight", text(conv_with(R"("weights": "w.npy", "kernel": [3, 3])")),
                 {"/nodes/0/weights", "inf in row 1, column 3"});
}

TEST_F(NetworkFile, RefusesWhatIsNoNetwork)
{
    testing::expect_input_error("no file", {"no.json", "No such file"},
                                [&] { load_network(path("no.json")); });
    expect_error("empty", "", {"is not JSON"});
    expect_error("format", R"({"format": "aimc-config/1", "tile": 3})",
                 {"/format is \"aimc-config/1\", must be \"aimc-network/1\""});
    expect_error("nothing", R"({"format": "aimc-network/1"})",
                 {"/input is missing", "/nodes is missing"});
    const std::string start = R"({"format": "aimc-network/1", "input": {"scale": 1, "shape": )";
    expect_error("no node", start + R"([3]}, "nodes": []})", {"/nodes must be a list of at least"});
    for (const char* shape : {"[3, 8]", "[3, 8, 8, 8]", "[]", "3", "[0]", "[3, 0, 8]", "[3.5]",
                              "[5000]", "[3, -8, 8]"}) {
        expect_error(shape, start + shape + R"(}, "nodes": [1]})",
                     {"/input/shape is ", "[channels, height, width] or [n]", "1 to 4096"});
    }
    for (const char* scale : {"0", "-1", "1e9", "\"1\""}) {
        expect_error(scale,
                     std::string(R"({"format": "aimc-network/1", "nodes": [], "input": {"shape":
                         [3], "scale": )") +
                         scale + "}}",
                     {"/input/scale"});
    }
    expect_error("unknown", text(conv, R"("inputs": 1, )"),
                 {"/inputs is not a known key, did you mean \"input\"?"});
    expect_error("order", text(conv, R"("im2col": "hwc", )"),
                 {"/im2col is \"hwc\"", "\"channel_ky_kx\" or \"ky_kx_channel\""});
    for (const char* name : {"../x", "a/b", "..", "."}) {
        expect_error(name, text(conv, std::string("\"name\": \"") + name + "\", "),
                     {"/name must be a name of 1 to 100 characters without '/'"});
    }
    expect_error("accuracy", text(conv, R"("float_top1": 101, )"), {"/float_top1 is 101"});
}

TEST_F(NetworkFile, SurvivesEveryTruncation)
{
    const std::string good = text(conv);
    EXPECT_EQ(load(good).nodes.size(), 3U);
    for (std::size_t n = 0; n < good.size(); ++n) {
        EXPECT_THROW(load(good.substr(0, n)), InputError) << n;
    }
}

}  // namespace
}  // namespace aimc::config
