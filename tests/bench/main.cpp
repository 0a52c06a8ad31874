// SPDX-License-Identifier: Apache-2.0
#include "aimc/sim/systemc.h"

#include "rows.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>
#include <optional>
#include <string>

namespace {

/// The level of the cycle rows: --cycle_simd=LEVEL, or avx2 where there is AVX2. Nothing for one
/// that this machine has not.
std::optional<aimc::SimdLevel> cycle_level(int argc, char* argv[])
{
    const std::string option = "--cycle_simd=";
    std::string wanted = aimc::to_string(aimc::bench::levels().front());
    if (argc == 2 && std::string(argv[1]).rfind(option, 0) == 0) {
        wanted = std::string(argv[1]).substr(option.size());
    } else if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return {};
    }
    if (wanted == "best") { return aimc::best_simd_level(); }
    for (const aimc::SimdLevel level : aimc::simd_levels()) {
        if (wanted == aimc::to_string(level)) { return level; }
    }
    std::fprintf(stderr, "bench: %s%s: not a SIMD level of this machine\n", option.c_str(),
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
    const std::optional<aimc::SimdLevel> level = cycle_level(argc, argv);
    if (!level) { return 2; }
    try {
        add_facts();
        aimc::bench::add_plain_product();
        aimc::bench::add_stage_rows();
        aimc::bench::add_post_rows();
        aimc::bench::add_batch_rows();
        aimc::bench::add_function_rows();
        aimc::bench::add_size_rows();
        aimc::bench::add_cycle_rows(*level);
        benchmark::RunSpecifiedBenchmarks();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "bench: %s\n", e.what());
        return 4;
    }
    return 0;
}
