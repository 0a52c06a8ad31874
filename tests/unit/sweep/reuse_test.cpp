// SPDX-License-Identifier: Apache-2.0
// What is remembered of other runs must be what this run would have made itself.
#include "aimc/calibration/bring_up.h"
#include "aimc/config/fingerprint.h"
#include "aimc/mvm/function_engine.h"
#include "aimc/mvm/read_memory.h"

#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <functional>

namespace aimc {
namespace {

/// One bring-up and one job, and all that comes out.
class OneRun : public mvm::JobRunner {
public:
    OneRun(const config::TileConfig& config, Memo* memo)
        : config_(config),
          work_(config::make_workload(config)),
          targets_(calibration::cell_targets(config, work_))
    {
        if (memo != nullptr) { memory_.emplace(*memo, config::analog_half(config)); }
        const mvm::ReadMemory* memory = memory_ ? &*memory_ : nullptr;
        bring_up_.emplace(config_, work_, targets_, SimdLevel::scalar, memory);
        mvm::run_function_engine(config_, SimdLevel::scalar, 1, *this, memory);
    }
    const device::CellTargets& targets() const override { return targets_; }
    void bring_up(mvm::Chip& chip) override { bring_up_->start(chip); }
    bool next_job(mvm::Job& job) override
    {
        const auto& ages = config_.ageing.schedule_s;
        if (jobs_ > ages.size()) { return false; }
        if (jobs_ > 0) {
            bring_up_->age_to(ages[jobs_ - 1]);
            job.chip = &bring_up_->chip();
        }
        job.words = bring_up_->layers()[0].words;
        job.inputs = work_.inputs;
        job.first_read = jobs_ * work_.inputs.rows();
        ++jobs_;
        return true;
    }
    void on_record(const mvm::MvmRecord& record) override { records.push_back(record); }
    void on_events(const converters::AdcEvents& seen,
                   const std::vector<mvm::LaneCounters>& lanes) override
    {
        events.add(seen);
        for (const auto& lane : lanes) { saturated += lane.saturated; }
    }
    bool stop_requested() const override { return false; }

    void expect_same(const OneRun& other) const
    {
        ASSERT_EQ(records.size(), other.records.size());
        for (std::size_t k = 0; k < records.size(); ++k) {
            EXPECT_TRUE(records[k].times == other.records[k].times) << k;
            EXPECT_TRUE(records[k].values == other.records[k].values) << k;
        }
        EXPECT_EQ(events.conversions, other.events.conversions);
        EXPECT_EQ(events.over_range, other.events.over_range);
        EXPECT_EQ(saturated, other.saturated);
        const auto& a = bring_up_->layers()[0];
        const auto& b = other.bring_up_->layers()[0];
        EXPECT_EQ(a.words.scale_exponent, b.words.scale_exponent);
        EXPECT_EQ(a.y_lsb, b.y_lsb);
        EXPECT_EQ(a.cycles, b.cycles);
        EXPECT_EQ(a.before_lsb, b.before_lsb);
        EXPECT_EQ(a.after_lsb, b.after_lsb);
        EXPECT_EQ(a.gain_after, b.gain_after);
        EXPECT_EQ(a.offset_after, b.offset_after);
        EXPECT_EQ(a.probes, b.probes);
        EXPECT_EQ(bring_up_->upkeep().cycles, other.bring_up_->upkeep().cycles);
        EXPECT_EQ(bring_up_->chip().current_ratio, other.bring_up_->chip().current_ratio);
    }

    std::vector<mvm::MvmRecord> records;
    converters::AdcEvents events;
    std::uint64_t saturated = 0;

private:
    config::TileConfig config_;
    config::Workload work_;
    device::CellTargets targets_;
    std::optional<mvm::ReadMemory> memory_;
    std::optional<calibration::BringUp> bring_up_;
    std::size_t jobs_ = 0;
};

/// A small tile with everything that is random.
config::TileConfig noisy_tile()
{
    config::TileConfig c;
    c.name = "noisy";
    c.rows = 24;
    c.cols = 12;
    c.device.model = config::DeviceModel::hermes;
    c.adc.curves = config::CurveSource::parametric;
    c.adc.sigma_lsb = 0.3;
    c.adc.current_ratio.reset();
    c.nmpu.scale_exponent.reset();
    c.nmpu.lanes = 4;
    c.calibration.count = 64;
    c.workload.mvms = 20;
    return c;
}

using Change = std::function<void(config::TileConfig&)>;

void expect_reuse_changes_nothing(const std::vector<Change>& changes, std::size_t most_bytes)
{
    Memo memo(most_bytes);
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < changes.size(); ++i) {
            SCOPED_TRACE("round " + std::to_string(round) + ", change " + std::to_string(i));
            config::TileConfig c = noisy_tile();
            changes[i](c);
            OneRun(c, &memo).expect_same(OneRun(c, nullptr));
        }
    }
}

const std::vector<Change>& changes()
{
    static const std::vector<Change> all{
        [](auto&) {},
        [](auto& c) { c.nmpu.cut = 4; },
        [](auto& c) { c.nmpu.out_bits = 6; },
        [](auto& c) { c.nmpu.branch = config::Branch::single; },
        [](auto& c) { c.nmpu.branch = config::Branch::difference; },
        [](auto& c) { c.post = config::PostUnit::ldpu; },
        [](auto& c) { c.nmpu.scale_exponent = 1; },
        [](auto& c) { c.controller.double_buffered = false; },
        [](auto& c) { c.seed.read = 9; },
        [](auto& c) { c.seed.device = 9; },
        [](auto& c) { c.adc.current_ratio = 0.5; },
        [](auto& c) { c.calibration.count = 32; },
        [](auto& c) { c.calibration.percentile = 90.0; },
        [](auto& c) { c.workload.mvms = 10; },
        [](auto& c) { c.device.age_s = 1e6; },
        [](auto& c) {
            c.calibration.method = config::CalibrationMethod::fixed;
            c.adc.current_ratio = 1.0;
            c.nmpu.scale_exponent = 0;
        },
    };
    return all;
}

TEST(Reuse, ChangesNothing) { expect_reuse_changes_nothing(changes(), std::size_t{64} << 20U); }

TEST(Reuse, ChangesNothingWhereThereIsNoRoom)
{
    expect_reuse_changes_nothing(changes(), 0);       // every read is made as it comes
    expect_reuse_changes_nothing(changes(), 100000);  // hardly anything stays
}

TEST(Reuse, ChangesNothingAsATileAges)
{
    std::vector<Change> aged;
    for (const auto kind : {config::Compensation::none, config::Compensation::global,
                            config::Compensation::per_column}) {
        for (const int cut : {5, 3}) {
            aged.emplace_back([=](auto& c) {
                c.nmpu.cut = cut;
                c.ageing.compensation = kind;
                c.ageing.schedule_s = {1e3, 1e6};
                c.ageing.recalibrate_s = {1e6};
                c.ageing.probe_vectors = 16;
            });
        }
    }
    expect_reuse_changes_nothing(aged, std::size_t{64} << 20U);
}

TEST(Reuse, IsThere)
{
    Memo memo(std::size_t{64} << 20U);
    config::TileConfig c = noisy_tile();
    const OneRun first(c, &memo);
    const std::size_t bytes = memo.bytes();
    EXPECT_GT(bytes, 0U);
    c.nmpu.cut = 4;
    const OneRun second(c, &memo);
    EXPECT_EQ(memo.bytes(), bytes);  // another format: nothing new was read
    EXPECT_NE(first.records[0].values.y, second.records[0].values.y);
    EXPECT_EQ(first.records[0].values.c_p, second.records[0].values.c_p);
}

}  // namespace
}  // namespace aimc
