// SPDX-License-Identifier: Apache-2.0
// A program of its own, because it counts every allocation of the process: once a run is under way,
// the cycle engine and the trace ask for no memory.
#include "aimc/report/trace.h"
#include "aimc/sim/systemc.h"
#include "aimc/testbench/cycle_engine.h"

#include "apps/stream_thread.h"
#include "support/small_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>

namespace {
std::atomic<std::uint64_t> allocations{0};
}

void* operator new(std::size_t size)
{
    ++allocations;
    void* memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) { throw std::bad_alloc(); }
    return memory;
}
void* operator new(std::size_t size, std::align_val_t line)
{
    ++allocations;
    const auto at = static_cast<std::size_t>(line);
    void* memory = std::aligned_alloc(at, (size + at - 1) / at * at);
    if (memory == nullptr) { throw std::bad_alloc(); }
    return memory;
}
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace aimc::test {
namespace {

constexpr std::uint64_t n_warm_up = 200, n_counted = 1000, n_all = n_warm_up + n_counted;
constexpr std::uint64_t n_behind = 8;  ///< the end of a job is no steady state

/// What is asked for between two vectors of a run.
class Count {
public:
    explicit Count(std::function<std::uint64_t()> now) : now_(std::move(now)) {}
    void after(std::uint64_t n_done)
    {
        if (n_done == n_warm_up) { from_ = now_(); }
        if (n_done == n_all) { to_ = now_(); }
    }
    std::uint64_t found() const { return to_ - from_; }

private:
    std::function<std::uint64_t()> now_;
    std::uint64_t from_ = 0, to_ = 0;
};

config::TileConfig noisy_tile(config::ReadMode mode)
{
    config::TileConfig c;
    c.read.mode = mode;
    c.read.skip_empty_phases = true;
    c.device.model = config::DeviceModel::hermes;
    c.adc.curves = config::CurveSource::parametric;
    c.adc.integration = config::Integration::time_resolved;
    return c;
}

/// Tiles of the other kinds, whose formats take the codes of random work.
config::TileConfig pim_tile(config::Scheme scheme)
{
    config::TileConfig c;
    c.kind = config::TileKind::pim;
    c.pim.scheme = scheme;
    c.pim.weight_bits = 8;
    c.pim.input_bits = 7;
    c.pim.gain_sd = 0.024;
    c.pim.offset_sd_lsb = 2.04;
    c.pim.sigma_lsb = 0.35;
    return c;
}
config::TileConfig digital_tile()
{
    config::TileConfig c;
    c.kind = config::TileKind::digital_cim;
    c.digital.weight_bits = 8;
    c.digital.input_bits = 8;
    c.digital.signed_inputs = true;
    c.digital.skip_zero_planes = true;  // reads of several lengths
    return c;
}

struct OneJob : mvm::JobRunner {
    explicit OneJob(const config::TileConfig& config)
    {
        Dice dice(8);
        cells = random_targets(config, dice);
        job.words = random_words(config, dice);
        job.inputs = random_inputs(n_all + n_behind, config.rows, dice);
    }
    const device::CellTargets& targets() const override { return cells; }
    void bring_up(mvm::Chip&) override {}
    bool next_job(mvm::Job& next) override
    {
        if (given) { return false; }
        given = true;
        next = job;
        return true;
    }
    void on_record(const mvm::MvmRecord& record) override
    {
        each(record);
        count.after(record.mvm + 1);
    }
    void on_events(const converters::AdcEvents&, const std::vector<mvm::LaneCounters>&) override {}
    bool stop_requested() const override { return false; }

    device::CellTargets cells;
    mvm::Job job;
    bool given = false;
    std::function<void(const mvm::MvmRecord&)> each = [](const mvm::MvmRecord&) {};
    Count count{[] { return allocations.load(); }};
};

void run(const config::TileConfig& config, OneJob& work)
{
    testbench::run_cycle_engine(config, best_simd_level(), work);
}

void allocates_nothing_per_mvm(const config::TileConfig& config)
{
    OneJob work(config);
    run(config, work);
    EXPECT_EQ(work.count.found(), 0U);
}

TEST(SteadyState, TheCycleEngineAllocatesNothingPerMvm)
{
    allocates_nothing_per_mvm(noisy_tile(config::ReadMode::one_phase));
}
TEST(SteadyState, NorDoesItWithPhasesThatAreSkipped)
{
    allocates_nothing_per_mvm(noisy_tile(config::ReadMode::four_phase));
}
TEST(SteadyState, NorDoesItWithAnErrorModelInPlaceOfOscillators)
{
    config::TileConfig config;
    config.read.mode = config::ReadMode::one_phase;
    config.adc.model = config::AdcModel::ams;
    config.adc.full_scale_uA = {};
    config.adc.ams.fixed_share = 0.5;
    allocates_nothing_per_mvm(config);
}
TEST(SteadyState, NorDoesADigitalTile) { allocates_nothing_per_mvm(digital_tile()); }
TEST(SteadyState, NorDoesAPimTile)
{
    allocates_nothing_per_mvm(pim_tile(config::Scheme::differential));
}

TEST(SteadyState, NorDoesTheTraceOnItsThread)
{
    const auto config = noisy_tile(config::ReadMode::one_phase);
    OneJob work(config);
    report::TraceWriter writer({}, config, work.job.words);
    std::string text;
    std::size_t n_text = 0;
    apps::StreamThread thread([&](const mvm::MvmRecord* records, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) { writer.add(records[i]); }
        writer.take(text);
        n_text += text.size();
    });
    work.each = [&](const mvm::MvmRecord& record) {
        thread.add(record);
        if (record.mvm + 1 == n_warm_up || record.mvm + 1 == n_all) { thread.finish(); }
    };
    run(config, work);
    EXPECT_EQ(work.count.found(), 0U);
    EXPECT_GT(n_text, n_all * 3 * config.cols) << "the trace was not written";
}

TEST(SteadyState, AnAllocationPerMvmWouldBeSeen)
{
    const auto config = noisy_tile(config::ReadMode::one_phase);
    OneJob work(config);
    std::unique_ptr<int> kept;
    work.each = [&](const mvm::MvmRecord&) { kept = std::make_unique<int>(1); };
    run(config, work);
    EXPECT_EQ(work.count.found(), n_counted);
}

/// Back to back, all that happens between two vectors happens at two edges, in a chain of
/// hand-shakes that is ten steps long. A process that wakes for nothing would show here.
TEST(SteadyState, AnMvmTakesTenDeltaCycles)
{
    const auto config = noisy_tile(config::ReadMode::one_phase);
    OneJob work(config);
    Count deltas{[] { return sc_core::sc_delta_count(); }};
    work.each = [&](const mvm::MvmRecord& record) { deltas.after(record.mvm + 1); };
    run(config, work);
    EXPECT_EQ(deltas.found(), 10 * n_counted);
}

}  // namespace
}  // namespace aimc::test
