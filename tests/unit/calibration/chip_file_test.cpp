// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/chip_file.h"

#include "aimc/config/npy.h"

#include "support/tiny_tile.h"
#include "support/tiny_work.h"
#include "unit/config/input_files.h"

#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <vector>

namespace aimc::calibration {
namespace {

using config::testing::expect_input_error;
using test::tiny_tile;
using test::tiny_work;

class ChipFileTest : public config::testing::InputFiles {
protected:
    const config::TileConfig tile_ = [] {
        config::TileConfig tile = tiny_tile();
        tile.adc.current_ratio.reset();  // the file's
        return tile;
    }();
    const config::Workload work_ = tiny_work();

    /// Words of which no two are alike.
    std::vector<LayerCalibration> layers() const
    {
        std::vector<LayerCalibration> all = fixed_words(tile_, work_);
        all[0].y_lsb = 1.0 / 3.0;
        all[0].words.scale_exponent = 3;
        all[0].words.nmpu = {{0, 255, -128, 127}, {1, 2, 3, 4}, {128, 128, 0, 0}, {5, 6, -7, -8}};
        all[0].words.ldpu[1].beta = ldpu::Binary16{0x8000};
        all[0].words.ldpu[2] = {{0x7bff}, {0x0001}, {0xfbff}, {0x3c00}, {0x7c00}};
        return all;
    }
    void expect_same_words(const AffineFile& file) const
    {
        const auto expected = layers();
        ASSERT_EQ(file.layers.size(), 1u);
        const auto& words = file.layers[0].words;
        EXPECT_EQ(words.nmpu, expected[0].words.nmpu);
        EXPECT_EQ(words.scale_exponent, 3);
        EXPECT_EQ(file.layers[0].y_lsb, 1.0 / 3.0) << "a double survives the text";
        ASSERT_EQ(words.ldpu.size(), 4u);
        for (std::size_t c = 0; c < 4; ++c) {
            const auto& e = expected[0].words.ldpu[c];
            EXPECT_EQ(words.ldpu[c].scale_p, e.scale_p);
            EXPECT_EQ(words.ldpu[c].scale_n, e.scale_n);
            EXPECT_EQ(words.ldpu[c].offset, e.offset);
            EXPECT_EQ(words.ldpu[c].gamma, e.gamma);
            EXPECT_EQ(words.ldpu[c].beta, e.beta);
        }
    }
    mvm::Chip chip() const
    {
        mvm::Chip made = mvm::make_chip(tile_, cell_targets(tile_, work_));
        made.current_ratio = 0.328125;
        return made;
    }
};

/// `text` with the first `from` made `to`.
std::string with(std::string text, const std::string& from, const std::string& to)
{
    const std::size_t at = text.find(from);
    if (at == std::string::npos) { throw std::logic_error("not in the file: " + from); }
    return text.replace(at, from.size(), to);
}

TEST_F(ChipFileTest, AffineTablesSurviveAFile)
{
    const AffineFile file =
        load_affine(put("a.json", affine_json(tile_, layers(), 0.328125)), tile_, work_);
    EXPECT_EQ(file.current_ratio, 0.328125);
    expect_same_words(file);
}

TEST_F(ChipFileTest, WordsHoldTheBatchNormThatTheyWereMadeWithAndNoOther)
{
    config::Workload normed = work_;
    config::set_batch_norm(normed.layers[0], {1.0, -2.0, 0.5, 1.0}, {0.0, 0.25, 0.0, -1.0});
    config::Workload other = work_;
    config::set_batch_norm(other.layers[0], {1.0, -2.0, 0.5, 1.0}, {0.0, 0.5, 0.0, -1.0});
    auto with = layers();
    with[0].batch_norm = digest_of(normed.layers[0].batch_norm);
    const std::string file = put("n.json", affine_json(tile_, with, 0.328125));
    EXPECT_EQ(load_affine(file, tile_, normed).layers[0].batch_norm, with[0].batch_norm);
    expect_input_error("none here", {"/layers/0/batch_norm", "the workload has none"},
                       [&] { load_affine(file, tile_, work_); });
    expect_input_error("another", {"/layers/0/batch_norm", "another one"},
                       [&] { load_affine(file, tile_, other); });
    const std::string plain = put("p.json", affine_json(tile_, layers(), 0.328125));
    expect_input_error("none there", {"/layers/0/batch_norm", "is not there"},
                       [&] { load_affine(plain, tile_, normed); });
}

TEST_F(ChipFileTest, MisfitsSurviveAFileForTheUnitThatTheyAreOf)
{
    auto with = layers();
    with[0].misfits = {{3, "s_p", 2.5, 1.9921875}, {3, "o", -70.0, -64.0}};
    with[0].fitted_for = config::PostUnit::nmpu;
    const std::string file = put("m.json", affine_json(tile_, with, 0.328125));
    const auto nmpu = load_affine(file, tile_, work_).layers[0];
    ASSERT_EQ(nmpu.misfits.size(), 2u);
    EXPECT_EQ(nmpu.misfits[1].word, "o");
    EXPECT_EQ(nmpu.misfits[1].wanted, -70.0);
    EXPECT_EQ(nmpu.scales_clipped, 1u);
    config::TileConfig fp16 = tile_;
    fp16.post = config::PostUnit::ldpu;
    EXPECT_TRUE(load_affine(file, fp16, work_).layers[0].misfits.empty()) << "not of its words";
}

TEST_F(ChipFileTest, AFrozenChipSurvivesItsFiles)
{
    const mvm::Chip saved = chip();
    save_chip(path("frozen.json"), tile_, saved, layers());
    const ChipFile loaded = load_chip(path("frozen.json"), tile_, work_);
    EXPECT_EQ(loaded.array.g_pos, saved.array.g_pos);
    EXPECT_EQ(loaded.array.g_neg, saved.array.g_neg);
    EXPECT_EQ(loaded.array.g_pos(WordLine{0}, BitLine{3}).raw, 127);
    EXPECT_EQ(loaded.array.g_neg(WordLine{1}, BitLine{3}).raw, 127);
    EXPECT_EQ(loaded.array.noise_lsb, 0.0) << "a frozen chip reads without noise";
    EXPECT_EQ(loaded.affine.current_ratio, 0.328125);
    expect_same_words(loaded.affine);
    EXPECT_EQ(config::load_npy<std::int16_t>(path("frozen_g_pos.npy")).rows(), 4u);
}

TEST_F(ChipFileTest, ALoadedChipReadsAsTheSavedOne)
{
    const mvm::Chip saved = chip();
    save_chip(path("frozen.json"), tile_, saved, layers());
    mvm::Chip loaded = saved;
    loaded.array = load_chip(path("frozen.json"), tile_, work_).array;
    const mvm::ReadPath before(tile_, saved);
    const mvm::ReadPath after(tile_, loaded);
    mvm::ReadPath::Scratch scratch;
    for (std::size_t k = 0; k < work_.inputs.rows(); ++k) {
        std::vector<std::int32_t> a(4), b(4), c(4), d(4);
        before.read(work_.inputs.row(k), {k, false}, scratch, a.data(), b.data());
        after.read(work_.inputs.row(k), {k, false}, scratch, c.data(), d.data());
        EXPECT_EQ(a, c);
        EXPECT_EQ(b, d);
    }
}

TEST_F(ChipFileTest, BrokenAffineFilesAreRefusedWithFileAndPlace)
{
    const std::string good = affine_json(tile_, layers(), 1.0);
    const std::string row = "[128,128,0,0]";  // column 2
    const std::string at_row = "/layers/0/nmpu/2";
    struct Row {
        const char* what;
        std::string from, to;
        std::vector<std::string> parts;
    };
    const std::vector<Row> rows{
        {"format", "aimc-affine/2", "aimc-affine/3", {"/format", "aimc-affine/2"}},
        {"branch", "\"polarity\"", "\"single\"", {"/made_for/branch", "single", "polarity"}},
        {"scale bits", "\"scale_bits\":8", "\"scale_bits\":9", {"/made_for/scale_bits", "9", "8"}},
        {"no format", "\"format\"", "\"form\"", {"/format is missing"}},
        {"ratio of 0",
         "\"current_ratio\": 1.0",
         "\"current_ratio\": 0",
         {"/current_ratio", "above 0"}},
        {"ratio as text", "\"current_ratio\": 1.0", "\"current_ratio\": \"1\"", {"/current_ratio"}},
        {"no layers", "\"layers\"", "\"layer\"", {"/layers is missing"}},
        {"no y_lsb", "\"y_lsb\"", "\"lsb\"", {"/layers/0/y_lsb is missing"}},
        {"exponent",
         "\"scale_exponent\": 3",
         "\"scale_exponent\": 5",
         {"/layers/0/scale_exponent is 5", "0 to 4"}},
        {"no table", "\"nmpu\"", "\"npu\"", {"/layers/0/nmpu is missing"}},
        {"a row too few", row + ",\n", "", {"/layers/0/nmpu", "one row per column", "4"}},
        {"a column too few", row, "[128,128,0]", {at_row, "4 entries"}},
        {"row is a number", row, "7", {at_row, "4 entries"}},
        {"scale too large", row, "[256,128,0,0]", {at_row + " is 256", "0 to 255"}},
        {"scale negative", row, "[128,-1,0,0]", {at_row + " is -1", "0 to 255"}},
        {"offset too large", row, "[128,128,128,0]", {at_row + " is 128", "-128 to 127"}},
        {"offset too small", row, "[128,128,0,-129]", {at_row + " is -129", "-128 to 127"}},
        {"not whole", row, "[128,128,0.5,0]", {at_row, "whole number"}},
        {"beyond 64 bits", row, "[128,128,0,18446744073709551615]", {at_row, "-128 to 127"}},
        {"as text", row, "[\"128\",128,0,0]", {at_row, "whole number"}},
        {"three digits", "7bff", "7bf", {"/layers/0/ldpu/2", "four hex digits"}},
        {"no hex digit", "7bff", "7bfg", {"/layers/0/ldpu/2", "four hex digits"}},
        {"with a sign", "7bff", "-bff", {"/layers/0/ldpu/2", "four hex digits"}},
        {"a half as number", "\"7bff\"", "1.0", {"/layers/0/ldpu/2", "four hex digits"}},
        {"cut short", "]\n}\n", "", {"is not JSON"}}};
    for (const Row& r : rows) {
        const std::string file = put("broken.json", with(good, r.from, r.to));
        auto parts = r.parts;
        parts.push_back(file + ": ");
        expect_input_error(r.what, parts, [&] { load_affine(file, tile_, work_); });
    }
    std::cout << "affine files: " << rows.size() << " broken ones refused\n";
}

TEST_F(ChipFileTest, FilesThatAreNoTablesAreRefused)
{
    expect_input_error("missing", {path("none.json"), "cannot be read"},
                       [&] { load_affine(path("none.json"), tile_, work_); });
    const std::string list = put("list.json", "[]");
    expect_input_error("a list", {list, "JSON object"}, [&] { load_affine(list, tile_, work_); });
    const std::string empty = put("empty.json", "");
    expect_input_error("empty", {empty, "not JSON"}, [&] { load_chip(empty, tile_, work_); });
}

TEST_F(ChipFileTest, TablesOfAnotherTileOrWorkloadAreRefused)
{
    const std::string file = put("a.json", affine_json(tile_, layers(), 1.0));
    config::Workload two = work_;
    two.layers.push_back(two.layers[0]);
    expect_input_error("another layer", {file, "/layers", "that is 2"},
                       [&] { load_affine(file, tile_, two); });
    config::TileConfig wide = tile_;
    wide.cols = 5;
    expect_input_error("another column", {file, "/layers/0/nmpu", "that is 5"},
                       [&] { load_affine(file, wide, work_); });
    expect_input_error("not a chip", {file, "/format", "aimc-chip/2"},
                       [&] { load_chip(file, tile_, work_); });
    config::TileConfig other = tile_;
    other.adc.current_ratio = 0.5;
    expect_input_error("another mirror ratio", {file, "/current_ratio is 1.0", "0.5", "calibrate"},
                       [&] { load_affine(file, other, work_); });
    other = tile_;
    other.crossbar.v_read_mV = 100.0;
    expect_input_error("another read voltage", {file, "/made_for/v_read_mV is 200.0", "100.0"},
                       [&] { load_affine(file, other, work_); });
}

TEST_F(ChipFileTest, AChipKeepsItsPolarityAsymmetry)
{
    config::TileConfig tile = tile_;
    tile.device.polarity_asymmetry_mean = 0.125;
    tile.device.polarity_asymmetry_sd = 0.05;
    const mvm::Chip saved = mvm::make_chip(tile, cell_targets(tile, work_));
    save_chip(path("asymmetric.json"), tile, saved, layers());
    EXPECT_EQ(load_chip(path("asymmetric.json"), tile, work_).array.asymmetry,
              saved.array.asymmetry);
}

TEST_F(ChipFileTest, BrokenChipsAreRefusedWithTheFileThatIsWrong)
{
    const std::string file = path("chip.json");
    const auto load = [&] { load_chip(file, tile_, work_); };
    save_chip(file, tile_, chip(), layers());
    const std::string good = read_file(file);

    put("chip.json", with(good, "\"chip_g_neg.npy\"", "7"));
    expect_input_error("a number for a name", {file, "/g_neg", ".npy"}, load);
    put("chip.json", with(good, "\"g_pos\"", "\"g\""));
    expect_input_error("no grid", {file, "/g_pos is missing"}, load);
    put("chip.json", with(good, "chip_g_neg.npy", "nowhere.npy"));
    expect_input_error("missing grid", {path("nowhere.npy")}, load);
    put("chip.json", good);

    const std::string grid = path("chip_g_neg.npy");
    std::vector<std::int16_t> g(16, 3);
    put("chip_g_neg.npy", config::npy_bytes(g.data(), {2, 8}));
    expect_input_error("shape", {grid, "2 x 8", "4 x 4"}, load);
    g[5] = -1;
    put("chip_g_neg.npy", config::npy_bytes(g.data(), {4, 4}));
    expect_input_error("negative", {grid, "negative conductance at element 5"}, load);
    const std::vector<std::int8_t> narrow(16, 3);
    put("chip_g_neg.npy", config::npy_bytes(narrow.data(), {4, 4}));
    expect_input_error("type", {grid, "int8", "int16"}, load);
    put("chip_g_neg.npy", "not numpy");
    expect_input_error("no array", {grid}, load);
}

}  // namespace
}  // namespace aimc::calibration
