// SPDX-License-Identifier: Apache-2.0
#include "sweep_shards.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/report/row.h"

#include "session.h"
#include "sweep_definition.h"
#include "sweep_progress.h"
#include "sweep_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace aimc::apps {
namespace {

using Rows = std::map<std::string, std::vector<double>>;

/// The points of a range that have a row of their own.
std::vector<std::size_t> to_run(const CheckedPoints& checked, const ShardRange& range)
{
    std::set<std::string> seen;
    std::vector<std::size_t> out;
    for (std::size_t i = range.from; i < range.to; ++i) {
        const std::string& key = checked.points[i].key;
        if (!key.empty() && seen.insert(key).second) { out.push_back(i); }
    }
    return out;
}

Rows rows_of(const Shard& shard)
{
    const auto columns = row_columns();
    Rows rows;
    for (std::size_t at = 0; at < shard.contents.size();) {
        const std::size_t end = std::min(shard.contents.find('\n', at), shard.contents.size());
        const auto row = sweep::parse_row_line(shard.contents.substr(at, end - at), columns);
        if (!row || row->row.empty()) { throw InputError(shard.path, "holds what is no row"); }
        rows[row->key] = row->row;
        at = end + 1;
    }
    return rows;
}

}  // namespace

std::vector<std::string> row_columns()
{
    std::vector<std::string> names;
    for (const auto& column : report::row_columns()) { names.emplace_back(column.name); }
    return names;
}

ShardJob sweep_job(const config::SweepFile& file, const SweepPoints& sweep)
{
    // what the points read beside it is in the key of each point
    ShardJob job;
    job.kind = ShardJob::Kind::sweep;
    job.name = file.name;
    job.key =
        sha256_hex(definition_digest(file) + '\n' + sweep.base().sha256 + '\n' + what_makes_rows());
    job.items = file.n_points();
    return job;
}

int run_sweep_shard(const Options& options, const config::SweepFile& file, const SweepPoints& sweep,
                    const std::string& folder)
{
    const ShardJob job = sweep_job(file, sweep);
    const ShardRange range = *options.shards.range;
    require_within(job, range);
    std::string note;
    const bool is_there = !options.fresh && has_shard(folder, job, range, note);
    if (!note.empty()) { fmt::print(stderr, "{}\n", note); }
    if (!is_there) {
        const int workers =
            options.workers > 0
                ? options.workers
                : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
        const std::size_t n = range.to - range.from;
        SweepProgress checks(n, "checked", options.quiet);
        const auto checked = sweep.check(range.from, range.to, workers, std::ref(checks));
        if (checked.points.empty()) { throw Interrupted("while the points were checked"); }
        const auto todo = to_run(checked, range);
        std::mutex mutex;
        Rows rows;
        const auto keep = [&](const std::string& key, const std::vector<double>& row) {
            const std::lock_guard<std::mutex> lock(mutex);
            rows[key] = row;
        };
        SweepProgress progress(todo.size(), "done", options.quiet);
        run_points(sweep, checked, todo, workers, options.simd, keep, std::ref(progress));
        if (rows.size() < todo.size()) { throw Interrupted("before the part was done"); }
        std::string lines;
        for (const std::size_t i : todo) {
            const std::string& key = checked.points[i].key;
            lines += sweep::row_line({key, rows[key]}, row_columns()) + '\n';
        }
        write_shard(folder, job, range, lines);
    }
    if (!options.quiet) {
        fmt::print("{}{}\n", shard_path(folder, job, range), is_there ? " was there" : "");
    }
    return static_cast<int>(ExitCode::done);
}

std::vector<sweep::JournalRow> merged_rows(const std::string& folder, const ShardJob& job,
                                           const CheckedPoints& checked)
{
    std::vector<sweep::JournalRow> out;
    std::set<std::string> seen;
    for (const Shard& shard : read_shards(folder, job)) {
        Rows rows = rows_of(shard);
        for (std::size_t i = shard.range.from; i < shard.range.to; ++i) {
            const std::string& key = checked.points[i].key;
            if (key.empty()) { continue; }
            const auto found = rows.find(key);
            if (found == rows.end()) {
                throw InputError(shard.path,
                                 fmt::format("lacks point {}: a file that it reads was another one "
                                             "when the part was run; remove the part and run it "
                                             "anew",
                                             i));
            }
            if (seen.insert(key).second) { out.push_back({key, found->second}); }
        }
    }
    return out;
}

}  // namespace aimc::apps
