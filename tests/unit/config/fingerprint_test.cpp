// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/fingerprint.h"

#include "input_files.h"

#include <algorithm>

namespace aimc::config {
namespace {

class Fingerprint : public testing::InputFiles {};

TEST_F(Fingerprint, FilesAreThoseThatARunReads)
{
    TileConfig c;
    EXPECT_EQ(input_files(c), std::vector<std::string>{});
    c.adc.curve_file = put("c.csv", "");
    c.workload.weights = path("w.npy");
    EXPECT_EQ(input_files(c), (std::vector<std::string>{path("c.csv"), path("w.npy")}));
    put("c.json", "{}");
    c.workload.file = put("work.json", R"({"inputs": "x.npy", // here
        "layers": [{"weights": "sub/w.dat", "name": "conv.npy"}]})");
    c.workload.weights = "normal";
    EXPECT_EQ(input_files(c),
              (std::vector<std::string>{path("c.csv"), path("c.json"), path("work.json"),
                                        path("x.npy"), path("sub/w.dat")}))
        << "by the key, whatever the files are called";
    c.workload.file = path("none.json");
    EXPECT_THROW(input_files(c), InputError);
}

TEST_F(Fingerprint, FormatsAndTimingAreNotInTheAnalogHalf)
{
    const TileConfig plain;
    TileConfig c = plain;
    c.nmpu.cut = 3;
    c.nmpu.scale_exponent.reset();
    c.nmpu.out_bits = 7;
    c.post = PostUnit::ldpu;
    c.controller.double_buffered = false;
    c.pim.n_evaluate = 9;
    c.pim.n_convert = 3;
    c.pim.converters = 2;
    c.digital.n_pipeline = 5;
    EXPECT_EQ(analog_half(c), analog_half(plain));
}

TEST_F(Fingerprint, WhatTheConvertersLookAtIsInTheAnalogHalf)
{
    const TileConfig plain;
    const auto differs = [&](auto change) {
        TileConfig c = plain;
        change(c);
        return analog_half(c) != analog_half(plain);
    };
    EXPECT_TRUE(differs([](auto& c) { c.nmpu.branch = Branch::single; }));  // one signed count
    EXPECT_TRUE(differs([](auto& c) { c.adc.count_bits = 11; }));
    EXPECT_TRUE(differs([](auto& c) { c.seed.read = 2; }));
    EXPECT_TRUE(differs([](auto& c) { c.calibration.count = 5; }));
    EXPECT_TRUE(differs([](auto& c) { c.adc.sigma_lsb = 0.30000000000000004; }));
    EXPECT_TRUE(differs([](auto& c) { c.kind = TileKind::pim; }));
    EXPECT_TRUE(differs([](auto& c) { c.pim.bits = 6; }));
    EXPECT_TRUE(differs([](auto& c) { c.pim.scheme = Scheme::bit_serial; }));
    // how many cycles a read takes is kept with its counts
    EXPECT_TRUE(differs([](auto& c) { c.digital.input_bits_per_cycle = 2; }));
    EXPECT_TRUE(differs([](auto& c) { c.digital.skip_zero_planes = true; }));
}

}  // namespace
}  // namespace aimc::config
