// SPDX-License-Identifier: Apache-2.0
#include "key_table.h"  // private: src/config is on this test's include path

#include "aimc/config/load.h"

#include "rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace aimc::config::detail {
namespace {

const std::string minimal = R"({"format": "aimc-config/1"})";

bool is_none(const Value& value) { return std::holds_alternative<std::monostate>(value); }

/// An allowed value that is not the default.
Value another(const Key& key)
{
    const Value now = key.get(TileConfig{});
    switch (key.kind) {
        case Kind::integer: return now == Value{key.whole_high} ? key.whole_low : key.whole_high;
        case Kind::number: return now == Value{key.high} ? key.low : key.high;
        case Kind::numbers: return std::vector<double>{key.low, key.high};
        case Kind::boolean: return !std::get<bool>(now);
        case Kind::choice:
            return now == Value{key.words.front()} ? key.words.back() : key.words.front();
        case Kind::text: return std::string("label");
        case Kind::file: return std::string("/folder/file.json");
        case Kind::word_or_file: return std::string("/folder/file.npy");
    }
    return {};
}

TEST(KeyTable, EachKeyIsExplained)
{
    std::set<std::string> paths;
    for (const auto& key : keys()) {
        EXPECT_TRUE(paths.insert(key.path).second) << key.path << " is there twice";
        EXPECT_NE(find_section(key.section()), nullptr) << key.path;
        EXPECT_EQ(find_section(key.path), nullptr) << key.path << " is a section too";
        EXPECT_TRUE(key.tag() == "Source" || key.tag() == "Derived" || key.tag() == "Choice")
            << key.path << ": " << key.source;
        EXPECT_GT(key.source.size(), key.tag().size() + 3) << key.path;
        EXPECT_EQ(key.meaning.back(), '.') << key.path;
        EXPECT_NE(config_readme().find("| `" + key.leaf() + "` | "), std::string::npos) << key.path;
    }
    EXPECT_GT(paths.size(), 75U);
}

TEST(KeyTable, ChosenNumbersAreNotCalledPublished)
{
    // Facts that were looked for and not found; their defaults can only be choices.
    for (const std::string path : {"crossbar.v_read_mV",
                                   "crossbar.g_lsb_nS",
                                   "adc.sigma_lsb",
                                   "adc.current_ratio",
                                   "adc.parametric.offset_sd_counts",
                                   "adc.parametric.s_shape_counts",
                                   "adc.parametric.polarity_correlation",
                                   "nmpu.branch",
                                   "nmpu.cut",
                                   "nmpu.round_bits",
                                   "nmpu.round_mode",
                                   "nmpu.final_round_mode",
                                   "nmpu.out_bits",
                                   "nmpu.overflow",
                                   "nmpu.fill",
                                   "nmpu.offset_bits",
                                   "nmpu.partial_bits",
                                   "nmpu.scale_exponent",
                                   "ldpu.passes",
                                   "ldpu.lanes",
                                   "ldpu.initiation_interval",
                                   "ldpu.fill",
                                   "calibration.count",
                                   "calibration.percentile",
                                   "controller.double_buffered",
                                   "controller.output_slots",
                                   "energy.adc_conversion_pJ",
                                   "energy.input_phase_pJ",
                                   "energy.nmpu_column_pJ",
                                   "energy.ldpu_column_pJ",
                                   "area.nmpu_um2"}) {
        ASSERT_NE(find_key(path), nullptr) << path;
        EXPECT_EQ(find_key(path)->tag(), "Choice") << path;
    }
}

TEST(KeyTable, DefaultsAreInRange)
{
    for (const auto& key : keys()) {
        const Value value = key.get(TileConfig{});
        if (is_none(value)) {
            EXPECT_TRUE(!key.none.empty() || key.path == "name") << key.path;
        } else if (key.kind == Kind::integer) {
            EXPECT_GE(std::get<std::int64_t>(value), key.whole_low) << key.path;
            EXPECT_LE(std::get<std::int64_t>(value), key.whole_high) << key.path;
        } else if (key.kind == Kind::number) {
            EXPECT_GE(std::get<double>(value), key.low) << key.path;
            EXPECT_LE(std::get<double>(value), key.high) << key.path;
        } else if (key.kind == Kind::choice) {
            EXPECT_EQ(std::count(key.words.begin(), key.words.end(), std::get<std::string>(value)),
                      1)
                << key.path;
        }
    }
    for (const auto& rule : rules()) { EXPECT_EQ(rule.check(TileConfig{}), "") << rule.text; }
}

TEST(KeyTable, EachKeyHasAFieldOfItsOwn)
{
    for (const auto& key : keys()) {
        if (key.path == "format") { continue; }
        TileConfig tile;
        key.set(tile, another(key));
        for (const auto& other : keys()) {
            const Value expected = other.path == key.path ? another(key) : other.get(TileConfig{});
            EXPECT_EQ(other.get(tile), expected)
                << "setting " << key.path << " moved " << other.path;
        }
        if (!key.none.empty()) {
            key.set(tile, Value{});
            EXPECT_TRUE(is_none(key.get(tile))) << key.path;
        }
    }
}

TEST(KeyTable, EachKeyCanBeSetAndSurvivesTheRoundTrip)
{
    const std::string plain = parse_config(minimal, "a.json").effective_json;
    for (const auto& key : keys()) {
        if (key.path == "format") { continue; }
        const std::string set = key.path + "=" + text_of(another(key), key);
        try {
            const LoadedConfig loaded = parse_config(minimal, "a.json", {set});
            EXPECT_EQ(key.get(loaded.tile), another(key)) << set;
            EXPECT_NE(loaded.effective_json, plain) << set;
            EXPECT_EQ(parse_config(loaded.effective_json, "b.json").effective_json,
                      loaded.effective_json)
                << set;
        } catch (const ConfigError& error) {
            // Alone it may break a rule between keys, but never its own range.
            EXPECT_EQ(std::string(error.what()).find(allowed(key)), std::string::npos)
                << error.what();
            const bool has_rule =
                std::any_of(rules().begin(), rules().end(), [&](const Rule& rule) {
                    return std::count(rule.keys.begin(), rule.keys.end(), key.path) != 0;
                });
            EXPECT_TRUE(has_rule) << set << ": " << error.what();
        }
    }
}

TEST(KeyTable, EachWordIsRead)
{
    for (const auto& key : keys()) {
        for (const auto& word : key.words) {
            TileConfig tile;
            key.set(tile, word);
            EXPECT_EQ(key.get(tile), Value{word}) << key.path;
        }
    }
}

TEST(KeyTable, RulesNameExistingKeys)
{
    for (const auto& rule : rules()) {
        for (const auto& path : rule.keys) { EXPECT_NE(find_key(path), nullptr) << path; }
    }
}

}  // namespace
}  // namespace aimc::config::detail
