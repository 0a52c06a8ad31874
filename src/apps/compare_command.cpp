// SPDX-License-Identifier: Apache-2.0
#include "compare_command.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/config/fingerprint.h"
#include "aimc/config/load.h"

#include "compare_report.h"
#include "compare_run.h"
#include "compare_workload.h"
#include "outputs.h"
#include "session.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <unistd.h>

namespace aimc::apps {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* tile_notes =
    "Latency, interval and energy are means over the MVMs. Errors are of y against exact W x "
    "before "
    "the activation, of the worst layer. Identical outputs, fixed error and fresh noise (rms, "
    "before "
    "rounding): of the first vectors of each layer, read again (repeatability.runs).";
constexpr const char* network_notes =
    "What happens outside the tiles takes no time. Energy is that of the tiles alone; the report "
    "of "
    "each run says where it comes from.";

/// Choice: the second "tile" is "tile.2": two versions of one configuration are what is compared.
std::string own_name(const std::string& name, std::set<std::string>& taken)
{
    std::string own = name;
    for (int i = 2; !taken.insert(own).second; ++i) { own = fmt::format("{}.{}", name, i); }
    return own;
}

/// Everything that a run would refuse after the first ones have taken their time.
void require_readable_inputs(const config::TileConfig& tile)
{
    for (const std::string& file : config::input_files(tile)) { read_file(file); }
}

std::vector<Compared> load_all(const Options& options)
{
    std::vector<Compared> all;
    std::set<std::string> names;
    std::vector<WorkloadDigest> workloads;
    for (const std::string& path : options.compare.configs) {
        const auto loaded = config::load_config(path, options.sets);
        Compared one;
        one.name = own_name(loaded.tile.name, names);
        one.path = path;
        one.sha256 = loaded.sha256;
        one.config = Json::parse(loaded.effective_json);
        if (!options.out.empty()) { one.out = options.out + "/" + one.name; }
        require_readable_inputs(loaded.tile);
        if (options.compare.network.empty()) {
            workloads.push_back(digest_of_workload(loaded.tile));
            one.other_workload = difference(workloads.front(), workloads.back());
        }
        all.push_back(std::move(one));
    }
    return all;
}

/// What `sim run CONFIG` or `sim network NETWORK --tile CONFIG` would have been given.
Options options_of(const Options& options, const Compared& one)
{
    Options own = options;
    own.out = one.out;
    own.file = one.path;
    own.command = Command::run;
    if (options.compare.network.empty()) { return own; }
    own.command = Command::network;
    own.file = options.compare.network;
    own.network.tile = one.path;
    own.network.variants = {"float", one.config.at("post").get<std::string>()};
    return own;
}

/// Of another time in this folder: they would pass for what is being made.
void remove_old_results(const Options& options, const std::vector<Compared>& all)
{
    std::error_code ignored;
    for (const char* old : {"/compare.json", "/compare.txt"}) {
        std::filesystem::remove(options.out + old, ignored);
    }
    for (const Compared& one : all) { std::filesystem::remove(one.out + "/report.json", ignored); }
}

void show(const Options& options, const std::string& text)
{
    if (options.quiet || ::isatty(2) == 0) { return; }
    fmt::print(stderr, "\r\033[K{}", text);
    std::fflush(stderr);
}

}  // namespace

int compare_command(const Options& options)
{
    std::vector<Compared> all = load_all(options);
    const bool has_files = !options.out.empty();
    if (has_files) { require_writable(options.out); }
    catch_interrupts();
    if (has_files) { remove_old_results(options, all); }
    Comparison comparison;
    const bool is_network = !options.compare.network.empty();
    comparison.rows = is_network ? &network_rows() : &tile_rows();
    comparison.notes = is_network ? network_notes : tile_notes;
    comparison.asked_for = all.size();
    for (Compared& one : all) {
        if (interrupt_requested()) { break; }
        show(options, one.name);
        const RunApart run = run_apart(options_of(options, one));
        show(options, "");
        if (run.code == static_cast<int>(ExitCode::interrupted)) { break; }
        if (run.code != 0) { return run.code; }
        one.report = Json::parse(run.report);
        comparison.runs.push_back(std::move(one));
    }
    if (comparison.runs.empty()) { throw Interrupted("during the first run"); }
    const std::string text = compare_text(comparison);
    if (has_files) {
        write_file(options.out + "/compare.txt", text);
        write_file(options.out + "/compare.json", compare_json(comparison));  // last: all is there
    }
    if (!options.quiet) {
        fmt::print("{}{}", text, has_files ? fmt::format("\nfiles: {}/\n", options.out) : "");
    }
    return static_cast<int>(comparison.is_complete() ? ExitCode::done : ExitCode::interrupted);
}

}  // namespace aimc::apps
