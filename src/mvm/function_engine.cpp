// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/function_engine.h"

#include "aimc/mvm/timing.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace aimc::mvm {
namespace {

constexpr std::size_t vectors_per_task = 8;

/// Values of vectors [first, first + records.size()) of a job.
void compute_batch(const config::TileConfig& config, const AnalogPath& path,
                   const PostProcessor& post, const Job& job, std::size_t first,
                   std::vector<MvmRecord>& records, converters::AdcEvents& events,
                   std::vector<LaneCounters>& lanes)
{
    std::mutex totals;
    const auto range = oneapi::tbb::blocked_range<std::size_t>(0, records.size(), vectors_per_task);
    oneapi::tbb::parallel_for(range, [&](const auto& part) {
        thread_local AnalogPath::Scratch scratch;  // its waveform is 128 kB: made once per thread
        scratch.events = {};
        std::vector<LaneCounters> own;
        for (std::size_t i = part.begin(); i != part.end(); ++i) {
            MvmRecord& record = records[i];
            MvmValues& v = record.values;
            const std::int8_t* x = job.inputs.row(first + i);
            record.mvm = first + i;
            v.x.assign(x, x + config.rows);
            for (auto* out : {&v.c_p, &v.c_n, &v.y, &v.partial}) { out->resize(config.cols); }
            path.read(x, {job.first_read + first + i, false}, scratch, v.c_p.data(), v.c_n.data());
            const std::int16_t* residual = nullptr;
            v.residual.clear();
            if (job.words.residual_in) {
                residual = job.residuals.row(first + i);
                v.residual.assign(residual, residual + config.cols);
            }
            post.process(v.c_p.data(), v.c_n.data(), residual, v.y.data(), v.partial.data(), own);
        }
        const std::lock_guard<std::mutex> lock(totals);
        events.add(scratch.events);
        lanes.resize(std::max(lanes.size(), own.size()));
        for (std::size_t l = 0; l < own.size(); ++l) { lanes[l].add(own[l]); }
    });
}

}  // namespace

void run_function_engine(const config::TileConfig& config, SimdLevel simd, int threads,
                         JobRunner& runner)
{
    Chip chip = make_chip(config, runner.targets());
    runner.bring_up(chip);
    std::optional<AnalogPath> path(std::in_place, config, chip, simd);
    // More threads than cores are a wish, too: without this TBB warns on stderr and ignores it.
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                            static_cast<std::size_t>(threads));
    oneapi::tbb::task_arena arena(threads);
    const std::size_t batch = 4 * vectors_per_task * static_cast<std::size_t>(threads);
    Job job;
    while (runner.next_job(job)) {
        if (job.chip != nullptr) { path.emplace(config, *job.chip, simd); }
        const PostProcessor post(config, job.words);
        Recurrence recurrence(timing_rules(config, job.words.residual_in), job.arrival, job.sink);
        converters::AdcEvents events;
        std::vector<LaneCounters> lanes;
        std::vector<MvmRecord> records;
        const std::size_t n = job.inputs.rows();
        for (std::size_t first = 0; first < n && !runner.stop_requested(); first += batch) {
            records.resize(std::min(batch, n - first));
            arena.execute(
                [&] { compute_batch(config, *path, post, job, first, records, events, lanes); });
            for (MvmRecord& record : records) {
                const auto phases =
                    crossbar::phases_of(config.read, record.values.x.data(), config.rows);
                record.times =
                    recurrence.next(n_read_cycles(config.read, static_cast<int>(phases.size())));
                runner.on_record(record);
            }
        }
        runner.on_events(events, lanes);
    }
}

}  // namespace aimc::mvm
