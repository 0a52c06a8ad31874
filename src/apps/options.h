// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include "adc_command.h"
#include "compare_options.h"
#include "network_options.h"
#include "shard_options.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aimc::apps {

enum class Command {
    run,
    check,
    validate,
    explain,
    schema,
    calibrate,
    budget,
    sweep,
    network,
    adc,
    compare,
    replay,
    registers
};
enum class Engine { cycle, function };

/// The command line, taken apart and checked.
struct Options {
    Command command = Command::run;
    std::string file;               ///< CONFIG.json, or CURVES.csv of `sim adc`
    std::string golden;             ///< check
    std::string layer;              ///< check: which layer's trace, if there are several
    std::vector<std::string> sets;  ///< --set, and what --workload, --mvms, --seed stand for
    std::string out;                ///< folder (run) or file (calibrate, adc); empty: default
    Engine engine = Engine::cycle;
    bool save_counts = false, save_partial = false, save_chip = false;
    bool no_arrays = false;  ///< not even y.npy
    std::string vcd, vcd_scope = "*";
    std::uint64_t vcd_from = 0, vcd_to = ~std::uint64_t{0};
    std::string trace;
    int threads = 1;
    SimdLevel simd = best_simd_level();
    bool quiet = false, verbose = false;
    int workers = 0;       ///< sweep; 0: one per core
    bool fresh = false;    ///< sweep: forget what is there
    bool as_json = false;  ///< adc
    AdcOptions adc;
    NetworkOptions network;
    CompareOptions compare;
    int report_pipe = -1;      ///< of a run of `sim compare`: where its report goes
    ShardOptions shards;       ///< sweep and network
    bool as_markdown = false;  ///< schema
    bool c_header = false;     ///< registers
    std::string argv_line;     ///< for the manifest
};

/// What `parse` decided: go on with `options`, or end now with this exit code and text.
struct Parsed {
    std::optional<Options> options;
    int exit_code = 0;
    std::string to_stdout, to_stderr;
};
Parsed parse_command_line(int argc, const char* const* argv);

/// Whether the command needs the SystemC kernel.
bool simulates(const Options& options);

}  // namespace aimc::apps
