// SPDX-License-Identifier: Apache-2.0
#include "network_command.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/config/npy.h"

#include "compare_run.h"
#include "network_job.h"
#include "network_report.h"
#include "network_shards.h"
#include "outputs.h"
#include "session.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace aimc::apps {
namespace {

/// Scores of the first chip and age, and every map of every image, when they are asked for.
void write_arrays(const NetworkJob& job, const Options& options, const std::string& out)
{
    for (const NetworkResult& r : job.results) {
        if (r.chip != 0 || r.age_s != job.results.front().age_s) { continue; }
        if (options.network.save_scores) {
            const std::size_t n = r.run.answers.size();
            write_file(out + "/scores_" + r.variant + ".npy",
                       config::npy_bytes(r.run.scores.data().data(), {n, r.run.scores.cols()}));
        }
        for (const SavedMap& map : r.maps) {
            write_file(out + "/layers_" + r.variant + "/" + map.name + ".npy",
                       config::npy_bytes(map.values.data().data(),
                                         {r.run.answers.size(), map.values.cols()}));
        }
        if (options.network.save_words) {
            write_file(out + "/words_" + r.variant + ".json", words_json(job, r));
        }
    }
}

std::string write_results(const NetworkJob& job, const Options& options, const std::string& out)
{
    std::error_code ignored;
    // of another run in this folder: they would pass for this one's
    for (const char* old : {"report.json", "report.txt", "plan.json", "confusion.json"}) {
        std::filesystem::remove(out + "/" + old, ignored);
    }
    for (const std::string variant : {"ldpu", "nmpu"}) {
        std::filesystem::remove(out + "/scores_" + variant + ".npy", ignored);
        std::filesystem::remove(out + "/words_" + variant + ".json", ignored);
        std::filesystem::remove_all(out + "/layers_" + variant, ignored);
    }
    const std::string text = network_report_text(job);
    write_arrays(job, options, out);
    write_file(out + "/plan.json", network::plan_json(job.wiring->plan, job.wiring->network.name));
    write_file(out + "/confusion.json", confusion_json(job));
    write_file(out + "/effective_config.json", job.loaded.effective_json);
    write_file(out + "/report.txt", text);
    write_file(out + "/report.json", network_report_json(job, options));  // last: all is there
    return text + fmt::format("\nfiles: {}/\n", out);
}

/// One of several runs: it writes what it is told to, or nothing when it was stopped.
int compared_result(const NetworkJob& job, const Options& options)
{
    if (!job.complete) { return static_cast<int>(ExitCode::interrupted); }
    if (!options.out.empty()) { write_results(job, options, options.out); }
    hand_over(options, network_report_json(job, options));
    return static_cast<int>(ExitCode::done);
}

}  // namespace

int network_command(const Options& options)
{
    auto network = config::load_network(options.file);
    auto loaded = config::load_config(options.network.tile, options.sets);
    require_fit_for_networks(loaded);
    require_signs(loaded, options.file, network);
    auto program = network::make_program(network);
    auto plan = plan_of(options, loaded, network, program);
    const bool is_compared = options.report_pipe >= 0;
    if (!options.quiet && !options.shards.list && !is_compared) {
        fmt::print("{}\n", network::plan_text(plan, network.name));
    }
    const std::string out = options.out.empty() ? "out/" + network.name : options.out;
    if (options.network.plan_only) {
        if (!options.out.empty()) {
            write_file(out + "/plan.json", network::plan_json(plan, network.name));
        }
        return static_cast<int>(ExitCode::done);
    }
    if (options.shards.any()) { require_shardable(options); }
    if (!options.shards.list && !is_compared) { require_writable(out); }
    catch_interrupts();
    NetworkJob job = load_network_job(options, std::move(loaded), network);
    ShardJob shards;
    if (options.shards.any()) { shards = network_shards(options, job, network); }
    if (options.shards.list) {
        fmt::print("{}", shards_json(shards));
        return static_cast<int>(ExitCode::done);
    }
    const auto wire = [&] {
        wire_network_job(job, options, std::move(network), std::move(program), std::move(plan));
    };
    if (options.shards.range) { return run_network_shard(job, options, shards, out, wire); }
    wire();
    if (options.shards.merge.empty()) {
        run_network_job(job, options);
    } else {
        merge_network_shards(job, options.shards.merge, shards);
    }
    if (is_compared) { return compared_result(job, options); }
    const std::string text = write_results(job, options, out);
    if (!options.quiet) { fmt::print("{}", text); }
    return static_cast<int>(job.complete ? ExitCode::done : ExitCode::interrupted);
}

}  // namespace aimc::apps
