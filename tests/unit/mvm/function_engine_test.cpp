// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/function_engine.h"

#include "aimc/calibration/calibrate.h"
#include "aimc/mvm/timing.h"

#include "support/tiny_tile.h"
#include "support/tiny_work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <vector>

namespace aimc::mvm {
namespace {

using test::tiny_tile;
using test::tiny_work;

/// Plays the same workload `jobs` times and keeps all that comes out.
class Recorder : public JobRunner {
public:
    Recorder(const config::TileConfig& config, const config::Workload& work, int jobs = 1)
        : work_(work), targets_(calibration::cell_targets(config, work)), jobs_left_(jobs)
    {
        words_ = calibration::fixed_words(config, work)[0].words;
    }
    const device::CellTargets& targets() const override { return targets_; }
    void bring_up(Chip& chip) override
    {
        ++n_bring_ups;
        rows = chip.array.rows();
    }
    bool next_job(Job& job) override
    {
        if (jobs_left_-- == 0) { return false; }
        job = {words_, work_.inputs, {}, work_.arrival, work_.sink, first_read};
        first_read += work_.inputs.rows();
        return true;
    }
    void on_record(const MvmRecord& record) override { records.push_back(record); }
    void on_events(const converters::AdcEvents& e, const std::vector<LaneCounters>& l) override
    {
        ++n_events;
        events.add(e);
        lanes.resize(std::max(lanes.size(), l.size()));
        for (std::size_t i = 0; i < l.size(); ++i) { lanes[i].add(l[i]); }
    }
    bool stop_requested() const override { return records.size() >= stop_after; }

    std::vector<MvmRecord> records;
    std::vector<LaneCounters> lanes;
    converters::AdcEvents events;
    std::uint64_t first_read = 0;
    std::size_t stop_after = static_cast<std::size_t>(-1);
    std::size_t rows = 0;
    int n_bring_ups = 0;
    int n_events = 0;

private:
    config::Workload work_;
    device::CellTargets targets_;
    PostWords words_;
    int jobs_left_;
};

/// A tile with all noise on, five lanes for 37 columns, a sink that stalls and gaps.
struct NoisyTile {
    config::TileConfig config = tiny_tile();
    config::Workload work;

    explicit NoisyTile(std::size_t n_vectors)
    {
        config.rows = 24;
        config.cols = 37;
        config.device.model = config::DeviceModel::hermes;
        config.adc.curves = config::CurveSource::parametric;
        config.adc.gain_MHz_per_uA = 400.0;  // some columns saturate
        config.adc.full_scale_uA = 94.0;
        config.adc.sigma_lsb = 0.7;
        config.nmpu.lanes = 5;
        std::mt19937 rng(5);
        const auto code = [&] { return static_cast<int>(rng() % 255) - 127; };
        config::Layer layer;
        layer.weights = Matrix<std::int16_t>(24, 37);
        for (auto& w : layer.weights.data()) { w = static_cast<std::int16_t>(code()); }
        layer.rows = {0, 24};
        layer.cols = {0, 37};
        work.layers = {layer};
        work.inputs = Matrix<std::int8_t>(n_vectors, 24);
        for (auto& x : work.inputs.data()) { x = static_cast<std::int8_t>(code()); }
        work.arrival.n_gaps = {0, 200, 40};
        work.sink.ready = {false, true, false, false, false, false, true};
    }
};

TEST(FunctionEngine, RunsTheTinyTileByHand)
{
    Recorder runner(tiny_tile(), tiny_work());
    run_function_engine(tiny_tile(), SimdLevel::scalar, 1, runner);
    ASSERT_EQ(runner.records.size(), 6u);
    EXPECT_EQ(runner.n_bring_ups, 1);
    EXPECT_EQ(runner.rows, 4u);
    using Words = std::vector<std::int32_t>;
    const std::vector<Words> products{{1, -2, 0, 127},         // x = 1, 0, 0, 0
                                      {-3, -4, 0, 127},        // x = 0, -1, 0, 0
                                      {-8, 20, 0, 258},        // x = 1, 2, 3, 4
                                      {-889, 127, 0, 48260},   // x = 127 * (1, -1, 1, -1)
                                      {889, -127, 0, -48260},  // and back
                                      {0, 0, 0, 0}};
    for (std::size_t k = 0; k < 6; ++k) {
        const MvmRecord& r = runner.records[k];
        EXPECT_EQ(r.mvm, k);
        for (std::size_t c = 0; c < 4; ++c) {
            EXPECT_EQ(r.values.c_p[c] - r.values.c_n[c], products[k][c]) << k << ", " << c;
            EXPECT_EQ(r.values.partial[c], 4 * products[k][c]);
            EXPECT_EQ(r.values.y[c], std::clamp(products[k][c], -127, 127));
        }
        EXPECT_EQ(r.times.out, 133 * k + 138) << "A = 133, N = 2 + 3";
    }
    // Lane 0 has columns 0 and 1: -889 and 889; lane 1 columns 2 and 3: 258, 48260 and -48260.
    ASSERT_EQ(runner.lanes.size(), 2u);
    EXPECT_EQ(runner.lanes[0].saturated, 2u);
    EXPECT_EQ(runner.lanes[1].saturated, 3u);
    EXPECT_EQ(runner.events.conversions, 6u * 4u);
}

TEST(FunctionEngine, DoesNotDependOnThreadsOrSimdLevel)
{
    NoisyTile noisy(203);  // no whole number of tasks or batches
    for (const auto mode : {config::ReadMode::one_phase, config::ReadMode::four_phase}) {
        noisy.config.read.mode = mode;
        Recorder one(noisy.config, noisy.work);
        run_function_engine(noisy.config, SimdLevel::scalar, 1, one);
        ASSERT_EQ(one.records.size(), 203u);
        for (const SimdLevel simd : simd_levels()) {
            for (const int threads : {1, 2, 3}) {
                Recorder other(noisy.config, noisy.work);
                run_function_engine(noisy.config, simd, threads, other);
                ASSERT_EQ(other.records.size(), 203u);
                for (std::size_t k = 0; k < 203; ++k) {
                    ASSERT_EQ(other.records[k].mvm, k) << "records leave in order";
                    ASSERT_TRUE(other.records[k].values == one.records[k].values)
                        << "vector " << k << ", " << threads << " threads, " << to_string(simd);
                    ASSERT_TRUE(other.records[k].times == one.records[k].times);
                }
                ASSERT_EQ(other.lanes.size(), 5u);
                for (std::size_t l = 0; l < 5; ++l) {
                    EXPECT_EQ(other.lanes[l].saturated, one.lanes[l].saturated) << "lane " << l;
                }
                EXPECT_EQ(other.events.polarity_flips, one.events.polarity_flips);
                EXPECT_EQ(other.events.conversions, one.events.conversions);
            }
        }
    }
    std::cout << "function engine: 203 vectors, 1 to 3 threads, " << simd_levels().size()
              << " SIMD levels, both read modes alike\n";
}

TEST(FunctionEngine, CountsEachSaturationAtTheLaneOfItsColumn)
{
    const NoisyTile noisy(50);
    Recorder runner(noisy.config, noisy.work);
    run_function_engine(noisy.config, SimdLevel::scalar, 2, runner);
    std::vector<std::uint64_t> expected(5, 0);
    const nmpu::Lane lane(noisy.config.nmpu, 0, config::Activation::identity);
    for (const MvmRecord& r : runner.records) {
        for (std::size_t c = 0; c < 37; ++c) {
            const auto out = lane.compute(r.values.c_p[c], r.values.c_n[c], {128, 128, 0, 0});
            EXPECT_EQ(r.values.y[c], out.y);
            expected[c / 8] += out.saturated;  // ceil(37 / 5) = 8 columns a lane
        }
    }
    std::uint64_t all = 0;
    for (std::size_t l = 0; l < 5; ++l) {
        EXPECT_EQ(runner.lanes[l].saturated, expected[l]) << "lane " << l;
        all += expected[l];
    }
    EXPECT_GT(all, 0u);
}

TEST(FunctionEngine, TimesAreThoseOfTheRecurrence)
{
    NoisyTile noisy(40);
    noisy.config.read.mode = config::ReadMode::four_phase;
    noisy.config.read.skip_empty_phases = true;
    for (std::size_t r = 0; r < 24; ++r) {  // a vector without negative codes, and an empty one
        std::int8_t& x = noisy.work.inputs.row(7)[r];
        x = static_cast<std::int8_t>(std::max<int>(x, 0));
        noisy.work.inputs.row(8)[r] = 0;
    }
    Recorder runner(noisy.config, noisy.work);
    run_function_engine(noisy.config, SimdLevel::scalar, 2, runner);
    Recurrence recurrence(timing_rules(noisy.config), noisy.work.arrival, noisy.work.sink);
    for (std::size_t k = 0; k < 40; ++k) {
        const int phases = k == 7 ? 2 : k == 8 ? 1 : 4;
        EXPECT_TRUE(runner.records[k].times == recurrence.next(n_read_cycles(noisy.config, phases)))
            << "vector " << k;
    }
}

TEST(FunctionEngine, JobsShareTheChipButNotTheirTimeOrNoise)
{
    const NoisyTile noisy(20);
    Recorder runner(noisy.config, noisy.work, 2);
    run_function_engine(noisy.config, SimdLevel::scalar, 2, runner);
    ASSERT_EQ(runner.records.size(), 40u);
    EXPECT_EQ(runner.n_bring_ups, 1);
    EXPECT_EQ(runner.n_events, 2);
    int n_different = 0;
    for (std::size_t k = 0; k < 20; ++k) {
        const MvmRecord& a = runner.records[k];
        const MvmRecord& b = runner.records[20 + k];
        EXPECT_EQ(a.mvm, b.mvm) << "counted per job";
        EXPECT_TRUE(a.times == b.times) << "cycle 0 is each job's in_0";
        EXPECT_EQ(a.values.x, b.values.x);
        n_different += !(a.values == b.values);
    }
    EXPECT_EQ(n_different, 20) << "other read indices, other noise";
}

TEST(FunctionEngine, EndsAfterTheBatchInFlightWhenAskedTo)
{
    const NoisyTile noisy(203);
    Recorder runner(noisy.config, noisy.work);
    runner.stop_after = 10;
    run_function_engine(noisy.config, SimdLevel::scalar, 1, runner);
    EXPECT_GE(runner.records.size(), 10u);
    EXPECT_LT(runner.records.size(), 203u);
    EXPECT_EQ(runner.n_events, 1) << "what was done is still reported";
}

}  // namespace
}  // namespace aimc::mvm
