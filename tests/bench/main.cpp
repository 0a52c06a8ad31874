// SPDX-License-Identifier: Apache-2.0
#include "aimc/sim/systemc.h"

#include "rows.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>

namespace {

using aimc::bench::Case;
using aimc::bench::Subject;

/// Takes the value of --NAME=VALUE out of the command line; `value` stays if it is not there.
void take_option(const std::string& name, int& argc, char* argv[], std::string& value)
{
    const std::string start = "--" + name + "=";
    char** const end = argv + argc;
    char** const found =
        std::find_if(argv, end, [&](const std::string& word) { return word.rfind(start, 0) == 0; });
    if (found == end) { return; }
    value = *found + start.size();
    std::copy(found + 1, end, found);
    --argc;
}

/// The level of the cycle rows: --cycle_simd=LEVEL, or avx2 where there is AVX2. Nothing for one
/// that this machine has not.
std::optional<aimc::SimdLevel> cycle_level(const std::string& wanted)
{
    if (wanted == "best") { return aimc::best_simd_level(); }
    for (const aimc::SimdLevel level : aimc::simd_levels()) {
        if (wanted == aimc::to_string(level)) { return level; }
    }
    std::fprintf(stderr, "bench: --cycle_simd=%s: not a SIMD level of this machine\n",
                 wanted.c_str());
    return {};
}

/// The tile of the cycle rows: --cycle_tile=CASE. Nothing for one that is not timed.
std::optional<Subject> cycle_subject(const std::string& wanted)
{
    for (const Subject& subject :
         {Subject{Case::time_resolved}, Subject{Case::pim_native},
          Subject{Case::digital, aimc::config::ReadMode::one_phase, 128, 128}}) {
        if (wanted == to_string(subject.which)) { return subject; }
    }
    std::fprintf(stderr, "bench: --cycle_tile=%s: must be time_resolved, pim_native or digital\n",
                 wanted.c_str());
    return {};
}

void add_facts()
{
    benchmark::AddCustomContext("compiler", __VERSION__);
    benchmark::AddCustomContext("build_type", AIMC_BUILD_TYPE);
    benchmark::AddCustomContext("best_simd", aimc::to_string(aimc::best_simd_level()));
}

}  // namespace

/// The kernel brings main(); the cycle engine must be run from here.
int sc_main(int argc, char* argv[])
{
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    benchmark::Initialize(&argc, argv);
    std::string level_word = aimc::to_string(aimc::bench::levels().front());
    std::string tile_word = "time_resolved";
    take_option("cycle_simd", argc, argv, level_word);
    take_option("cycle_tile", argc, argv, tile_word);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) { return 2; }
    const std::optional<aimc::SimdLevel> level = cycle_level(level_word);
    const std::optional<Subject> subject = cycle_subject(tile_word);
    if (!level || !subject) { return 2; }
    try {
        add_facts();
        aimc::bench::add_plain_product();
        aimc::bench::add_stage_rows();
        aimc::bench::add_post_rows();
        aimc::bench::add_batch_rows();
        aimc::bench::add_kind_rows();
        aimc::bench::add_function_rows();
        aimc::bench::add_size_rows();
        aimc::bench::add_cycle_rows(*subject, *level);
        benchmark::RunSpecifiedBenchmarks();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "bench: %s\n", e.what());
        return 4;
    }
    return 0;
}
