// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include "aimc/base/error.h"

#include "version.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <filesystem>

namespace aimc::apps {
namespace {

/// "FROM:TO" in cycles; either may be left out.
bool parse_window(const std::string& text, Options& options)
{
    const auto colon = text.find(':');
    if (colon == std::string::npos) { return false; }
    const auto number = [](const std::string& digits, std::uint64_t& value) {
        if (digits.empty()) { return true; }
        const char* end = digits.data() + digits.size();
        const auto got = std::from_chars(digits.data(), end, value);
        return got.ec == std::errc{} && got.ptr == end;
    };
    return number(text.substr(0, colon), options.vcd_from) &&
           number(text.substr(colon + 1), options.vcd_to) && options.vcd_from < options.vcd_to;
}

void add_config(CLI::App& app, Options& o)
{
    app.add_option("CONFIG", o.file, "configuration of the tile, JSON")->required();
    app.add_option("--set", o.sets, "path.to.key=value, overrides a key of CONFIG (repeatable)")
        ->take_all()
        ->expected(1);
}

struct RunTexts {
    std::string workload, engine = "cycle", simd = "auto", save, window, rounding = "floor";
    std::optional<std::string> mvms, seed;  ///< checked as the keys they stand for
};

void add_run(CLI::App& app, Options& o, RunTexts& t)
{
    app.add_option("--workload", t.workload, "aimc-workload/1 file, instead of the CONFIG's");
    app.add_option("--mvms", t.mvms, "generated vectors");
    app.add_option("--seed", t.seed, "device and read seed");
    app.add_option("--engine", t.engine, "cycle or function")
        ->check(CLI::IsMember({"cycle", "function"}));
    app.add_option("--threads", o.threads, "threads of the function engine")
        ->check(CLI::Range(1, 1024));
    app.add_option("--simd", t.simd, "auto, scalar, sse4, avx2 or avx512")
        ->check(CLI::IsMember({"auto", "scalar", "sse4", "avx2", "avx512"}));
    app.add_flag("-q,--quiet", o.quiet, "print nothing but errors");
    app.add_flag("-v,--verbose", o.verbose, "messages of the timed modules");
}

/// CLI11's own ranges let nan pass.
CLI::Validator finite_number(const char* which, bool (*is_allowed)(double))
{
    const auto check = [=](const std::string& text) {
        double v = 0.0;
        const char* end = text.data() + text.size();
        const auto got = std::from_chars(text.data(), end, v);
        const bool is_good =
            got.ec == std::errc{} && got.ptr == end && std::isfinite(v) && is_allowed(v);
        return is_good ? std::string() : fmt::format("{} must be a finite number, {}", text, which);
    };
    return {check, which};
}

void add_adc(CLI::App& app, Options& o, RunTexts& t)
{
    app.add_option("CURVES", o.file, "curve file, CSV with its .json beside it")->required();
    auto* json = app.add_flag("--json", o.as_json, "JSON instead of tables");
    app.add_flag("--full", o.adc.full, "with every INL[k] and DNL[k]")->needs(json);
    app.add_option("--sigma-lsb", o.adc.sigma_lsb, "thermal noise, for ENOB and SINAD")
        ->check(finite_number("zero or more", [](double v) { return v >= 0.0; }));
    app.add_option("--nominal", o.adc.nominal,
                   "counts per input unit of the ideal converter (default: mean of the curves)")
        ->check(finite_number("more than zero", [](double v) { return v > 0.0; }));
    app.add_option("--rounding", t.rounding, "of the counter: floor or nearest")
        ->check(CLI::IsMember({"floor", "nearest"}));
    app.add_flag("--words", o.adc.as_words, "affine correction in the NMPU's 8-bit words");
}

/// Of a command that makes its own runs: neither an engine nor messages to choose.
void add_budget(CLI::App& app, Options& o, RunTexts& t)
{
    app.add_option("--workload", t.workload, "aimc-workload/1 file, instead of the CONFIG's");
    app.add_option("--mvms", t.mvms, "generated vectors (default: 256)");
    app.add_option("--seed", t.seed, "device and read seed");
    app.add_option("--threads", o.threads, "variants at a time")->check(CLI::Range(1, 1024));
    app.add_option("--simd", t.simd, "auto, scalar, sse4, avx2 or avx512")
        ->check(CLI::IsMember({"auto", "scalar", "sse4", "avx2", "avx512"}));
    app.add_flag("-q,--quiet", o.quiet, "print nothing but errors");
    app.add_option("--out", o.out, "folder of the results (default: out/<config name>)");
}

/// Of many runs: their configuration comes from the sweep.
void add_sweep(CLI::App& app, Options& o, RunTexts& t)
{
    app.add_option("SWEEP", o.file, "what to sweep, JSON (aimc-sweep/1)")->required();
    app.add_option("--set", o.sets, "path.to.key=value for every point (repeatable)")
        ->take_all()
        ->expected(1);
    app.add_option("--workers", o.workers, "points at a time (default: one per core)")
        ->check(CLI::Range(1, 1024));
    app.add_flag("--fresh", o.fresh, "start anew, whatever is in the results folder");
    app.add_option("--simd", t.simd, "auto, scalar, sse4, avx2 or avx512")
        ->check(CLI::IsMember({"auto", "scalar", "sse4", "avx2", "avx512"}));
    app.add_flag("-q,--quiet", o.quiet, "print nothing but errors");
    app.add_option("--out", o.out, "folder of the results (default: out/<sweep name>)");
    add_shard_options(app, o.shards, false);
}

/// Of a trained network on many tiles.
void add_network(CLI::App& app, Options& o, RunTexts& t)
{
    app.add_option("NETWORK", o.file, "trained network, JSON (aimc-network/1)")->required();
    add_network_options(app, o.network);
    app.add_option("--set", o.sets, "path.to.key=value, overrides a key of the tile (repeatable)")
        ->take_all()
        ->expected(1);
    app.add_option("--save", t.save, "also write: scores, layers, words (comma separated)");
    app.add_option("--seed", t.seed, "device and read seed");
    app.add_option("--engine", t.engine, "function (default) or cycle, for a few images")
        ->check(CLI::IsMember({"cycle", "function"}));
    app.add_option("--threads", o.threads, "images at a time")->check(CLI::Range(1, 1024));
    app.add_option("--simd", t.simd, "auto, scalar, sse4, avx2 or avx512")
        ->check(CLI::IsMember({"auto", "scalar", "sse4", "avx2", "avx512"}));
    app.add_flag("-q,--quiet", o.quiet, "print nothing but errors");
    app.add_option("--out", o.out, "folder of the results (default: out/<network name>)");
    add_shard_options(app, o.shards, true);
}

/// Of several tiles: every option is for each of them.
void add_compare(CLI::App& app, Options& o, RunTexts& t)
{
    add_compare_options(app, o.compare, o.network);
    app.add_option("--set", o.sets, "path.to.key=value, for every CONFIG (repeatable)")
        ->take_all()
        ->expected(1);
    add_run(app, o, t);
    app.add_option("--out", o.out,
                   "folder of the results, one in it for each CONFIG; without it "
                   "no files");
    app.add_flag("--no-arrays", o.no_arrays, "leave out y.npy of each CONFIG");
}

std::string canonical(const std::string& path)
{
    return std::filesystem::absolute(path).lexically_normal().string();
}

/// Options that stand for keys become --set entries, so that traces and manifests record them.
bool resolve(const RunTexts& t, Options& o, std::string& error)
{
    if (!t.workload.empty()) { o.sets.push_back("workload.file=" + canonical(t.workload)); }
    if (t.mvms) { o.sets.push_back("workload.mvms=" + *t.mvms); }
    if (t.seed) {
        o.sets.push_back("seed.device=" + *t.seed);
        o.sets.push_back("seed.read=" + *t.seed);
    }
    o.adc.rounding = t.rounding == "floor" ? config::Rounding::floor : config::Rounding::nearest;
    o.engine = t.engine == "cycle" ? Engine::cycle : Engine::function;
    if (t.simd != "auto") {
        const auto have = simd_levels();
        bool found = false;
        for (const SimdLevel level : have) {
            if (t.simd == to_string(level)) {
                o.simd = level;
                found = true;
            }
        }
        if (!found) {
            error = "--simd " + t.simd + ": this machine has no such instructions, the widest is " +
                    to_string(have.back());
            return false;
        }
    }
    for (std::size_t at = 0; at < t.save.size();) {
        const auto comma = std::min(t.save.find(',', at), t.save.size());
        const std::string what = t.save.substr(at, comma - at);
        at = comma + 1;
        if (o.command == Command::network) {
            if (!save(what, o.network)) {
                error = "--save " + what + ": must be scores, layers or words";
                return false;
            }
        } else if (what == "counts") {
            o.save_counts = true;
        } else if (what == "partial") {
            o.save_partial = true;
        } else if (what == "chip") {
            o.save_chip = true;
        } else {
            error = "--save " + what + ": must be counts, partial or chip";
            return false;
        }
    }
    if (!o.trace.empty() && o.trace == o.vcd) {
        error = "--trace and --vcd name the same file, " + o.trace;
        return false;
    }
    if (o.vcd.empty() && (!t.window.empty() || o.vcd_scope != "*")) {
        error = "--vcd-window and --vcd-scope select from waves: name their file with --vcd";
        return false;
    }
    if (!t.window.empty() && !parse_window(t.window, o)) {
        error = "--vcd-window " + t.window + ": must be FROM:TO in cycles, FROM below TO";
        return false;
    }
    return true;
}

}  // namespace

bool simulates(const Options& o)
{
    return o.command == Command::replay ||
           ((o.command == Command::run || o.command == Command::check ||
             (o.command == Command::network && !o.network.plan_only)) &&
            o.engine == Engine::cycle);
}

Parsed parse_command_line(int argc, const char* const* argv)
{
    // `sim CONFIG.json` is `sim run CONFIG.json`.
    std::vector<std::string> words(argv + 1, argv + argc);
    const std::vector<std::string> commands{"run",       "check",  "validate", "explain", "schema",
                                            "calibrate", "budget", "sweep",    "network", "adc",
                                            "compare",   "replay", "registers"};
    const bool named =
        !words.empty() && (words[0].rfind("-", 0) == 0 ||
                           std::find(commands.begin(), commands.end(), words[0]) != commands.end());
    Parsed parsed;
    if (!words.empty() && !named) {
        // Neither a command nor anything like a file name: a slip of the pen.
        std::error_code ignored;
        if (words[0].find_first_of("./") == std::string::npos &&
            !std::filesystem::exists(words[0], ignored)) {
            parsed.exit_code = static_cast<int>(ExitCode::bad_config);
            parsed.to_stderr = fmt::format("sim: {} is neither a command ({}) nor a file\n",
                                           words[0], fmt::join(commands, ", "));
            return parsed;
        }
        words.insert(words.begin(), "run");
    }

    Options o;
    RunTexts t;
    CLI::App app{"aimc: cycle-accurate model of an analog in-memory-computing tile", "sim"};
    app.set_version_flag("--version", std::string("aimc ") + version);
    app.require_subcommand(1);
    app.footer(
        "`sim CONFIG.json` is short for `sim run CONFIG.json`.\n"
        "Exit codes: 0 done, 1 a check failed, 2 command line or CONFIG wrong, 3 another\n"
        "input wrong, 4 internal error, 5 output cannot be written, 130 interrupted.");
    auto* run = app.add_subcommand("run", "run the tile and write a report");
    add_config(*run, o);
    add_run(*run, o, t);
    run->add_option("--out", o.out, "folder of the results (default: out/<config name>)");
    run->add_option("--save", t.save, "also write: counts, partial, chip (comma separated)");
    run->add_flag("--no-arrays", o.no_arrays, "leave out y.npy, which grows with the MVMs");
    run->add_option("--vcd", o.vcd, "waves");
    run->add_option("--vcd-scope", o.vcd_scope, "glob over full names, e.g. 'tile.nmpu_bank.*'");
    run->add_option("--vcd-window", t.window, "FROM:TO in cycles");
    run->add_option("--trace", o.trace,
                    "golden trace; one file per layer and age, if there are several");
    auto* check = app.add_subcommand("check", "run again and compare with a golden trace");
    add_config(*check, o);
    add_run(*check, o, t);
    check->add_option("--golden", o.golden, "the trace to compare with")->required();
    check->add_option(
        "--layer", o.layer,
        "the layer or age that the trace is of (name in its file name), if there are several");
    auto* validate = app.add_subcommand("validate", "say everything that is wrong with CONFIG");
    add_config(*validate, o);
    auto* explain = app.add_subcommand("explain", "print CONFIG as understood, with sources");
    add_config(*explain, o);
    auto* schema = app.add_subcommand("schema", "print the JSON Schema of CONFIG");
    schema->add_flag("--markdown", o.as_markdown, "every key as a page, as in configs/README.md");
    auto* calibrate = app.add_subcommand("calibrate", "affine tables from a calibration run");
    add_config(*calibrate, o);
    add_run(*calibrate, o, t);
    calibrate->add_option("--out", o.out, "affine table file to write")->required();
    auto* budget = app.add_subcommand("budget", "what each error source costs, one by one");
    add_config(*budget, o);
    add_budget(*budget, o, t);
    auto* sweep =
        app.add_subcommand("sweep", "many configurations, one table; goes on after a stop");
    add_sweep(*sweep, o, t);
    auto* network =
        app.add_subcommand("network", "a trained network on many tiles: accuracy, time");
    add_network(*network, o, t);
    auto* adc = app.add_subcommand("adc", "metrics of ADC transfer curves");
    add_adc(*adc, o, t);
    auto* compare = app.add_subcommand("compare", "several tiles side by side, in one table");
    add_compare(*compare, o, t);
    auto* replay = app.add_subcommand("replay", "sweep every ADC over its recorded points");
    add_config(*replay, o);
    auto* registers = app.add_subcommand("registers", "print the register map");
    add_config(*registers, o);
    registers->add_flag("--c-header", o.c_header, "as a C header");

    try {
        std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
        app.parse(words);
    } catch (const CLI::ParseError& e) {
        std::ostringstream out;
        std::ostringstream err;
        const bool good = app.exit(e, out, err) == 0;
        parsed.exit_code = static_cast<int>(good ? ExitCode::done : ExitCode::bad_config);
        parsed.to_stdout = out.str();
        parsed.to_stderr = err.str();
        return parsed;
    }
    const std::vector<std::pair<CLI::App*, Command>> which{{run, Command::run},
                                                           {check, Command::check},
                                                           {validate, Command::validate},
                                                           {explain, Command::explain},
                                                           {schema, Command::schema},
                                                           {calibrate, Command::calibrate},
                                                           {sweep, Command::sweep},
                                                           {network, Command::network},
                                                           {budget, Command::budget},
                                                           {adc, Command::adc},
                                                           {compare, Command::compare},
                                                           {replay, Command::replay},
                                                           {registers, Command::registers}};
    for (const auto& [sub, command] : which) {
        if (sub->parsed()) { o.command = command; }
    }
    if (o.command == Command::compare && !o.compare.network.empty() &&
        compare->count("--engine") == 0) {
        t.engine = "function";  // as of `sim network`
    }
    if (o.command == Command::network) {
        if (network->count("--engine") == 0) { t.engine = "function"; }
        if (!o.network.plan_only && o.network.data.empty()) {
            parsed.exit_code = static_cast<int>(ExitCode::bad_config);
            parsed.to_stderr =
                "sim: --data is required (cifar10:PATH, cifar100:PATH or "
                "npy:FOLDER), unless --plan\n";
            return parsed;
        }
    }
    std::string error;
    if (!resolve(t, o, error)) {
        parsed.exit_code = static_cast<int>(ExitCode::bad_config);
        parsed.to_stderr = "sim: " + error + "\n";
        return parsed;
    }
    for (int i = 0; i < argc; ++i) {
        o.argv_line += (i == 0 ? "" : " ") + std::string(i == 0 ? "sim" : argv[i]);
    }
    parsed.options = o;
    return parsed;
}

}  // namespace aimc::apps
