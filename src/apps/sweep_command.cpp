// SPDX-License-Identifier: Apache-2.0
#include "sweep_command.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/sweep/results.h"

#include "outputs.h"
#include "session.h"
#include "shards.h"
#include "sweep_definition.h"
#include "sweep_progress.h"
#include "sweep_run.h"
#include "sweep_shards.h"
#include "version.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <set>
#include <thread>

namespace aimc::apps {
namespace {

/// Each key once, if the journal does not have it.
std::vector<std::size_t> missing(const CheckedPoints& checked, const sweep::Journal& journal)
{
    std::set<std::string> seen;
    std::vector<std::size_t> todo;
    for (std::size_t i = 0; i < checked.points.size(); ++i) {
        const std::string& key = checked.points[i].key;
        if (key.empty() || journal.find(key) != nullptr) { continue; }
        if (seen.insert(key).second) { todo.push_back(i); }
    }
    return todo;
}

sweep::Results results_of(const config::SweepFile& file, const SweepPoints& sweep,
                          const CheckedPoints& checked, const sweep::Journal& journal)
{
    sweep::Results out;
    out.name = file.name;
    out.config_name = sweep.base().tile.name;
    out.config_sha256 = sweep.base().sha256;
    out.objective = file.objective;
    out.n_points = checked.points.size();
    out.swept = sweep.points().columns();
    for (std::size_t i = 0; i < checked.points.size(); ++i) {
        const CheckedPoint& point = checked.points[i];
        if (point.key.empty()) {
            out.refused.push_back({i, sweep.points().at(i).values, point.why});
        } else if (const auto* row = journal.find(point.key)) {
            out.rows.push_back(
                {i, point.config_sha256, point.post, sweep.points().at(i).values, *row});
        }
    }
    out.complete = out.rows.size() + out.refused.size() == out.n_points;
    return out;
}

struct HostFacts {
    int workers = 1;
    std::size_t run = 0;  ///< points of this time
    double seconds = 0.0;
};

std::string manifest(const Options& options, const config::SweepFile& file,
                     const sweep::Results& results, const HostFacts& host)
{
    nlohmann::ordered_json m;
    m["format"] = "aimc-manifest/1";
    m["version"] = version;
    m["command"] = options.argv_line;
    m["sweep"] = {{"path", file.path}, {"sha256", sha256_hex(read_file(file.path))}};
    m["config"] = {{"path", file.config}, {"sha256", results.config_sha256}, {"set", options.sets}};
    m["complete"] = results.complete;
    m["points"] = {{"in_results", results.rows.size()}, {"run_this_time", host.run}};
    m["host"] = {
        {"wall_s", host.seconds},
        {"points_per_s", host.seconds > 0.0 ? static_cast<double>(host.run) / host.seconds : 0.0},
        {"workers", host.workers},
        {"simd", to_string(options.simd)},
        {"peak_rss_mb", peak_rss_mb()},
        {"date", today()}};
    m["compiler"] = __VERSION__;
    m["fp_policy"] = "-ffp-contract=off, no -ffast-math; integers from the conductance grid on";
    return m.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void write_results(const std::string& folder, const Options& options, const config::SweepFile& file,
                   const sweep::Results& results, const HostFacts& host)
{
    write_file(folder + "/sweep.json", definition_json(file));
    write_file(folder + "/manifest.json", manifest(options, file, results, host));
    write_file(folder + "/results.csv", sweep::results_csv(results));
    // last: its presence says all is there
    write_file(folder + "/results.json", sweep::results_json(results));
}

int interrupted(const Options& options)
{
    if (!options.quiet) { fmt::print(stderr, "sim: interrupted while the points were checked\n"); }
    return static_cast<int>(ExitCode::interrupted);
}

}  // namespace

int sweep_command(const Options& options)
{
    const auto file = config::load_sweep(options.file, options.sets);
    sweep::objective_column(file.objective, file.path);
    const std::string folder = options.out.empty() ? "out/" + file.name : options.out;
    const SweepPoints sweep(file);
    if (options.shards.list) {
        fmt::print("{}", shards_json(sweep_job(file, sweep)));
        return static_cast<int>(ExitCode::done);
    }
    require_writable(folder);
    catch_interrupts();
    if (options.shards.range) { return run_sweep_shard(options, file, sweep, folder); }
    HostFacts host;
    host.workers = options.workers > 0
                       ? options.workers
                       : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    CheckedPoints checked;
    {
        SweepProgress progress(file.n_points(), "checked", options.quiet);
        checked = sweep.check(0, file.n_points(), host.workers, std::ref(progress));
        if (checked.points.empty()) { return interrupted(options); }
    }
    std::vector<sweep::JournalRow> of_shards;
    if (!options.shards.merge.empty()) {
        of_shards = merged_rows(options.shards.merge, sweep_job(file, sweep), checked);
    }
    sweep::Journal journal(folder + "/points.jsonl", row_columns(), options.fresh);
    for (const auto& [key, row] : of_shards) {
        if (journal.find(key) == nullptr) { journal.append(key, row); }
    }
    const auto todo = missing(checked, journal);
    if (!todo.empty()) {
        // of another time: they would pass for what is being made
        std::error_code ignored;
        for (const char* old : {"/manifest.json", "/results.csv", "/results.json"}) {
            std::filesystem::remove(folder + old, ignored);
        }
        write_file(folder + "/sweep.json", definition_json(file));
        SweepProgress progress(todo.size(), "done", options.quiet);
        const auto count = [&](std::size_t done) {
            host.run = done;
            return progress(done);
        };
        const auto keep = [&](const std::string& key, const std::vector<double>& row) {
            journal.append(key, row);
        };
        run_points(sweep, checked, todo, host.workers, options.simd, keep, count);
        host.seconds = progress.seconds();
    }
    const auto results = results_of(file, sweep, checked, journal);
    write_results(folder, options, file, results, host);
    if (!options.quiet) { fmt::print("{}\nfiles: {}/\n", sweep::results_text(results), folder); }
    if (results.rows.empty() && !results.refused.empty()) {
        throw ConfigError(file.path,
                          "leaves no point: the rules of the configuration refuse all, the "
                          "first because " +
                              results.refused.front().why);
    }
    return static_cast<int>(results.complete ? ExitCode::done : ExitCode::interrupted);
}

}  // namespace aimc::apps
