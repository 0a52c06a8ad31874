// SPDX-License-Identifier: Apache-2.0
#include "broken_config.h"

#include <gtest/gtest.h>

#include <string>

// Keys that are right one by one and wrong together, and what --set may not say.

namespace aimc::config {
namespace {

using testing::expect_all;
using testing::message_of;
using testing::with;

TEST(BrokenConfig, Rules)
{
    const std::string hermes = R"("device": {"model": "hermes", "g_max_uS": )";
    expect_all({
        {"cut",
         with(R"("nmpu": {"cut": 6, "round_bits": 2})"),
         {"/nmpu/cut is 6; with round_bits 2 it drops more", "must be 0 or more"}},
        {"scale",
         with(R"("nmpu": {"scale_bits": 4, "scale_fraction": 21})"),
         {"/nmpu/scale_fraction is 21", "scale_bits + 16, which is 20"}},
        {"bits per cycle",
         with(R"("tile_kind": "digital_cim", "digital": {"input_bits_per_cycle": 3})"),
         {"/digital/input_bits_per_cycle is 3, must be 1, 2 or 4"}},
        {"one signed bit",
         with(R"("tile_kind": "digital_cim", "digital": {"input_bits": 1})"),
         {"/digital/input_bits is 1", "signed_inputs"}},
        {"wide slices",
         with(R"("tile_kind": "pim", "pim": {"input_bits": 3})"),
         {"/pim/slice_bits is 4, must be at most pim.input_bits, which is 3"}},
        {"native of one bit",
         with(R"("tile_kind": "pim", "pim": {"bits": 1})"),
         {"/pim/bits is 1", "at least 2"}},
        {"wide sums",
         with(R"("tile_kind": "pim", "pim": {"bits": 16, "scheme": "bit_serial", "weight_bits": 9,
                 "input_bits": 7, "slice_bits": 1})"),
         {"/tile_kind makes sums of", "must be at most 30"}},
        {"ams with curves",
         with(R"("adc": {"model": "ams", "curves": "parametric"})"),
         {"/adc/model is \"ams\"", "full_scale_uA null"}},
        {"ams of an oscillator",
         with(R"("adc": {"ams": {"enob": 8}})"),
         {"/adc/model is \"oscillator\"", "adc.ams would not be used"}},
        {"no power",
         with(R"("tile_kind": "digital_cim", "energy": {"digital": {"model": "power"}})"),
         {"/energy/digital/power_mW is missing"}},
        {"digital with devices",
         with(R"("tile_kind": "digital_cim", "device": {"model": "hermes"})"),
         {"/device/model would not be used with tile_kind \"digital_cim\""}},
        {"analog with schemes",
         with(R"("pim": {"bits": 8})"),
         {"/pim/bits would not be used with tile_kind \"analog\""}},
        {"a bound of no converter",
         with(R"("tile_kind": "digital_cim", "energy": {"adc_bound": {"model": "ams"}})"),
         {"/energy/adc_bound/model would not be used"}},
        {"offset", with(R"("nmpu": {"offset_fraction": 8})"), {"/nmpu/offset_fraction is 8"}},
        {"no clip",
         with(R"("nmpu": {"activation": "clipped_relu"})"),
         {"/nmpu/relu_clip is missing"}},
        {"clip for nothing",
         with(R"("nmpu": {"relu_clip": 6})"),
         {"/nmpu/relu_clip would not be used"}},
        {"clip too high",
         with(R"("nmpu": {"activation": "clipped_relu", "relu_clip": 128})"),
         {"/nmpu/relu_clip is 128, must be at most 127"}},
        {"second offset",
         with(R"("nmpu": {"branch": "single", "offsets": 2})"),
         {"/nmpu/offsets is 2"}},
        {"layers of a file",
         with(R"("workload": {"file": "w.json", "output": "partial"})"),
         {"/workload/file has layers of its own"}},
        {"nothing to fold into",
         with(R"("calibration": {"method": "fixed"}, "workload": {"batch_norm": "random"})"),
         {"/workload/batch_norm is \"random\"", "fixed"}},
        {"two devices", with(hermes + "20.8}"), {"/device/g_max_uS is 20.8", "at most 20.7 uS"}},
        {"one device", with(hermes + R"(10.36, "devices_per_polarity": 1})"), {"at most 10.35 uS"}},
        {"fine grid",
         with(R"("device": {"g_max_uS": 100}, "crossbar": {"g_lsb_nS": 3})"),
         {"/crossbar/g_lsb_nS is 3", "33333 steps", "32767"}},
        {"coarse grid",
         with(R"("device": {"g_max_uS": 1}, "crossbar": {"g_lsb_nS": 1001})"),
         {"/crossbar/g_lsb_nS is 1001, larger than g_max"}},
        {"no curve file", with(R"("adc": {"curves": "file"})"), {"/adc/curve_file is missing"}},
        {"idle curve file",
         with(R"("adc": {"curve_file": "x.csv"})"),
         {"/adc/curve_file would not"}},
        {"no ceiling",
         with(R"("adc": {"curves": "parametric", "full_scale_uA": null})"),
         {"/adc/full_scale_uA is null"}},
        {"ratio",
         with(R"("adc": {"current_ratio": "calibrate"}, "calibration": {"method": "fixed"})"),
         {"/adc/current_ratio is \"calibrate\"", "plays no vectors"}},
        {"exponent",
         with(R"("nmpu": {"scale_exponent": "calibrate"}, "calibration": {"method": "fixed"})"),
         {"/nmpu/scale_exponent is \"calibrate\""}},
        {"chip and tables",
         with(R"("chip": "c.json", "calibration": {"file": "t.json"})"),
         {"/chip and calibration.file exclude each other"}},
        {"ldpu, one count",
         with(R"("post": "ldpu", "nmpu": {"branch": "single"})"),
         {"/nmpu/branch"}},
        {"ldpu, difference",
         with(R"("post": "ldpu", "nmpu": {"branch": "difference"})"),
         {"both counts"}},
        {"skip",
         with(R"("read": {"skip_empty_phases": true})"),
         {"/read/skip_empty_phases", "four_phase"}},
        {"fixed scale",
         with(R"("calibration": {"method": "fixed", "fixed_scale": 2})"),
         {"/calibration/fixed_scale is 2, must be at most 1.9921875"}},
        {"fixed offset",
         with(R"("calibration": {"method": "fixed", "fixed_offset": 64})"),
         {"/calibration/fixed_offset is 64, must be -64 to 63.5"}},
    });
}

TEST(BrokenConfig, RulesWaitForTheirKeys)
{
    // The rule on curve_file could only guess what "fil" was meant to be.
    const std::string message =
        message_of(with(R"("adc": {"curves": "fil", "curve_file": "x.csv"})"), {});
    EXPECT_NE(message.find("/adc/curves"), std::string::npos);
    EXPECT_EQ(message.find("/adc/curve_file"), std::string::npos) << message;
}

TEST(BrokenConfig, Sets)
{
    const std::string fine = with("");
    expect_all({
        {"no value", fine, {"--set post must be path.to.key=value"}, {"post"}},
        {"no path", fine, {"--set =1 must be path.to.key=value"}, {"=1"}},
        {"unknown",
         fine,
         {"--set adc.cuont_bits", R"(did you mean "adc.count_bits"?)"},
         {"adc.cuont_bits=3"}},
        {"slashes", fine, {R"(did you mean "adc.count_bits"?)"}, {"adc/count_bits=3"}},
        {"out of range", fine, {"/adc/count_bits (from --set) is 40"}, {"adc.count_bits=40"}},
        {"not a number",
         fine,
         {R"(/adc/sigma_lsb (from --set) is "nan" (text))"},
         {"adc.sigma_lsb=nan"}},
        {"infinite", fine, {R"(is "1e999" (text))"}, {"adc.sigma_lsb=1e999"}},
        {"not UTF-8", fine, {"--set name is not UTF-8"}, {"name=\xff"}},
        {"rule", fine, {"/read/skip_empty_phases (from --set)"}, {"read.skip_empty_phases=true"}},
        {"section", fine, {"/adc/count (from --set)"}, {R"(adc={"count": 1})"}},
        {"file and sets",
         with(R"("post": "x")"),
         {"/post is", "/tile/rows (from --set)"},
         {"tile.rows=0"}},
    });
}

}  // namespace
}  // namespace aimc::config
