// SPDX-License-Identifier: Apache-2.0
#include "aimc/testbench/cycle_engine.h"

#include "aimc/testbench/scoreboard.h"

#include "bench.h"

#include <exception>

namespace aimc::testbench {
namespace {

constexpr std::uint64_t values_checked_per_job = 16;

mvm::MvmTimes relative(const mvm::MvmTimes& t, std::uint64_t epoch)
{
    return {t.in - epoch,   t.start - epoch, t.counts - epoch,
            t.post - epoch, t.done - epoch,  t.out - epoch};
}

/// A record as its job counts, while this lives: the tile's own one, not a copy of its vectors.
class AsJobCounts {
public:
    AsJobCounts(mvm::MvmRecord& record, std::uint64_t first_mvm, std::uint64_t epoch)
        : record_(record), mvm_(record.mvm), times_(record.times)
    {
        record.mvm -= first_mvm;
        record.times = relative(times_, epoch);
    }
    AsJobCounts(const AsJobCounts&) = delete;
    AsJobCounts& operator=(const AsJobCounts&) = delete;
    ~AsJobCounts()
    {
        record_.mvm = mvm_;
        record_.times = times_;
    }

private:
    mvm::MvmRecord& record_;
    std::uint64_t mvm_;
    mvm::MvmTimes times_;
};

/// Runs one job from its first vector in to its last vector out.
class JobRun {
public:
    JobRun(Bench& bench, Scoreboard& scoreboard, mvm::JobRunner& runner)
        : bench_(bench), scoreboard_(scoreboard), runner_(runner)
    {
        bench.tile.controller().set_observer([this](tile::MvmToken& t) { on_token(t); });
    }

    void run(const mvm::Job& job)
    {
        to_edge(bench_.edges);
        epoch_ = bench_.edges.now();
        done_ = 0;
        first_mvm_ = next_mvm_;
        scoreboard_.start(job);
        bench_.sink.start(job.sink, epoch_, [this](const std::int32_t* y, std::size_t n) {
            received_.assign(y, y + n);
        });
        // After a stop, words of vectors that never came may stay in the tile; no job follows it.
        for (std::size_t k = 0; job.by_residual_port() && k < job.inputs.rows(); ++k) {
            bench_.residual_source.queue(epoch_ + job.residual_ready.at(k), job.residual_of(k));
        }
        bench_.source.start(job, [this] { return failure_ || runner_.stop_requested(); });
        while (!bench_.source.is_done() || done_ < bench_.source.n_taken()) {
            sc_core::wait(bench_.source.done_event() | progress_);
        }
        if (failure_) { std::rethrow_exception(failure_); }
    }

private:
    /// Called in a process of the tile. What it throws waits for the program's thread: the kernel
    /// would turn a full disk (exit 5) into an uncaught exception of that process.
    void on_token(tile::MvmToken& token)
    {
        try {
            if (!failure_) { record(token); }
        } catch (...) {
            failure_ = std::current_exception();
        }
        ++next_mvm_;
        ++done_;
        // Waking the program costs a change of stacks, so only when nothing is to come any more.
        if (bench_.source.is_done() && done_ >= bench_.source.n_taken()) {
            progress_.notify(sc_core::SC_ZERO_TIME);
        }
    }

    void record(tile::MvmToken& token)
    {
        mvm::MvmRecord& record = token.record;
        const AsJobCounts as_job_counts(record, first_mvm_, epoch_);
        scoreboard_.check(record);
        scoreboard_.check_sink(record, received_.data(), received_.size());
        runner_.on_record(record);
    }

    Bench& bench_;
    Scoreboard& scoreboard_;
    mvm::JobRunner& runner_;
    std::uint64_t epoch_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t next_mvm_ = 0;
    std::uint64_t first_mvm_ = 0;
    std::exception_ptr failure_;  ///< the first that recording threw
    std::vector<std::int32_t> received_;
    sc_core::sc_event progress_{"progress"};
};

std::vector<mvm::LaneCounters> difference(const std::vector<mvm::LaneCounters>& now,
                                          const std::vector<mvm::LaneCounters>& then)
{
    std::vector<mvm::LaneCounters> d(now);
    for (std::size_t l = 0; l < d.size(); ++l) {
        d[l].saturated -= then[l].saturated;
        d[l].relu_clipped -= then[l].relu_clipped;
        d[l].partial_saturated -= then[l].partial_saturated;
    }
    return d;
}

}  // namespace

void run_cycle_engine(const config::TileConfig& config, SimdLevel simd, mvm::JobRunner& runner)
{
    Bench bench("bench", config, simd);
    bench.program = [&] {
        tile::Controller& controller = bench.tile.controller();
        const auto& targets = runner.targets();
        bench.host.program_weights(targets.codes.data(), targets.full_scale);
        mvm::Chip chip = controller.chip();
        runner.bring_up(chip);
        // The mirror ratio and a frozen chip are set below the register map: trimming and
        // conductances have no registers on the published chip either.
        controller.adopt_chip(chip);

        Scoreboard scoreboard(config, chip, simd, values_checked_per_job);
        JobRun jobs(bench, scoreboard, runner);
        mvm::Job job;
        while (runner.next_job(job)) {
            if (job.chip != nullptr) {
                controller.adopt_chip(*job.chip);
                scoreboard.adopt_chip(*job.chip);
            }
            bench.host.load_words(job.words, config.post == config::PostUnit::ldpu);
            bench.host.set_mode(job.words, false, job.by_residual_port());
            controller.number_reads_from(job.first_read);
            const auto events = controller.adc_events();
            const auto lanes = controller.lane_counters();
            jobs.run(job);
            converters::AdcEvents during = controller.adc_events();
            during.conversions -= events.conversions;
            during.watched -= events.watched;
            during.over_range -= events.over_range;
            during.polarity_flips -= events.polarity_flips;
            during.saturated -= events.saturated;
            runner.on_events(during, difference(controller.lane_counters(), lanes));
        }
    };
    run_bench(bench);
}

}  // namespace aimc::testbench
