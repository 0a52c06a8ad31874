// SPDX-License-Identifier: Apache-2.0
// The read path of every kind of tile: single reads and batches, windows, steps, and what the index
// of a chip changes.
#include "aimc/mvm/read_path.h"

#include "aimc/mvm/timing.h"

#include "support/kind_tiles.h"
#include "support/tiny_work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace aimc::mvm {
namespace {

using config::Range;
using config::Scheme;
using config::TileConfig;
using config::TileKind;
using test::matrix;

// ---- reads -------------------------------------------------------------------------------------

/// A tile of 7 x 5 of each kind, noisy where the kind has noise.
std::vector<std::pair<std::string, TileConfig>> every_kind()
{
    TileConfig analog = test::tiny_tile();
    analog.device.model = config::DeviceModel::hermes;
    analog.adc.sigma_lsb = 50.0;
    analog.read.mode = config::ReadMode::four_phase;
    analog.read.skip_empty_phases = true;
    TileConfig skipping = test::tiny_digital();
    skipping.digital.skip_zero_planes = true;
    skipping.digital.input_bits_per_cycle = 2;
    TileConfig single = test::tiny_pim(Scheme::differential);
    single.nmpu.branch = config::Branch::single;
    std::vector<std::pair<std::string, TileConfig>> all{
        {"analog", analog},
        {"native", test::tiny_pim(Scheme::native)},
        {"differential", test::tiny_pim(Scheme::differential)},
        {"bit_serial", test::tiny_pim(Scheme::bit_serial)},
        {"one word", single},
        {"digital", test::tiny_digital()},
        {"digital, skipping", skipping}};
    for (auto& [name, c] : all) {
        c.rows = 7;
        c.cols = 5;
    }
    return all;
}

/// A programmed tile and vectors for it.
struct Trial {
    explicit Trial(const TileConfig& c, std::uint64_t seed = 1)
        : config(c), dice(seed), targets(test::random_targets(c, dice)), chip(make_chip(c, targets))
    {
        x = test::inputs_of(config, n, dice);
    }
    static constexpr std::size_t n = 24;
    TileConfig config;
    test::Dice dice;
    device::CellTargets targets;
    Chip chip;
    Matrix<std::int8_t> x;
};

struct Counts {
    std::vector<std::int32_t> p, n;
    std::vector<int> steps;
    converters::AdcEvents events;
    bool operator==(const Counts& b) const { return p == b.p && n == b.n; }
};

Counts batch(const Trial& t, const Chip& chip, Window window = {}, crossbar::ReadId first = {})
{
    const Range rows = crossbar::range_or_all(window.rows, t.config.rows);
    const Range cols = crossbar::range_or_all(window.cols, t.config.cols);
    const ReadPath path(t.config, chip, best_simd_level(), window);
    Counts c;
    c.p.assign(t.n * cols.size(), -1);
    c.n = c.p;
    c.steps.assign(t.n, -1);
    ReadPath::Scratch scratch;
    path.read_batch(t.x.row(0) + rows.from, t.config.rows, t.n, first, scratch, c.p.data(),
                    c.n.data(), c.steps.data());
    c.events = scratch.events;
    return c;
}

Counts one_by_one(const Trial& t, Window window = {}, crossbar::ReadId first = {})
{
    const Range cols = crossbar::range_or_all(window.cols, t.config.cols);
    const ReadPath path(t.config, t.chip, SimdLevel::scalar, window);
    Counts c;
    c.p.assign(t.n * cols.size(), -1);
    c.n = c.p;
    ReadPath::Scratch scratch;
    for (std::size_t k = 0; k < t.n; ++k) {
        path.read(t.x.row(k), {first.read + k, first.calibration}, scratch,
                  c.p.data() + k * cols.size(), c.n.data() + k * cols.size());
    }
    c.events = scratch.events;
    return c;
}

TEST(ReadPath, ASingleReadIsThatOfTheBatch)
{
    for (const auto& [name, c] : every_kind()) {
        const Trial t(c);
        for (const crossbar::ReadId first : {crossbar::ReadId{0, false}, {0xfffffff8, true}}) {
            const Counts expected = batch(t, t.chip, {}, first);
            const Counts got = one_by_one(t, {}, first);
            EXPECT_TRUE(got == expected) << name;
            EXPECT_EQ(got.events.conversions, expected.events.conversions) << name;
            EXPECT_EQ(got.events.over_range, expected.events.over_range) << name;
        }
    }
}

TEST(ReadPath, AWindowGivesItsColumnsOfATileWhoseOtherRowsRest)
{
    // groups of two rows are counted from the window's first row: it starts at a whole group
    const Window window{{2, 6}, {1, 4}};
    for (const auto& [name, c] : every_kind()) {
        Trial t(c);
        for (std::size_t k = 0; k < t.n; ++k) {
            for (const std::size_t r : {0U, 1U, 6U}) { t.x.row(k)[r] = 0; }
        }
        TileConfig quiet = c;
        // noise of groups that rest would add to the whole tile alone
        if (c.kind == TileKind::pim) {
            quiet.pim.sigma_lsb = quiet.pim.offset_sd_lsb = 0.0;
            t.config = quiet;
        }
        const Counts whole = batch(t, t.chip);
        const Counts part = batch(t, t.chip, window);
        EXPECT_TRUE(part == one_by_one(t, window)) << name;
        for (std::size_t k = 0; k < t.n; ++k) {
            for (std::size_t col = 1; col < 4; ++col) {
                EXPECT_EQ(part.p[k * 3 + col - 1], whole.p[k * 5 + col]) << name << ' ' << k;
                EXPECT_EQ(part.n[k * 3 + col - 1], whole.n[k * 5 + col]) << name << ' ' << k;
            }
        }
    }
}

TEST(ReadPath, OutsideTheWindowInputsAreNotLookedAt)
{
    const Window window{{2, 6}, {}};
    for (const auto& [name, c] : every_kind()) {
        Trial t(c);
        const Counts before = batch(t, t.chip, window);
        for (std::size_t k = 0; k < t.n; ++k) {
            for (const std::size_t r : {0U, 1U, 6U}) { t.x.row(k)[r] = -128; }
        }
        EXPECT_TRUE(batch(t, t.chip, window) == before) << name;
        EXPECT_TRUE(one_by_one(t, window) == before) << name;
    }
}

TEST(ReadPath, RefusesAWindowThatIsNoPartOfTheTile)
{
    for (const auto& [name, c] : every_kind()) {
        const Trial t(c);
        for (const Range range : {Range{0, 8}, Range{1, 1}, Range{7, 8}}) {
            EXPECT_THROW(ReadPath(t.config, t.chip, SimdLevel::scalar, {range, {}}),
                         std::invalid_argument)
                << name;
        }
    }
}

TEST(ReadPath, StepsOfABatchAreThoseOfEachVector)
{
    for (const auto& [name, c] : every_kind()) {
        const Trial t(c);
        const Counts got = batch(t, t.chip);
        for (std::size_t k = 0; k < t.n; ++k) {
            EXPECT_EQ(got.steps[k], n_steps(t.config, t.x.row(k), t.config.rows)) << name;
            EXPECT_LE(n_read_cycles(t.config, got.steps[k]), test::longest_read(t.config)) << name;
            const auto cycles = static_cast<std::uint64_t>(n_read_cycles(t.config, got.steps[k]));
            EXPECT_EQ(steps_in(t.config, cycles), static_cast<std::uint64_t>(got.steps[k])) << name;
        }
        const auto [least, most] = std::minmax_element(got.steps.begin(), got.steps.end());
        const bool varies = name != "digital";
        EXPECT_EQ(*least < *most, varies) << name << ": vectors of one sign, of both, of nothing";
    }
}

TEST(ReadPath, StepsByHand)
{
    TileConfig c = test::tiny_pim(Scheme::bit_serial);  // 2 groups, 2 slices
    const auto x = matrix<std::int8_t>({{1, 0, 2, 0}, {0, -1, 0, 0}, {1, -1, 0, 0}, {0, 0, 0, 0}});
    EXPECT_EQ(n_steps(c, x.row(0), 4), 4);
    EXPECT_EQ(n_steps(c, x.row(1), 4), 4) << "the negative pass alone";
    EXPECT_EQ(n_steps(c, x.row(2), 4), 8);
    EXPECT_EQ(n_steps(c, x.row(3), 4), 4) << "one pass always";
    EXPECT_EQ(n_steps(c, x.row(0), 2), 2) << "two of the rows are one group";
    c = test::tiny_digital();
    EXPECT_EQ(n_steps(c, x.row(0), 4), 8);
    c.digital.skip_zero_planes = true;
    EXPECT_EQ(n_steps(c, x.row(0), 4), 2);
    EXPECT_EQ(n_steps(c, x.row(1), 4), 8) << "-1 has every bit";
    EXPECT_EQ(n_steps(c, x.row(3), 4), 1);
}

TEST(ReadPath, PimConversionsAreThoseOfTheSteps)
{
    for (const auto& [name, c] : every_kind()) {
        if (c.kind != TileKind::pim) { continue; }
        const Trial t(c);
        const Counts got = batch(t, t.chip);
        std::uint64_t steps = 0;
        for (const int s : got.steps) { steps += static_cast<std::uint64_t>(s); }
        const auto columns = static_cast<std::uint64_t>(schemes::physical_columns(c.pim));
        EXPECT_EQ(got.events.conversions, steps * columns * c.cols) << name;
        EXPECT_EQ(got.events.watched, got.events.conversions) << name;
    }
    const Trial digital(test::tiny_digital());
    EXPECT_EQ(batch(digital, digital.chip).events.conversions, 0U);
}

TEST(ReadPath, DigitalReadsAreExact)
{
    TileConfig c = test::tiny_digital();
    c.nmpu.branch = config::Branch::single;
    const Trial t(c);
    const Counts got = batch(t, t.chip);
    for (std::size_t k = 0; k < t.n; ++k) {
        for (std::size_t col = 0; col < c.cols; ++col) {
            std::int32_t sum = 0;
            for (std::size_t r = 0; r < c.rows; ++r) {
                sum += t.targets.codes(WordLine{r}, BitLine{col}) * t.x.row(k)[r];
            }
            EXPECT_EQ(got.p[k * c.cols + col], sum);
            EXPECT_EQ(got.n[k * c.cols + col], 0);
        }
    }
}

// ---- chips of a system -------------------------------------------------------------------------

TEST(ReadPath, TheIndexOfAChipGivesOtherErrorsThanThatOfTheConfiguration)
{
    for (const auto& [name, c] : every_kind()) {
        const Trial t(c);
        Chip third = t.chip;
        third.index = 3;
        TileConfig as_third = c;
        as_third.index = 3;
        Trial own(as_third);  // the same dice: the same weights and vectors
        own.chip = third;
        const Counts of_third = batch(t, third);
        EXPECT_TRUE(of_third == batch(own, own.chip)) << name << ": by chip or by configuration";
        const bool has_errors = c.kind != TileKind::digital_cim;
        EXPECT_EQ(of_third == batch(t, t.chip), !has_errors) << name;
        Chip none = t.chip;
        none.index.reset();
        EXPECT_TRUE(batch(own, none) == of_third) << name << ": no index is the configuration's";
    }
}

TEST(ReadPath, ColumnErrorsOfAPimChipStayWhenReadsAreSeededAnew)
{
    TileConfig c = test::tiny_pim(Scheme::native);
    c.pim.sigma_lsb = 0.0;
    const Trial t(c);
    Trial other(t);
    other.config.seed.read = 99;
    EXPECT_TRUE(batch(t, t.chip) == batch(other, other.chip));
    other.config.seed.device = 99;
    EXPECT_FALSE(batch(t, t.chip) == batch(other, other.chip));
}

}  // namespace
}  // namespace aimc::mvm
