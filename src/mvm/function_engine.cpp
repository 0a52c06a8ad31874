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

constexpr std::size_t vectors_per_task = 32;

/// Room of one thread, made once.
struct TaskScratch {
    ReadPath::Scratch read;
    std::vector<std::int8_t> made;  ///< inputs that nobody holds
    std::vector<std::int32_t> c_p, c_n, y, partial;
    std::vector<LaneCounters> lanes;
};

/// Copies row i of the matrices of a task into a record, whose memory stays.
void fill_values(const config::TileConfig& config, const Job& job, std::size_t i,
                 const std::int8_t* lines, const TaskScratch& s, MvmRecord& record)
{
    MvmValues& v = record.values;
    const std::int8_t* x = lines + i * config.rows;
    v.x.assign(x, x + config.rows);
    const auto copy = [&](const std::vector<std::int32_t>& from, std::vector<std::int32_t>& to) {
        to.assign(from.data() + i * config.cols, from.data() + (i + 1) * config.cols);
    };
    copy(s.c_p, v.c_p);
    copy(s.c_n, v.c_n);
    copy(s.y, v.y);
    copy(s.partial, v.partial);
    v.residual = job.residual_of(record.mvm);
}

/// Values of vectors [first, first + records.size()) of a job, and the phases of their reads.
void compute_batch(const config::TileConfig& config, const ReadPath& path,
                   const PostProcessor& post, const Job& job, std::size_t first,
                   std::vector<MvmRecord>& records, std::vector<int>& phases,
                   converters::AdcEvents& events, std::vector<LaneCounters>& lanes)
{
    std::mutex totals;
    const auto range = oneapi::tbb::blocked_range<std::size_t>(0, records.size(), vectors_per_task);
    oneapi::tbb::parallel_for(range, [&](const auto& part) {
        thread_local TaskScratch s;
        s.read.events = {};
        s.lanes.clear();
        for (auto* words : {&s.c_p, &s.c_n, &s.y, &s.partial}) {
            words->resize(part.size() * config.cols);
        }
        const std::size_t from = first + part.begin();
        const std::int8_t* lines = job.inputs.block(from, part.size(), s.made);
        path.read_batch(lines, config.rows, part.size(), {job.first_read + from, false}, s.read,
                        s.c_p.data(), s.c_n.data(), phases.data() + part.begin());
        post.process_batch(s.c_p.data(), s.c_n.data(),
                           job.words.residual_in ? job.residuals.row(from) : nullptr, part.size(),
                           s.y.data(), s.partial.data(), s.lanes);
        for (std::size_t i = 0; i < part.size(); ++i) {
            MvmRecord& record = records[part.begin() + i];
            record.mvm = from + i;
            fill_values(config, job, i, lines, s, record);
        }
        const std::lock_guard<std::mutex> lock(totals);
        events.add(s.read.events);
        lanes.resize(std::max(lanes.size(), s.lanes.size()));
        for (std::size_t l = 0; l < s.lanes.size(); ++l) { lanes[l].add(s.lanes[l]); }
    });
}

/// A job whose counts are remembered, or made and remembered; the post unit works anew.
void run_remembered(const config::TileConfig& config, SimdLevel simd, const ReadMemory& memory,
                    const Chip& chip, const Job& job, JobRunner& runner)
{
    const auto lines = job.inputs.whole();
    const auto counts = memory.counts(config, chip, *lines, {job.first_read, false}, simd);
    const PostProcessor post(config, job.words, simd);
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
        record.times =
            recurrence.next(n_read_cycles(config, counts->phases[k]), job.residual_ready_of(k));
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
    std::optional<ReadPath> path;
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
        const PostProcessor post(config, job.words, simd);
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
                record.times = recurrence.next(n_read_cycles(config, phases[i]),
                                               job.residual_ready_of(record.mvm));
            }
            runner.on_records(records);
        }
        runner.on_events(events, lanes);
    }
}

}  // namespace aimc::mvm
