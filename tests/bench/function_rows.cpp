// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/function_engine.h"

#include "rows.h"
#include "timed_runner.h"

#include <benchmark/benchmark.h>

#include <string>

namespace aimc::bench {
namespace {

using config::ReadMode;

struct Row {
    Subject subject;
    SimdLevel simd;
    int threads;
    std::string name() const
    {
        return "function_engine/" + subject.name() + "/" + aimc::to_string(simd) + "/" +
               threads_name(threads);
    }
};

bool is_pim(Case which)
{
    return which == Case::pim_native || which == Case::pim_differential ||
           which == Case::pim_bit_serial;
}

/// Vectors of a job: some tenth of a second of it.
std::size_t job_mvms(const Subject& subject)
{
    if (subject.which == Case::per_cell) { return 1024; }
    if (subject.which == Case::digital) { return 65536; }
    if (subject.which == Case::per_segment || is_pim(subject.which)) { return 2048; }
    return subject.mode == ReadMode::one_phase ? 8192 : 4096;
}

Measured measure(const Row& row, int threads)
{
    const Setup& s = setup(row.subject);
    TimedRunner runner(s, {{Output::none, job_mvms(row.subject)}});
    mvm::run_function_engine(s.config, row.simd, threads, runner);
    return runner.measured().front();
}

void run(benchmark::State& state, const Row& row)
{
    for (auto _ : state) {
        const double one = row.threads > 1 ? measure(row, 1).per_wall_s() : 0.0;
        const Measured job = measure(row, row.threads);
        job.report(state);
        state.counters["n_threads"] = row.threads;
        // just before: what else the machine does then hits both alike
        if (row.threads > 1) { state.counters["x_1_thread"] = job.per_wall_s() / one; }
    }
}

void add(const Row& row)
{
    // one iteration is one job of thousands of vectors
    benchmark::RegisterBenchmark(row.name().c_str(), run, row)->UseManualTime()->Iterations(1);
}

}  // namespace

void add_function_rows()
{
    for (const SimdLevel simd : levels()) {
        for (const Case which : {Case::ideal, Case::charge, Case::time_resolved}) {
            for (const auto mode : {ReadMode::one_phase, ReadMode::four_phase}) {
                for (const int n : thread_counts()) { add({{which, mode}, simd, n}); }
            }
        }
        for (const Case which : {Case::charge_ldpu, Case::time_resolved_ldpu, Case::ladder,
                                 Case::per_segment, Case::per_cell}) {
            add({{which, ReadMode::one_phase}, simd, 1});
        }
        for (const Case which : {Case::ams, Case::pim_native, Case::pim_differential,
                                 Case::pim_bit_serial, Case::digital}) {
            add({{which}, simd, 1});
        }
        add({{Case::digital, ReadMode::one_phase, 128, 128}, simd, 1});
    }
}

}  // namespace aimc::bench
