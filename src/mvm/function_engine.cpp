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

constexpr std::size_t vectors_per_task = 16;

/// Values of vectors [first, first + records.size()) of a job, and the phases of their reads.
void compute_batch(const config::TileConfig& config, const AnalogPath& path,
                   const PostProcessor& post, const Job& job, std::size_t first,
                   std::vector<MvmRecord>& records, std::vector<int>& phases,
                   converters::AdcEvents& events, std::vector<LaneCounters>& lanes)
{
    std::mutex totals;
    const auto range = oneapi::tbb::blocked_range<std::size_t>(0, records.size(), vectors_per_task);
    oneapi::tbb::parallel_for(range, [&](const auto& part) {
        thread_local AnalogPath::Scratch scratch;  // its waveform is 128 kB: made once per thread
        scratch.events = {};
        std::vector<LaneCounters> own;
        thread_local std::vector<std::int32_t> c_p, c_n;
        for (auto* counts : {&c_p, &c_n}) { counts->resize(part.size() * config.cols); }
        thread_local std::vector<std::int8_t> made;
        const std::int8_t* lines = job.inputs.block(first + part.begin(), part.size(), made);
        path.read_batch(lines, config.rows, part.size(),
                        {job.first_read + first + part.begin(), false}, scratch, c_p.data(),
                        c_n.data(), phases.data() + part.begin());
        for (std::size_t i = part.begin(); i != part.end(); ++i) {
            MvmRecord& record = records[i];
            MvmValues& v = record.values;
            const std::int8_t* x = lines + (i - part.begin()) * config.rows;
            const std::size_t at = (i - part.begin()) * config.cols;
            record.mvm = first + i;
            v.x.assign(x, x + config.rows);
            v.c_p.assign(c_p.data() + at, c_p.data() + at + config.cols);
            v.c_n.assign(c_n.data() + at, c_n.data() + at + config.cols);
            for (auto* out : {&v.y, &v.partial}) { out->resize(config.cols); }
            v.residual = job.residual_of(first + i);
            post.process(v.c_p.data(), v.c_n.data(), v.residual_words(), v.y.data(),
                         v.partial.data(), own);
        }
        const std::lock_guard<std::mutex> lock(totals);
        events.add(scratch.events);
        lanes.resize(std::max(lanes.size(), own.size()));
        for (std::size_t l = 0; l < own.size(); ++l) { lanes[l].add(own[l]); }
    });
}

/// A job whose counts are remembered, or made and remembered; the post unit works anew.
void run_remembered(const config::TileConfig& config, SimdLevel simd, const ReadMemory& memory,
                    const Chip& chip, const Job& job, JobRunner& runner)
{
    const auto lines = job.inputs.whole();
    const auto counts = memory.counts(config, chip, *lines, {job.first_read, false}, simd);
    const PostProcessor post(config, job.words);
    Recurrence recurrence(timing_rules(config, job.words.residual_in), job.arrival, job.sink);
    std::vector<LaneCounters> lanes;
    MvmRecord record;
    MvmValues& v = record.values;
    for (auto* out : {&v.y, &v.partial}) { out->resize(config.cols); }
    for (std::size_t k = 0; k < lines->rows() && !runner.stop_requested(); ++k) {
        record.mvm = k;
        v.x.assign(lines->row(k), lines->row(k) + config.rows);
        v.c_p.assign(counts->c_p.row(k), counts->c_p.row(k) + config.cols);
        v.c_n.assign(counts->c_n.row(k), counts->c_n.row(k) + config.cols);
        v.residual = job.residual_of(k);
        post.process(v.c_p.data(), v.c_n.data(), v.residual_words(), v.y.data(), v.partial.data(),
                     lanes);
        record.times = recurrence.next(n_read_cycles(config.read, counts->phases[k]),
                                       job.residual_ready_of(k));
        runner.on_record(record);
    }
    runner.on_events(counts->events, lanes);
}

}  // namespace

void run_function_engine(const config::TileConfig& config, SimdLevel simd, int threads,
                         JobRunner& runner, const ReadMemory* memory)
{
    Chip chip = memory != nullptr ? *memory->chip(config, runner.targets())
                                  : make_chip(config, runner.targets());
    runner.bring_up(chip);
    std::optional<AnalogPath> path;
    // More threads than cores are a wish, too: without this TBB warns on stderr and ignores it.
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                            static_cast<std::size_t>(threads));
    oneapi::tbb::task_arena arena(threads);
    const std::size_t batch = 4 * vectors_per_task * static_cast<std::size_t>(threads);
    Job job;
    const Chip* now = &chip;
    while (runner.next_job(job)) {
        if (job.chip != nullptr) {
            now = job.chip;
            path.reset();
        }
        if (memory != nullptr && memory->has_room_for(job.inputs.rows(), config.cols)) {
            run_remembered(config, simd, *memory, *now, job, runner);
            continue;
        }
        if (!path) { path.emplace(config, *now, simd); }
        const PostProcessor post(config, job.words);
        Recurrence recurrence(timing_rules(config, job.words.residual_in), job.arrival, job.sink);
        converters::AdcEvents events;
        std::vector<LaneCounters> lanes;
        std::vector<MvmRecord> records;
        std::vector<int> phases;
        const std::size_t n = job.inputs.rows();
        for (std::size_t first = 0; first < n && !runner.stop_requested(); first += batch) {
            records.resize(std::min(batch, n - first));
            phases.resize(records.size());
            arena.execute([&] {
                compute_batch(config, *path, post, job, first, records, phases, events, lanes);
            });
            for (std::size_t i = 0; i < records.size(); ++i) {
                MvmRecord& record = records[i];
                record.times = recurrence.next(n_read_cycles(config.read, phases[i]),
                                               job.residual_ready_of(record.mvm));
            }
            runner.on_records(records);
        }
        runner.on_events(events, lanes);
    }
}

}  // namespace aimc::mvm
