// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/calibration/chip_file.h"
#include "aimc/config/curve_file.h"
#include "aimc/mvm/function_engine.h"
#include "aimc/testbench/cycle_engine.h"
#include "aimc/tile/register_map.h"

#include "adc_command.h"
#include "budget_command.h"
#include "compare_command.h"
#include "compare_run.h"
#include "kind_checks.h"
#include "network_command.h"
#include "session.h"
#include "sweep_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <numeric>

namespace aimc::apps {
namespace {

void run_engine(const config::TileConfig& config, const Options& options, Session& session)
{
    if (options.engine == Engine::cycle) {
        testbench::run_cycle_engine(config, options.simd, session);
    } else {
        mvm::run_function_engine(config, options.simd, options.threads, session);
    }
}

/// One of several runs: it writes what it is told to, or nothing when it was stopped.
int compared_run(const Options& options)
{
    const auto loaded = config::load_config(options.file, options.sets);
    Session session(loaded, options);
    if (!options.out.empty()) { session.stream_arrays(); }
    session.keep_first_vectors();
    run_engine(loaded.tile, options, session);
    session.measure_repeatability();
    if (!session.complete()) { return static_cast<int>(ExitCode::interrupted); }
    const report::RunResult result = session.result();
    if (!options.out.empty()) { session.write_results(result); }
    hand_over(options, report::report_json(result));
    return static_cast<int>(ExitCode::done);
}

int run(const Options& options)
{
    if (options.report_pipe >= 0) { return compared_run(options); }
    const auto loaded = config::load_config(options.file, options.sets);
    if (options.save_chip) { require_analog(loaded, "for --save chip: others have no cells"); }
    catch_interrupts();
    Session session(loaded, options);
    session.require_writable_out();
    session.stream_arrays();
    session.keep_first_vectors();
    run_engine(loaded.tile, options, session);
    session.measure_repeatability();
    const std::string report = session.write_results(session.result());
    if (!options.quiet) { fmt::print("{}", report); }
    return static_cast<int>(session.complete() ? ExitCode::done : ExitCode::interrupted);
}

/// Several layers write one trace each, and a trace does not name its layer: the user does.
std::size_t layer_to_check(const Session& session, const Options& options)
{
    const auto names = session.part_names();
    const auto found = std::find(names.begin(), names.end(), options.layer);
    if (names.size() == 1 && options.layer.empty()) { return 0; }
    if (found != names.end()) { return static_cast<std::size_t>(found - names.begin()); }
    std::string all;
    for (const auto& name : names) { all += (all.empty() ? "" : ", ") + name; }
    throw ConfigError("--layer",
                      options.layer.empty()
                          ? "is missing: the workload has several layers, give one of " + all
                          : "is " + options.layer + ", must be one of " + all);
}

int check(const Options& options)
{
    const std::string text = read_file(options.golden);
    const auto golden = report::parse_trace(text, options.golden);
    // The golden file says how it was made; what the command line adds comes after it.
    std::vector<std::string> sets = golden.header.sets;
    sets.push_back("seed.device=" + std::to_string(golden.header.device_seed));
    sets.push_back("seed.read=" + std::to_string(golden.header.read_seed));
    const auto workload = config::load_config(options.file, sets).tile.workload;
    if (workload.file.empty() && workload.inputs == "random_signed") {
        sets.push_back("workload.mvms=" + std::to_string(golden.header.mvms));
    }
    sets.insert(sets.end(), options.sets.begin(), options.sets.end());
    const auto loaded = config::load_config(options.file, sets);
    Options quiet = options;
    quiet.quiet = true;
    quiet.save_partial = golden.header.partial_output;
    Session session(loaded, quiet);
    session.keep_trace(layer_to_check(session, options));
    run_engine(loaded.tile, quiet, session);
    const auto actual = report::parse_trace(session.kept_trace(), "this run");
    std::string note;
    if (const auto difference = report::first_difference(golden, actual, note)) {
        fmt::print(stderr, "{}: {}\n", options.golden, *difference);
        return static_cast<int>(ExitCode::check_failed);
    }
    if (!options.quiet) {
        fmt::print("{}: {} events agree{}{}\n", options.golden, golden.events.size(),
                   note.empty() ? "" : "; ", note);
    }
    return static_cast<int>(ExitCode::done);
}

int calibrate(const Options& options)
{
    const auto loaded = config::load_config(options.file, options.sets);
    catch_interrupts();
    Session session(loaded, options);
    mvm::Chip chip = mvm::make_chip(loaded.tile, session.targets());
    session.bring_up(chip);
    const auto& layers = session.brought_up().layers();
    write_file(options.out, calibration::affine_json(loaded.tile, layers, chip.current_ratio));
    const auto extremes = [](const std::vector<double>& lsb) {
        if (lsb.empty()) { return std::string("-"); }
        const auto [least, most] = std::minmax_element(lsb.begin(), lsb.end());
        const double sum = std::accumulate(lsb.begin(), lsb.end(), 0.0);
        return fmt::format("{:.2f} {:.2f} {:.2f}", *least, sum / static_cast<double>(lsb.size()),
                           *most);
    };
    for (std::size_t l = 0; l < layers.size() && !options.quiet; ++l) {
        const auto& cal = layers[l];
        fmt::print(
            "layer {}: {} vectors, {} cycles, current ratio {:g}, scale exponent {} ({} columns "
            "need one)\n"
            "  {} scales and {} offsets clipped, {} columns rank deficient\n"
            "  residual per column [LSB], least mean most: before {}, after {}\n",
            l, cal.vectors, cal.cycles, chip.current_ratio, cal.words.scale_exponent,
            cal.columns_needing_exponent, cal.scales_clipped, cal.offsets_clipped,
            cal.rank_deficient, extremes(cal.before_lsb), extremes(cal.after_lsb));
        fmt::print("{}", report::misfit_note(std::to_string(l), cal.misfits));
    }
    return 0;
}

int replay(const Options& options)
{
    const auto loaded = config::load_config(options.file, options.sets);
    require_analog(loaded, "for a replay: only oscillators have recorded curves");
    if (loaded.tile.adc.curves != config::CurveSource::file) {
        throw ConfigError(options.file,
                          std::vector<Problem>{{"/adc/curves", "must be \"file\" for a replay"}});
    }
    const auto result = testbench::replay_curves(loaded.tile, options.simd);
    fmt::print("{} of {} recorded points of {} columns reproduced\n", result.reproduced,
               result.points, result.columns);
    if (result.reproduced == result.points) { return 0; }
    fmt::print(stderr, "first difference: {}\n", result.first_difference);
    return static_cast<int>(ExitCode::check_failed);
}

int adc(const Options& options)
{
    const auto file = config::load_curve_file(options.file, config::NonMonotone::reject);
    fmt::print("{}", options.as_json ? adc_json(file, options.adc) : adc_table(file, options.adc));
    return 0;
}

int registers(const Options& options)
{
    const auto tile = config::load_config(options.file, options.sets).tile;
    fmt::print("{}", options.c_header ? tile::register_map_c_header(tile.rows, tile.cols)
                                      : tile::register_map_markdown(tile.rows, tile.cols));
    return 0;
}

}  // namespace

int execute(const Options& options)
{
    switch (options.command) {
        case Command::run: return run(options);
        case Command::check: return check(options);
        case Command::calibrate: return calibrate(options);
        case Command::replay: return replay(options);
        case Command::budget: return budget_command(options);
        case Command::sweep: return sweep_command(options);
        case Command::network: return network_command(options);
        case Command::adc: return adc(options);
        case Command::compare: return compare_command(options);
        case Command::registers: return registers(options);
        case Command::schema:
            fmt::print("{}",
                       options.as_markdown ? config::config_readme() : config::config_schema());
            return 0;
        case Command::explain:
            fmt::print("{}", config::load_config(options.file, options.sets).explained);
            return 0;
        case Command::validate:
            config::load_config(options.file, options.sets);
            fmt::print("{}: valid\n", options.file);
            return 0;
    }
    return static_cast<int>(ExitCode::internal);
}

int guarded(const Options& options)
{
    try {
        const int code = execute(options);
        if (std::fflush(stdout) != 0) { throw OutputError("stdout", "cannot be written"); }
        return code;
    } catch (const UserError& e) {
        // A file that the CONFIG argument itself names is the command line's fault, not an input's.
        const bool is_config = e.code() == ExitCode::bad_input &&
                               std::string(e.what()).rfind(options.file + ":", 0) == 0 &&
                               options.command != Command::adc &&
                               options.command != Command::network;
        // `sim compare` says itself what an interrupt has left
        const bool is_told = e.code() == ExitCode::interrupted && options.report_pipe >= 0;
        if (!is_told) { fmt::print(stderr, "{}\n", e.what()); }
        return static_cast<int>(is_config ? ExitCode::bad_config : e.code());
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "sim: out of memory\n");
    } catch (const std::exception& e) {
        if (std::ferror(stdout) != 0) {  // fmt::print throws when stdout takes no more
            fmt::print(stderr, "stdout: {}\n", e.what());
            return static_cast<int>(ExitCode::bad_output);
        }
        fmt::print(stderr, "sim: internal error: {}\n", e.what());
    }
    return static_cast<int>(ExitCode::internal);
}

}  // namespace aimc::apps
