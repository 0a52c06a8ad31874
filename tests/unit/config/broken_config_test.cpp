// SPDX-License-Identifier: Apache-2.0
#include "broken_config.h"

#include <gtest/gtest.h>

#include <string>

// What is refused, and that the message says where, what was given and what is allowed.

namespace aimc::config {
namespace {

using testing::expect_all;
using testing::with;

TEST(BrokenConfig, Text)
{
    expect_all({
        {"empty file", "", {"is empty"}},
        {"blank file", " \n\t\r\n", {"is empty"}},
        {"byte order mark alone", "\xef\xbb\xbf\n", {"is empty"}},
        {"comment alone", "// nothing\n", {"line 2", "is not JSON"}},
        {"list at the root", "[1, 2]", {"holds a list, must hold an object"}},
        {"number at the root", "7", {"holds 7, must hold an object"}},
        {"trailing comma",
         "{\"format\": \"aimc-config/1\",\n}",
         {"line 2, column 1", "is not JSON"}},
        {"text after the end", with("") + " 1", {"line 1, column 29", "is not JSON"}},
        {"unfinished", R"({"format": )", {"line 1", "is not JSON", "end of input"}},
        {"not a number", with(R"("adc": {"sigma_lsb": NaN})"), {"line 1", "is not JSON"}},
        {"infinity", with(R"("adc": {"sigma_lsb": 1e999})"), {"line 1", "is not JSON"}},
        {"not UTF-8", with("\"name\": \"\xff\""), {"line 1", "UTF-8"}},
        {"UTF-16", std::string("\xff\xfe{\0", 4), {"is UTF-16, must be UTF-8"}},
        {"zero byte", with("") + std::string("\0{", 2), {"not a text file", "byte 28 is zero"}},
        {"deep lists", std::string(200000, '['), {"nested deeper than 64 levels"}},
        {"deep objects",
         [] {
             std::string text;
             for (int i = 0; i < 100000; ++i) { text += "{\"a\":"; }
             return text;
         }(),
         {"nested deeper than 64 levels"}},
        {"huge", std::string((std::size_t{16} << 20U) + 1, ' '), {"larger than 16 MB"}},
        {"repeated key", with(R"("post": "nmpu", "post": "ldpu")"), {"/post is given twice"}},
        {"repeated inside",
         with(R"("adc": {"rounding": "floor", "rounding": "floor"})"),
         {"/adc/rounding is given twice"}},
        {"repeated section", with(R"("adc": {}, "adc": {})"), {"/adc is given twice"}},
    });
}

TEST(BrokenConfig, Keys)
{
    expect_all({
        {"no format", "{}", {"/format is missing", R"(add "format": "aimc-config/1")"}},
        {"other version",
         R"({"format": "aimc-config/2"})",
         {R"(/format is "aimc-config/2", must be "aimc-config/1")"}},
        {"workload file", R"({"format": "aimc-workload/1"})", {R"(must be "aimc-config/1")"}},
        {"slip of the pen",
         with(R"("adc": {"count_bit": 12})"),
         {"/adc/count_bit is not a known key", R"(did you mean "count_bits"?)"}},
        {"section slip",
         with(R"("controler": {})"),
         {"/controler", R"(did you mean "controller"?)"}},
        {"wrong section",
         with(R"("count_bits": 12)"),
         {"/count_bits", "did you mean /adc/count_bits?"}},
        {"dotted name",
         with(R"("adc.count_bits": 12)"),
         {"/adc.count_bits is not a known key", R"("count_bits" inside the object "adc")"}},
        {"far from anything",
         with(R"("seed": {"qqqqqqqqqq": 1})"),
         {"/seed/qqqqqqqqqq is not a known key", "known here: device, read"}},
        {"empty name", with(R"("": 1)"), {"is not a known key"}},
        {"nested sub-key",
         with(R"("device": {"polarity_asymmetry": {"men": 0}})"),
         {"/device/polarity_asymmetry/men", R"(did you mean "mean"?)"}},
        {"section is a number",
         with(R"("adc": 3)"),
         {"/adc is 3, must be an object or a file name"}},
        {"section is null", with(R"("adc": null)"), {"/adc is null, must be an object"}},
        {"inline-only section", with(R"("tile": "tile.json")"), {"/tile is", "must be an object"}},
        {"inner section",
         with(R"("adc": {"parametric": "p.json"})"),
         {"/adc/parametric is", "must be an object"}},
    });
}

TEST(BrokenConfig, Values)
{
    expect_all({
        {"text for a whole number",
         with(R"("adc": {"count_bits": "12"})"),
         {R"(/adc/count_bits is "12" (text), must be a whole number 1 to 24 [bit])"}},
        {"fraction",
         with(R"("tile": {"rows": 64.5})"),
         {"/tile/rows is 64.5, must be a whole number"}},
        {"too large",
         with(R"("adc": {"count_bits": 25})"),
         {"is 25, must be a whole number 1 to 24"}},
        {"too small", with(R"("tile": {"cols": 0})"), {"/tile/cols is 0", "1 to 1024"}},
        {"negative", with(R"("tile": {"cols": -1})"), {"/tile/cols is -1", "1 to 1024"}},
        {"beyond 64 bits",
         with(R"("seed": {"device": 99999999999999999999})"),
         {"/seed/device is"}},
        {"wraps to a small number", with(R"("tile": {"rows": 4294967300})"), {"is 4294967300"}},
        {"beyond a signed word",
         with(R"("seed": {"read": 18446744073709551615})"),
         {"/seed/read is"}},
        {"huge float for whole",
         with(R"("tile": {"rows": 1e300})"),
         {"is 1e+300, must be a whole"}},
        {"list", with(R"("tile": {"rows": [256]})"), {"/tile/rows is [256]"}},
        {"null without leave", with(R"("tile": {"rows": null})"), {"/tile/rows is null"}},
        {"bool for a number", with(R"("adc": {"sigma_lsb": true})"), {"/adc/sigma_lsb is true"}},
        {"number for a bool", with(R"("device": {"drift": 1})"), {"is 1, must be true or false"}},
        {"number out of range",
         with(R"("device": {"age_s": -1})"),
         {"/device/age_s is -1, must be a number 0 to 1000000000 [s]"}},
        {"zero step", with(R"("crossbar": {"g_lsb_nS": 0})"), {"/crossbar/g_lsb_nS is 0", "0.001"}},
        {"unknown word",
         with(R"("read": {"mode": "one_fase"})"),
         {"must be one of one_phase, four_phase", R"(did you mean "one_phase"?)"}},
        {"word in capitals",
         with(R"("nmpu": {"round_mode": "SC_RND_CONVERGENT"})"),
         {"SC_TRN", "SC_RND_MIN_INF"}},
        {"alternative word",
         with(R"("adc": {"current_ratio": "calibrated"})"),
         {R"(or "calibrate")", R"(did you mean "calibrate"?)"}},
        {"null for calibrate", with(R"("nmpu": {"scale_exponent": null})"), {R"(or "calibrate")"}},
        {"empty file name", with(R"("chip": "")"), {R"(/chip is "", must be a file name or null)"}},
        {"name with a folder", with(R"("name": "../out")"), {"/name is", "without '/'"}},
        {"name of the parent", with(R"("name": "..")"), {"/name is"}},
        {"name over lines", with(R"("name": "a\nb")"), {"/name is"}},
        {"weights",
         with(R"("workload": {"weights": "gauss"})"),
         {"normal, uniform or the name of a .npy file"}},
        {"clock",
         with(R"("clock": {"t_clk_ps": 333.333})"),
         {"333.333, a clock period that is not a whole number of picoseconds", "[ps]"}},
        {"window", with(R"("read": {"n_window": 126})"), {"/read/n_window is 126", "127 to"}},
        {"many at once",
         with(R"("tile": {"rows": 0, "cols": 0}, "post": "x", "zzzzz": 1)"),
         {"/tile/rows", "/tile/cols", "/post", "/zzzzz"}},
    });
}

}  // namespace
}  // namespace aimc::config
