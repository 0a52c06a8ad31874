// SPDX-License-Identifier: Apache-2.0
// One program of jobs on both engines: the jobs differ in everything that a job may say, also in
// which tile of a system the simulated tile stands for.
#include "aimc/testbench/cycle_engine.h"

#include "aimc/mvm/function_engine.h"

#include "support/kind_tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace aimc::test {
namespace {

config::TileConfig noisy_tile()
{
    config::TileConfig c = tiny_tile();
    c.device.model = config::DeviceModel::hermes;
    c.adc.sigma_lsb = 50.0;  // a count is one weight step times one input step: large sums
    c.adc.curves = config::CurveSource::parametric;
    c.adc.full_scale_uA = 94.0;
    return c;
}

/// The jobs of a list, and what came of them.
class JobList : public mvm::JobRunner {
public:
    JobList(const device::CellTargets& targets, const std::vector<mvm::Job>& jobs)
        : targets_(targets), jobs_(jobs)
    {
    }
    const device::CellTargets& targets() const override { return targets_; }
    void bring_up(mvm::Chip&) override {}
    bool next_job(mvm::Job& job) override
    {
        if (next_ == jobs_.size()) { return false; }
        job = jobs_[next_++];
        return true;
    }
    void on_record(const mvm::MvmRecord& record) override { records.push_back(record); }
    void on_events(const converters::AdcEvents& e, const std::vector<mvm::LaneCounters>&) override
    {
        conversions += e.conversions;
    }
    bool stop_requested() const override { return false; }

    std::vector<mvm::MvmRecord> records;
    std::uint64_t conversions = 0;

private:
    device::CellTargets targets_;
    std::vector<mvm::Job> jobs_;
    std::size_t next_ = 0;
};

void expect_same(const JobList& a, const JobList& b)
{
    ASSERT_EQ(a.records.size(), b.records.size());
    for (std::size_t k = 0; k < a.records.size(); ++k) {
        EXPECT_EQ(a.records[k].mvm, b.records[k].mvm) << "record " << k;
        EXPECT_TRUE(a.records[k].times == b.records[k].times) << "record " << k;
        EXPECT_TRUE(a.records[k].values == b.records[k].values) << "record " << k;
    }
    EXPECT_EQ(a.conversions, b.conversions);
}

struct Program {
    explicit Program(const config::TileConfig& of = noisy_tile()) : config(of) {}
    config::TileConfig config;
    Dice dice{21};
    device::CellTargets targets = random_targets(config, dice);
    std::vector<mvm::Job> jobs;

    mvm::Chip chip_of_tile(std::uint16_t index, bool same_weights = false)
    {
        config::TileConfig c = config;
        c.index = index;
        return mvm::make_chip(c, same_weights ? targets : random_targets(c, dice));
    }
    JobList on_function_engine(const mvm::ReadMemory* memory = nullptr) const
    {
        JobList list(targets, jobs);
        mvm::run_function_engine(config, best_simd_level(), 2, list, memory);
        return list;
    }
    JobList on_cycle_engine() const
    {
        JobList list(targets, jobs);
        testbench::run_cycle_engine(config, best_simd_level(), list);
        return list;
    }
};

void chips_play_in_turn(const config::TileConfig& config)
{
    Program p(config);
    const mvm::Chip third = p.chip_of_tile(3, true);
    mvm::Chip fifth = third;  // the same cells and curves: only what is drawn per read differs
    fifth.index = 5;
    mvm::Job job;
    job.words = random_words(p.config, p.dice);
    job.inputs = inputs_of(p.config, 20, p.dice);
    const mvm::Chip* const in_turn[] = {&third, &fifth, &third};
    for (const mvm::Chip* chip : in_turn) {
        job.chip = chip;
        p.jobs.push_back(job);  // reads of every tile count from 0
    }
    const JobList cycle = p.on_cycle_engine();
    expect_same(cycle, p.on_function_engine());
    ASSERT_EQ(cycle.records.size(), 60U);
    int differing = 0;
    for (std::size_t k = 0; k < 20; ++k) {
        EXPECT_TRUE(cycle.records[k].times == cycle.records[20 + k].times);
        EXPECT_TRUE(cycle.records[k].values == cycle.records[40 + k].values) << "tile 3 again";
        differing += cycle.records[k].values == cycle.records[20 + k].values ? 0 : 1;
    }
    EXPECT_GT(differing, 10) << "noise of tile 5 was drawn as that of tile 3";
    Memo memo(1U << 20U);
    const mvm::ReadMemory memory(memo, "one analog half");
    expect_same(cycle, p.on_function_engine(&memory));
}

TEST(CycleEngine, PlaysTheChipsOfSeveralTilesInTurn) { chips_play_in_turn(noisy_tile()); }

TEST(CycleEngine, PlaysThePimChipsOfSeveralTilesInTurn)
{
    chips_play_in_turn(tiny_pim(config::Scheme::differential));
}

void jobs_differ_in_everything(const config::TileConfig& config)
{
    Program p(config);
    std::vector<mvm::Chip> chips;
    for (std::uint16_t tile = 1; tile <= 4; ++tile) { chips.push_back(p.chip_of_tile(tile)); }
    constexpr int n_jobs = 300;
    int by_port = 0, with_x = 0, partial = 0;
    for (int i = 0; i < n_jobs; ++i) {
        mvm::Job job;
        job.words = random_words(p.config, p.dice);
        job.inputs = inputs_of(p.config, static_cast<std::size_t>(p.dice.roll(1, 9)), p.dice);
        random_ports(p.config, job, p.dice);
        random_residual_edges(longest_read(config), job, p.dice);
        job.arrival.n_gaps = {0, static_cast<std::uint32_t>(p.dice.roll(0, 200))};
        job.sink.ready.assign(static_cast<std::size_t>(p.dice.roll(1, 300)), false);
        job.sink.ready.back() = true;
        job.first_read = static_cast<std::uint64_t>(p.dice.roll(0, 1000));
        job.chip = p.dice.flip() ? &chips[static_cast<std::size_t>(p.dice.roll(0, 3))] : nullptr;
        by_port += job.by_residual_port() ? 1 : 0;
        with_x += job.words.residual_in && !job.by_residual_port() ? 1 : 0;
        partial += job.words.partial_out ? 1 : 0;
        p.jobs.push_back(job);
    }
    const JobList function = p.on_function_engine();
    expect_same(p.on_cycle_engine(), function);
    Memo memo(1U << 24U);
    const mvm::ReadMemory memory(memo, "one analog half");
    expect_same(function, p.on_function_engine(&memory));
    EXPECT_GT(std::min({by_port, with_x, partial}), n_jobs / 20);
    std::printf(
        "%d jobs, residual words by their own port in %d, with x in %d; %d leave partial "
        "sums; both engines equal\n",
        n_jobs, by_port, with_x, partial);
}

TEST(CycleEngine, PlaysJobsThatDifferInEverything) { jobs_differ_in_everything(noisy_tile()); }

TEST(CycleEngine, PlaysSuchJobsOnNativePim)
{
    jobs_differ_in_everything(tiny_pim(config::Scheme::native));
}

TEST(CycleEngine, PlaysSuchJobsOnDifferentialPim)
{
    jobs_differ_in_everything(tiny_pim(config::Scheme::differential));
}

TEST(CycleEngine, PlaysSuchJobsOnBitSerialPim)
{
    jobs_differ_in_everything(tiny_pim(config::Scheme::bit_serial));
}

TEST(CycleEngine, PlaysSuchJobsOnADigitalTile) { jobs_differ_in_everything(tiny_digital()); }

TEST(CycleEngine, PlaysSuchJobsOnADigitalTileThatSkipsPlanesWithOneBank)
{
    config::TileConfig c = tiny_digital();
    c.digital.skip_zero_planes = true;
    c.digital.input_bits_per_cycle = 2;
    c.digital.n_pipeline = 3;
    c.controller.double_buffered = false;
    jobs_differ_in_everything(c);
}

}  // namespace
}  // namespace aimc::test
