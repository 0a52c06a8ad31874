// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/vcd.h"

#include "aimc/base/error.h"

#include "support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace aimc::report {
namespace {

std::string dump(const config::TileConfig& config, const VcdSelection& selection,
                 const std::vector<mvm::MvmRecord>& records)
{
    VcdWriter writer(config, selection);
    for (const auto& record : records) { writer.add(record); }
    return writer.finish();
}

VcdSelection only(const std::string& scope, std::uint64_t from = 0,
                  std::uint64_t to = ~std::uint64_t{0})
{
    return {scope, from, to};
}

/// All that follows the declarations.
std::string body(const std::string& text)
{
    const std::string end = "$enddefinitions $end\n";
    return text.substr(text.find(end) + end.size());
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

std::size_t times(const std::string& text, const std::string& part)
{
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++n;
    }
    return n;
}

TEST(VcdWriter, HasADeterministicHeaderAndOneScopePerLane)
{
    const std::string text = dump(two_by_two(), only("*"), two_records());
    EXPECT_EQ(text.rfind("$date deterministic $end\n$version aimc $end\n$timescale 1 ps $end\n", 0),
              0U);
    EXPECT_TRUE(has(text,
                    "$scope module tile $end\n$var wire 1 ! clk $end\n"
                    "$scope module controller $end\n"));
    EXPECT_TRUE(has(text, "$scope module nmpu_bank $end\n"));
    EXPECT_TRUE(has(text, "$scope module lane_0 $end\n"));
    EXPECT_TRUE(has(text, " cp_1 [11:0] $end\n"));
    EXPECT_EQ(times(text, "$scope"), times(text, "$upscope"));
    EXPECT_EQ(text, dump(two_by_two(), only("*"), two_records())) << "same run, same bytes";
}

TEST(VcdWriter, PulsesAWordLineForTheMagnitudeOfItsCode)
{
    EXPECT_EQ(body(dump(two_by_two(), only("tile.dac_bank.wl_1"), two_records())),
              "#0\n$dumpvars\n1!\n$end\n#127000\n0!\n#282000\n")
        << "x = -127 in the first vector, 0 in the second";
}

TEST(VcdWriter, PlaysEachSignInItsOwnPhases)
{
    auto config = two_by_two();
    config.read.mode = config::ReadMode::four_phase;
    const std::vector<mvm::MvmRecord> one = {
        {0, {0, 0, 521, 521, 526, 526}, {{3, -2}, {1, 1}, {1, 1}, {0, 0}, {0, 0}}}};
    EXPECT_EQ(body(dump(config, only("tile.dac_bank.wl_0"), one)),
              "#0\n$dumpvars\n1!\n$end\n#3000\n0!\n#130000\n1!\n#133000\n0!\n#528000\n");
    EXPECT_EQ(body(dump(config, only("tile.dac_bank.wl_1"), one)),
              "#0\n$dumpvars\n0!\n$end\n#260000\n1!\n#262000\n0!\n#390000\n1!\n#392000\n0!\n"
              "#528000\n");
    config.read.skip_empty_phases = true;
    auto positive = one;
    positive[0].values.x = {3, 0};
    EXPECT_EQ(times(body(dump(config, only("tile.crossbar.integrating"), positive)), "1!"), 2U);
}

TEST(VcdWriter, BroadcastsTheBitPlanesOfADigitalTileHighestFirst)
{
    auto config = two_by_two();
    config.kind = config::TileKind::digital_cim;
    // x = 0011'0000 and -1; A = 8, F = 2
    const std::vector<mvm::MvmRecord> one = {
        {0, {0, 0, 10, 10, 14, 14}, {{0x30, -1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}}}};
    EXPECT_EQ(body(dump(config, only("tile.dac_bank.wl_0"), one)),
              "#0\n$dumpvars\n0!\n$end\n#2000\n1!\n#4000\n0!\n#16000\n");
    EXPECT_EQ(body(dump(config, only("tile.dac_bank.wl_1"), one)),
              "#0\n$dumpvars\n1!\n$end\n#8000\n0!\n#16000\n");
    EXPECT_EQ(body(dump(config, only("tile.crossbar.busy"), one)),
              "#0\n$dumpvars\n1!\n$end\n#8000\n0!\n#16000\n")
        << "the sums pass two registers while the array is free again";
    config.digital.input_bits_per_cycle = 4;
    EXPECT_EQ(body(dump(config, only("tile.dac_bank.wl_0"), one)),
              "#0\n$dumpvars\nb11 !\n$end\n#1000\nb0 !\n#16000\n");
}

TEST(VcdWriter, DrivesTheSlicesOfAPimTileGroupByGroup)
{
    auto config = two_by_two();
    config.kind = config::TileKind::pim;
    config.pim.group_size = 1;
    config.pim.slice_bits = 2;
    config.pim.bits = 7;  // 4 + 8 cycles for each group and slice
    const std::vector<mvm::MvmRecord> one = {
        {0, {0, 0, 96, 96, 100, 100}, {{9, -4}, {1, 1}, {1, 1}, {0, 0}, {0, 0}}}};
    EXPECT_EQ(body(dump(config, only("tile.dac_bank.wl_0"), one)),
              "#0\n$dumpvars\nb1 !\n$end\n#4000\nb0 !\n#12000\nb10 !\n#16000\nb0 !\n#102000\n")
        << "9 = 01 + 4 x 10";
    // its own pass, the second group: evaluation 7 of 8, the digit 1 of the higher slice
    EXPECT_TRUE(has(body(dump(config, only("tile.dac_bank.wl_1"), one)), "#84000\nb1 !\n#88000\n"));
    EXPECT_EQ(times(body(dump(config, only("tile.crossbar.integrating"), one)), "1!"), 8U);
}

TEST(VcdWriter, ChangesCountsWhenTheyAreValid)
{
    EXPECT_EQ(
        body(dump(two_by_two(), only("tile.adc_bank.cp_0"), two_records())),
        "#0\n$dumpvars\nbx !\n$end\n#133000\nb1100100 !\n#266000\nb111111111111 !\n#282000\n");
}

TEST(VcdWriter, ShowsWhichColumnALaneServesAndItsResult)
{
    // H = 133: column 0 goes in, then column 1; results 3 cycles after each, Y = 138
    EXPECT_EQ(body(dump(two_by_two(), only("tile.nmpu_bank.lane_0", 0, 140), two_records())),
              "#0\n$dumpvars\n0!\nbz \"\nbx #\n$end\n#133000\nb0 \"\n1!\n#134000\nb1 \"\n"
              "#135000\nbz \"\n#137000\nb1011000 #\n#138000\nb11111100 #\n0!\n#140000\n");
}

TEST(VcdWriter, ShowsATransferAsValidAndTakenInTheSameCycle)
{
    EXPECT_EQ(body(dump(two_by_two(), only("tile.output_buffer.[vt]a*", 138), two_records())),
              "#138000\n$dumpvars\n1!\n1\"\n$end\n#139000\n0!\n0\"\n#271000\n1!\n#280000\n1\"\n"
              "#281000\n0!\n0\"\n#282000\n");
}

TEST(VcdWriter, NamesTheStateOfTheArray)
{
    auto records = two_records();
    records[1].times = {150, 150, 283, 283, 288, 288};
    EXPECT_EQ(body(dump(two_by_two(), only("tile.controller.state"), records)),
              "#0\n$dumpvars\nb1 !\n$end\n#133000\nb10 !\n#150000\nb1 !\n#283000\nb101 !\n"
              "#288000\nb0 !\n#290000\n")
        << "reading, input starved, reading, drain, idle";
    records[0].times = {0, 0, 133, 133, 1106, 1106};
    records[1].times = {133, 133, 266, 1106, 2079, 2079};
    records.push_back({2, {266, 1106, 1239, 2079, 3052, 3052}, records[1].values});
    EXPECT_EQ(body(dump(two_by_two(), only("tile.controller.state", 0, 1200), records)),
              "#0\n$dumpvars\nb1 !\n$end\n#266000\nb11 !\n#1106000\nb1 !\n#1200000\n")
        << "the post unit holds both banks until 1106";
    records[0].times = {0, 0, 133, 133, 140, 140};
    records[1].times = {133, 133, 266, 400, 407, 407};
    records[2].times = {266, 407, 540, 540, 547, 547};
    EXPECT_EQ(body(dump(two_by_two(), only("tile.controller.state", 260, 500), records)),
              "#260000\n$dumpvars\nb1 !\n$end\n#266000\nb100 !\n#400000\nb11 !\n#407000\nb1 !\n"
              "#500000\n")
        << "output blocked until a slot is free at 400";
}

TEST(VcdWriter, DrawsTheClockOnlyInsideTheWindow)
{
    EXPECT_EQ(body(dump(two_by_two(), only("tile.clk", 10, 12), two_records())),
              "#10000\n$dumpvars\n1!\n$end\n#10500\n0!\n#11000\n1!\n#11500\n0!\n#12000\n");
    const std::string whole = body(dump(two_by_two(), only("tile.clk"), two_records()));
    EXPECT_EQ(times(whole, "1!"), 282U);
}

TEST(VcdWriter, StartsAWindowWithTheValuesOfThatMoment)
{
    EXPECT_EQ(body(dump(two_by_two(), only("tile.controller.mvm", 133, 300), two_records())),
              "#133000\n$dumpvars\nb1 !\n$end\n#282000\n");
    EXPECT_EQ(body(dump(two_by_two(), only("tile.adc_bank.cp_0", 200, 260), two_records())),
              "#200000\n$dumpvars\nb1100100 !\n$end\n#260000\n");
    EXPECT_EQ(body(dump(two_by_two(), only("tile.adc_bank.cp_0", 5000, 5010), two_records())),
              "#5000000\n$dumpvars\nb111111111111 !\n$end\n#5001000\n")
        << "a window behind the end of the run";
}

/// Twelve vectors with waits of every kind between them, all with other values.
std::vector<mvm::MvmRecord> twelve_records()
{
    std::vector<mvm::MvmRecord> records;
    mvm::MvmTimes t{0, 0, 133, 133, 138, 138};
    for (std::uint64_t k = 0; k < 12; ++k) {
        const auto v = static_cast<std::int32_t>(7 * k % 11);
        records.push_back({k, t, {{1, -127}, {v, 1}, {30, v + 4}, {v, -v}, {354, -14}}});
        t.in = t.start + (k % 3 == 0 ? 200 : 133);
        t.start = std::max(t.in, t.counts + (k % 4 == 1 ? 9 : 0));
        t.counts = t.start + 133;
        t.post = t.counts + (k % 5 == 2 ? 20 : 0);
        t.done = t.post + 5;
        t.out = t.done + (k % 2 == 0 ? 30 : 0);
    }
    return records;
}

/// Signals and their values at the end of a dump. @param before  [ps] only changes before this
std::map<std::string, std::string> values_at_end(const std::string& text,
                                                 std::uint64_t before = ~std::uint64_t{0})
{
    std::map<std::string, std::string> values;
    std::istringstream lines(body(text));
    for (std::string line; std::getline(lines, line);) {
        if (line[0] == '#' && std::stoull(line.substr(1)) >= before) { break; }
        if (line[0] == '#' || line[0] == '$') { continue; }
        const std::size_t space = line.find(' ');  // "b101 id" or "1id"
        const std::size_t id = space == std::string::npos ? 1 : space + 1;
        values[line.substr(id)] = line.substr(0, space == std::string::npos ? 1 : space);
    }
    return values;
}

TEST(VcdWriter, OpensTheWindowOnWhatVectorsBeforeItLeftBehind)
{
    const auto records = twelve_records();
    const std::string whole = dump(two_by_two(), only("tile.*.*"), records);
    for (std::uint64_t from = 1; from < records.back().times.out; from += 7) {
        const std::string text = dump(two_by_two(), only("tile.*.*", from, from + 1), records);
        ASSERT_EQ(values_at_end(text), values_at_end(whole, (from + 1) * 1000)) << from;
    }
}

TEST(VcdWriter, EndsTheSameWhateverComesBehindTheWindow)
{
    auto records = twelve_records();
    const VcdSelection window = only("*", 300, 700);
    const std::string whole = dump(two_by_two(), window, records);
    while (records.back().times.in > 800) { records.pop_back(); }
    ASSERT_LT(records.size(), 10U);
    EXPECT_EQ(dump(two_by_two(), window, records), whole);
}

TEST(VcdWriter, SelectsByFullNameOrByScope)
{
    const auto n_signals = [](const std::string& scope) {
        return times(dump(two_by_two(), only(scope), two_records()), "$var ");
    };
    EXPECT_EQ(n_signals("tile.nmpu_bank.lane_0"), 3U);
    EXPECT_EQ(n_signals("tile.nmpu_bank.lane_*"), 3U);
    EXPECT_EQ(n_signals("tile.adc_bank.c[pn]_?"), 4U);
    EXPECT_EQ(n_signals("*.busy"), 3U);
    EXPECT_EQ(n_signals("tile"), n_signals("*"));
    EXPECT_THROW(VcdWriter(two_by_two(), only("tile.adc_bnk")), ConfigError);
}

TEST(VcdWriter, HasAnLdpuInsteadOfLanes)
{
    auto config = two_by_two();
    config.post = config::PostUnit::ldpu;
    const std::string text = dump(config, only("*"), two_records());
    EXPECT_TRUE(has(text, "$scope module ldpu $end\n"));
    EXPECT_FALSE(has(text, "lane_0"));
}

TEST(VcdWriter, StreamsTheSameTextThatItWritesAtOnce)
{
    VcdWriter writer(two_by_two(), only("*"));
    std::string text;
    for (const auto& record : two_records()) {
        writer.add(record);
        const std::string piece = writer.take();
        EXPECT_FALSE(piece.empty());
        text += piece;
    }
    EXPECT_EQ(text + writer.finish(), dump(two_by_two(), only("*"), two_records()));
}

TEST(VcdWriter, NeverGoesBackInTime)
{
    auto config = two_by_two();
    config.controller.input_slots = 2;  // vector 2 is taken before the read of vector 1 starts
    auto records = two_records();
    records[1].times.in = 0;
    records.push_back({2, {133, 266, 399, 399, 404, 404}, records[0].values});
    std::istringstream lines(dump(config, only("*"), records));
    std::uint64_t last = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.front() != '#') { continue; }
        const std::uint64_t now = std::stoull(line.substr(1));
        EXPECT_TRUE(now > last || now == 0) << line;
        last = now;
    }
    EXPECT_EQ(last, 406000U);
}

TEST(VcdWriter, WritesAnEmptyRun)
{
    EXPECT_EQ(body(dump(two_by_two(), only("tile.controller.start"), {})),
              "#0\n$dumpvars\n0!\n$end\n#1000\n");
}

}  // namespace
}  // namespace aimc::report
