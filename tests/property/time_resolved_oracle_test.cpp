// SPDX-License-Identifier: Apache-2.0
// The path from input codes to counts against scripts/oracle/time_resolved.py, which steps through
// the window one cycle at a time in exact fractions; that file describes the lines.
#include "aimc/mvm/read_path.h"

#include "support/oracle_cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace aimc::mvm {
namespace {

using test::oracle_lines;
using test::OracleCase;

std::vector<std::string> split(const std::string& text, char by)
{
    std::vector<std::string> items;
    std::istringstream stream(text);
    for (std::string item; std::getline(stream, item, by);) { items.push_back(item); }
    return items;
}

/// The nearest double of a decimal number.
double real(const std::string& text)
{
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (end != text.c_str() + text.size() || text.empty()) {
        throw std::runtime_error("not a number: " + text);
    }
    return value;
}

template <class T>
std::vector<T> integers(const OracleCase& c, const std::string& key)
{
    std::vector<T> values;
    for (const std::string& item : split(c.text(key), ',')) {
        values.push_back(static_cast<T>(std::stoi(item)));
    }
    return values;
}

template <class Enum>
Enum word(const OracleCase& c, const std::string& key, const std::map<std::string, Enum>& words)
{
    return words.at(c.text(key));
}

config::TileConfig tile_of(const OracleCase& c)
{
    config::TileConfig t;
    t.rows = static_cast<std::size_t>(c.number("rows"));
    t.cols = static_cast<std::size_t>(c.number("cols"));
    t.read.mode = word<config::ReadMode>(
        c, "mode",
        {{"one_phase", config::ReadMode::one_phase}, {"four_phase", config::ReadMode::four_phase}});
    t.read.n_window = c.small("window");
    t.crossbar.g_lsb_nS = 4.0;
    t.crossbar.v_read_mV = 200.0;
    t.adc.integration =
        word<config::Integration>(c, "integration",
                                  {{"time_resolved", config::Integration::time_resolved},
                                   {"charge", config::Integration::charge}});
    t.adc.rounding = word<config::Rounding>(
        c, "rounding",
        {{"floor", config::Rounding::floor}, {"nearest", config::Rounding::nearest}});
    t.adc.count_bits = c.small("bits");
    t.adc.polarity_deadband_uA = real(c.text("deadband"));
    return t;
}

std::vector<converters::Knot> knots_of(const std::string& column)
{
    std::vector<converters::Knot> knots;
    for (const std::string& pair : split(column, ',')) {
        const auto ends = split(pair, ':');
        knots.push_back({real(ends.at(0)), real(ends.at(1))});
    }
    return knots;
}

Matrix<ConductanceLsb> cells_of(const OracleCase& c, const std::string& key,
                                const config::TileConfig& tile)
{
    const auto raw = integers<std::int16_t>(c, key);
    Matrix<ConductanceLsb> cells(tile.rows, tile.cols);
    if (raw.size() != cells.data().size()) { throw std::runtime_error("wrong length: " + key); }
    std::transform(raw.begin(), raw.end(), cells.data().begin(),
                   [](std::int16_t g) { return ConductanceLsb{g}; });
    return cells;
}

Chip chip_of(const OracleCase& c, const config::TileConfig& tile)
{
    Chip chip;
    chip.array.g_pos = cells_of(c, "gp", tile);
    chip.array.g_neg = cells_of(c, "gn", tile);
    chip.array.noise_pos = Matrix<std::uint16_t>(tile.rows, tile.cols);
    chip.array.noise_neg = chip.array.noise_pos;
    chip.array.asymmetry.assign(tile.cols, 0.0);
    chip.current_ratio = real(c.text("ratio"));
    const auto pos = split(c.text("pos"), ';');
    const auto neg = split(c.text("neg"), ';');
    const auto offsets = split(c.text("offsets"), ',');
    for (std::size_t k = 0; k < tile.cols; ++k) {
        chip.curves.columns.push_back({knots_of(pos.at(k)), knots_of(neg.at(k)),
                                       real(offsets.at(3 * k)), real(offsets.at(3 * k + 1)),
                                       real(offsets.at(3 * k + 2))});
    }
    return chip;
}

struct Counts {
    std::vector<std::int32_t> p, n;
};

Counts read_all(const OracleCase& c, SimdLevel simd)
{
    const config::TileConfig tile = tile_of(c);
    const Chip chip = chip_of(c, tile);
    const ReadPath path(tile, chip, simd);
    const auto x = integers<std::int8_t>(c, "x");
    Counts all;
    ReadPath::Scratch scratch;
    std::vector<std::int32_t> p(tile.cols), n(tile.cols);
    for (std::size_t k = 0; k < x.size() / tile.rows; ++k) {
        path.read(x.data() + k * tile.rows, {k, false}, scratch, p.data(), n.data());
        all.p.insert(all.p.end(), p.begin(), p.end());
        all.n.insert(all.n.end(), n.begin(), n.end());
    }
    return all;
}

const char* case_file() { return std::getenv("AIMC_TIME_RESOLVED_CASES"); }

TEST(TimeResolvedOracle, CountsEqualTheBruteForceToTheLastCount)
{
    if (case_file() == nullptr) {
        GTEST_SKIP() << "AIMC_TIME_RESOLVED_CASES is not set; see scripts/oracle/time_resolved.py";
    }
    std::map<std::string, std::size_t> reads;  // of a column, by mode
    std::size_t conversions = 0, flat = 0, edges = 0;
    for (const std::string& line : oracle_lines(case_file())) {
        const OracleCase c(line);
        const auto p = integers<std::int32_t>(c, "p");
        const auto n = integers<std::int32_t>(c, "n");
        for (const SimdLevel simd : {SimdLevel::scalar, best_simd_level()}) {
            const Counts counts = read_all(c, simd);
            ASSERT_EQ(counts.p, p) << line;
            ASSERT_EQ(counts.n, n) << line;
        }
        reads[c.text("mode") + " " + c.text("integration")] += p.size();
        conversions += p.size() * (c.text("mode") == "one_phase" ? 1 : 4);
        flat +=
            static_cast<std::size_t>(std::count(p.begin(), p.end(), (1 << c.small("bits")) - 1));
        if (c.text("kind") == "whole") { edges += static_cast<std::size_t>(c.number("edges")); }
    }
    for (const auto& [mode, n] : reads) {
        std::printf("figure: %s: %zu column reads equal the brute force\n", mode.c_str(), n);
        EXPECT_GE(n, 20'000u) << mode;
    }
    std::printf("figure: %zu conversions in all, %zu words at their end, %zu sums on an edge\n",
                conversions, flat, edges);
    EXPECT_EQ(reads.size(), 4u);
    EXPECT_GT(flat, 100u) << "no counter was ever full";
    EXPECT_GT(edges, 1000u) << "no sum was ever at the last moment before a count";
}

/// What rounding the curves to the grid costs, against the curves that were asked for.
TEST(TimeResolvedOracle, GridMovesALineByNoMoreThanCurvesHSays)
{
    if (case_file() == nullptr) {
        GTEST_SKIP() << "AIMC_TIME_RESOLVED_CASES is not set; see scripts/oracle/time_resolved.py";
    }
    std::map<std::string, double> largest;
    std::map<std::string, std::array<std::size_t, 2>> differ;  // words, of them other than the line
    for (const std::string& line : oracle_lines(case_file())) {
        const OracleCase c(line);
        const double deviation = real(c.text("deviation"));
        EXPECT_LE(deviation, real(c.text("bound"))) << line;
        if (c.text("kind") == "whole") { continue; }  // built so that the line is on the grid
        largest[c.text("kind")] = std::max(largest[c.text("kind")], deviation);
        const Counts counts = read_all(c, best_simd_level());
        const auto p = integers<std::int32_t>(c, "line_p");
        const auto n = integers<std::int32_t>(c, "line_n");
        auto& d = differ[c.text("kind")];
        for (std::size_t i = 0; i < p.size(); ++i) {
            d[0] += 2;
            d[1] += (counts.p[i] != p[i] ? 1u : 0u) + (counts.n[i] != n[i] ? 1u : 0u);
            ASSERT_LE(std::abs(counts.p[i] - p[i]), 4) << line;
            ASSERT_LE(std::abs(counts.n[i] - n[i]), 4) << line;
        }
    }
    for (const auto& [kind, d] : differ) {
        std::printf(
            "figure: %s curves: grid moves a sum by at most %.4f count; %zu of %zu words "
            "(%.2f %%) differ from the line's\n",
            kind.c_str(), largest[kind], d[1], d[0],
            100.0 * static_cast<double>(d[1]) / static_cast<double>(d[0]));
    }
    ASSERT_EQ(differ.size(), 2u);
    EXPECT_GT(largest["straight"], 0.005) << "the lines hardly reach their end";
    EXPECT_LE(largest["straight"], 0.0141) << "curves.h: 0.014 at the end of a HERMES line";
}

}  // namespace
}  // namespace aimc::mvm
