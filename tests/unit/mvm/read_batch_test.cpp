// SPDX-License-Identifier: Apache-2.0
// A batch on a window gives what the readable form, one waveform at a time through crossbar and
// converters, gives of the whole tile: same counts, same events.
#include "aimc/calibration/calibrate.h"
#include "aimc/mvm/analog_path.h"

#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace aimc::mvm {
namespace {

using config::Range;

/// A tile, what it is read with, and how.
struct Trial {
    config::TileConfig config = test::tiny_tile();
    Window window;
    std::vector<std::int8_t> x;  ///< [n x tile rows], 0 outside the window
    std::size_t n = 0;
    crossbar::ReadId first;
    Chip chip;
};

struct Result {
    std::vector<std::int32_t> p, n;
    std::vector<int> phases;
    converters::AdcEvents events;
};

class Draw {
public:
    explicit Draw(unsigned seed) : rng_(seed) {}
    int from(int low, int high)
    {
        return low + static_cast<int>(rng_() % static_cast<unsigned>(high - low + 1));
    }
    bool coin() { return from(0, 1) == 1; }
    template <class T>
    T one_of(std::initializer_list<T> all)
    {
        return *(all.begin() + from(0, static_cast<int>(all.size()) - 1));
    }
    Range part_of(std::size_t size)
    {
        const auto end = static_cast<int>(size);
        const int a = from(0, end - 1);
        return {static_cast<std::size_t>(a), static_cast<std::size_t>(from(a + 1, end))};
    }

private:
    std::mt19937 rng_;
};

void draw_converters(Draw& draw, config::TileConfig& c)
{
    c.read.n_window = draw.one_of({127, 128, 200});
    c.adc.curves = draw.one_of(
        {config::CurveSource::ideal, config::CurveSource::parametric, config::CurveSource::file});
    c.adc.gain_MHz_per_uA = 35.0;
    c.adc.full_scale_uA = draw.one_of({94.0, 20.0, 3.0});
    if (c.adc.curves == config::CurveSource::file) {
        c.adc.curve_file =
            std::string(AIMC_SOURCE_DIR) + "/configs/curves/" +
            draw.one_of({"hermes_like_256.csv", "sar_like_256_12b.csv", "espressif_esp32.csv"});
        c.adc.few_curves = config::FewCurves::repeat;
        c.adc.non_monotone = config::NonMonotone::isotonic;
        c.adc.full_scale_uA = 94.0;
    }
    c.adc.parametric.segments = draw.from(1, 70);
    c.adc.parametric.offset_sd_counts = draw.one_of({0.0, 2.0, 100.0});
    c.adc.current_ratio = draw.one_of({1.0, 0.1, 7.0});
    c.adc.count_bits = draw.one_of({4, 8, 12});
    c.adc.count_fraction = draw.one_of({0, 0, 0, 3});
    c.adc.rounding = draw.one_of({config::Rounding::floor, config::Rounding::nearest});
    c.adc.sigma_lsb = draw.one_of({0.0, 0.3, 5.0});
    c.adc.input_offset_sd_uA = draw.one_of({0.0, 0.2, 2.0});
    c.adc.polarity_deadband_uA = draw.one_of({0.0, 0.5});
    c.nmpu.branch = draw.one_of({config::Branch::polarity, config::Branch::single});
}

Trial draw_trial(unsigned seed, bool fast_form)
{
    Draw draw(seed);
    Trial t;
    auto& c = t.config;
    c.rows = static_cast<std::size_t>(draw.one_of({1, 2, 19, 70, 141}));
    c.cols = static_cast<std::size_t>(draw.one_of({1, 5, 16, 37, 61}));
    c.index = static_cast<std::uint16_t>(draw.from(0, 3));
    c.read.mode = draw.coin() ? config::ReadMode::four_phase : config::ReadMode::one_phase;
    c.adc.integration =
        fast_form || draw.coin() ? config::Integration::charge : config::Integration::time_resolved;
    c.read.skip_empty_phases = draw.coin();
    c.device.model = draw.one_of(
        {config::DeviceModel::hermes, config::DeviceModel::hermes, config::DeviceModel::ideal});
    c.device.g_max_uS.reset();
    c.device.read_noise =
        fast_form ? draw.one_of({config::ReadNoise::per_column, config::ReadNoise::none})
                  : draw.one_of({config::ReadNoise::none, config::ReadNoise::per_column,
                                 config::ReadNoise::per_segment, config::ReadNoise::per_cell});
    c.device.polarity_asymmetry_sd = draw.one_of({0.0, 0.05});
    c.crossbar.g_lsb_nS = 4.0;
    c.crossbar.g_map = config::GMap::tile;
    draw_converters(draw, c);

    if (draw.from(0, 4) > 0) { t.window = {draw.part_of(c.rows), draw.part_of(c.cols)}; }
    const Range rows = crossbar::range_or_all(t.window.rows, c.rows);
    t.n = static_cast<std::size_t>(draw.from(1, 70));
    t.first = {draw.one_of({std::uint64_t{0}, std::uint64_t{0xffffffe0}}), draw.coin()};
    const int low = draw.one_of({0, -127, -1});
    const int high = draw.one_of({127, 3, 0});
    t.x.assign(t.n * c.rows, 0);
    for (std::size_t k = 0; k < t.n; ++k) {
        const bool rests = draw.from(0, 9) == 0;
        for (std::size_t r = rows.from; r < rows.to && !rests; ++r) {
            t.x[k * c.rows + r] = static_cast<std::int8_t>(draw.from(low, high));
        }
    }
    config::Workload work;
    work.layers.resize(1);
    config::Layer& layer = work.layers[0];
    layer.weights = Matrix<std::int16_t>(c.rows, c.cols);
    layer.rows = {0, c.rows};
    layer.cols = {0, c.cols};
    for (auto& w : layer.weights.data()) { w = static_cast<std::int16_t>(draw.from(-127, 127)); }
    t.chip = make_chip(c, calibration::cell_targets(c, work));
    t.chip.current_ratio = c.adc.current_ratio.value_or(1.0);
    return t;
}

/// Plain reads of the whole tile, cut to the window.
Result plain(const Trial& t)
{
    config::TileConfig config = t.config;
    config.index = t.chip.index.value_or(config.index);
    const crossbar::Crossbar array(config, t.chip.array, SimdLevel::scalar);
    const converters::CcoAdc adc(
        config,
        converters::to_table(t.chip.curves, crossbar::current_lsb_uA(config.crossbar),
                             t.chip.current_ratio),
        SimdLevel::scalar);
    const Range cols = crossbar::range_or_all(t.window.cols, config.cols);
    Result r;
    crossbar::ColumnWave wave;
    for (std::size_t k = 0; k < t.n; ++k) {
        const std::int8_t* x = t.x.data() + k * config.rows;
        const crossbar::ReadId id{t.first.read + k, t.first.calibration};
        std::vector<std::int32_t> p(config.cols), n(config.cols);
        const auto phases = crossbar::phases_of(config.read, x, config.rows);
        for (const crossbar::Phase phase : phases) {
            array.drive(x, phase, id, wave);
            adc.convert(wave, phase, id, p.data(), n.data(), r.events);
        }
        adc.finish(p.data(), n.data(), r.events);
        const auto cut = [&](const auto& from, auto& to) {
            to.insert(to.end(), from.data() + cols.from, from.data() + cols.to);
        };
        cut(p, r.p);
        cut(n, r.n);
        r.phases.push_back(static_cast<int>(phases.size()));
    }
    return r;
}

Result batch(const Trial& t, SimdLevel simd)
{
    const AnalogPath path(t.config, t.chip, simd, t.window);
    const Range rows = crossbar::range_or_all(t.window.rows, t.config.rows);
    const std::size_t words = t.n * path.crossbar().cols();
    Result r{std::vector<std::int32_t>(words, -1),
             std::vector<std::int32_t>(words, -1),
             std::vector<int>(t.n, -1),
             {}};
    AnalogPath::Scratch scratch;
    path.read_batch(t.x.data() + rows.from, t.config.rows, t.n, t.first, scratch, r.p.data(),
                    r.n.data(), r.phases.data());
    r.events = scratch.events;
    return r;
}

Result single_reads(const Trial& t, SimdLevel simd)
{
    const AnalogPath path(t.config, t.chip, simd, t.window);
    const std::size_t cols = path.crossbar().cols();
    Result r{std::vector<std::int32_t>(t.n * cols, -1),
             std::vector<std::int32_t>(t.n * cols, -1),
             {},
             {}};
    AnalogPath::Scratch scratch;
    for (std::size_t k = 0; k < t.n; ++k) {
        path.read(t.x.data() + k * t.config.rows, {t.first.read + k, t.first.calibration}, scratch,
                  r.p.data() + k * cols, r.n.data() + k * cols);
    }
    r.events = scratch.events;
    return r;
}

void expect_same_events(const converters::AdcEvents& a, const converters::AdcEvents& b)
{
    EXPECT_EQ(a.conversions, b.conversions);
    EXPECT_EQ(a.watched, b.watched);
    EXPECT_EQ(a.over_range, b.over_range);
    EXPECT_EQ(a.polarity_flips, b.polarity_flips);
    EXPECT_EQ(a.saturated, b.saturated);
}

/// What the trials met, so that none of it is absent by accident.
struct Met {
    std::size_t reads = 0;
    converters::AdcEvents events;
};

void compare(const Trial& t, Met& met)
{
    const Result expected = plain(t);
    const bool whole = t.window.cols.to == 0;
    converters::AdcEvents of_window;
    for (const SimdLevel simd : simd_levels()) {
        const Result r = batch(t, simd);
        ASSERT_EQ(r.p, expected.p) << to_string(simd);
        ASSERT_EQ(r.n, expected.n) << to_string(simd);
        ASSERT_EQ(r.phases, expected.phases) << to_string(simd);
        if (simd == SimdLevel::scalar) {
            const Result one_by_one = single_reads(t, simd);
            ASSERT_EQ(one_by_one.p, expected.p);
            ASSERT_EQ(one_by_one.n, expected.n);
            of_window = one_by_one.events;
            if (whole) { expect_same_events(of_window, expected.events); }
        }
        expect_same_events(r.events, of_window);
    }
    met.reads += t.n;
    met.events.add(of_window);
}

TEST(ReadBatch, OnAWindowEqualsPlainReadsOfTheWholeTile)
{
    Met met;
    for (unsigned seed = 1; seed <= 400 && !HasFailure(); ++seed) {
        SCOPED_TRACE("trial " + std::to_string(seed));
        compare(draw_trial(seed, true), met);
    }
    std::cout << "read_batch: " << met.reads << " reads by charge, " << met.events.conversions
              << " conversions, " << met.events.watched << " watched, " << met.events.over_range
              << " over range, " << met.events.polarity_flips << " flips, " << met.events.saturated
              << " words full\n";
    EXPECT_GT(met.events.over_range, 100U);
    EXPECT_GT(met.events.polarity_flips, 100U);
    EXPECT_GT(met.events.saturated, 1000U);
}

TEST(ReadBatch, TakesEveryOtherKindOfReadAsWell)
{
    Met met;
    for (unsigned seed = 1001; seed <= 1150 && !HasFailure(); ++seed) {
        SCOPED_TRACE("trial " + std::to_string(seed));
        compare(draw_trial(seed, false), met);
    }
    EXPECT_GT(met.events.polarity_flips, 1000U);
}

TEST(ReadBatch, RefusesAWindowThatIsNoPartOfTheTile)
{
    const Trial t = draw_trial(1, true);
    const std::size_t cols = t.config.cols;
    for (const Range range : {Range{0, cols + 1}, Range{1, 1}, Range{cols, cols + 1}}) {
        EXPECT_THROW(AnalogPath(t.config, t.chip, SimdLevel::scalar, {{}, range}),
                     std::invalid_argument);
    }
}

}  // namespace
}  // namespace aimc::mvm
