// SPDX-License-Identifier: Apache-2.0
#include "aimc/sim/systemc.h"

#include "rows.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>

/// The kernel brings main(); the cycle engine must be run from here.
int sc_main(int argc, char* argv[])
{
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) { return 2; }
    try {
        aimc::bench::add_plain_product();
        aimc::bench::add_stage_rows();
        aimc::bench::add_batch_rows();
        aimc::bench::add_function_rows();
        aimc::bench::add_cycle_rows();
        benchmark::RunSpecifiedBenchmarks();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "bench: %s\n", e.what());
        return 4;
    }
    return 0;
}
