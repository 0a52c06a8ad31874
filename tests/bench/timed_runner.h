// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/job.h"
#include "aimc/report/trace.h"
#include "aimc/report/vcd.h"

#include "setups.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace aimc::bench {

/// What is made of the records while they are measured. The text is dropped: no disk in the figure.
enum class Output { none, trace, vcd };

/// How long one job took.
struct Measured {
    std::uint64_t mvms = 0;
    double wall_s = 0.0;
    double cpu_s = 0.0;            ///< of all threads of the process
    double plain_per_cpu_s = 0.0;  ///< rate of the plain product just before

    /// As one iteration of a row with manual time.
    void report(benchmark::State& state) const;
};

/// Drives an engine through jobs of the same vectors and times each from its first vector in to its
/// last record out. Programming and calibration are outside, and a first short job warms up.
class TimedRunner : public mvm::JobRunner {
public:
    struct Plan {
        Output output = Output::none;
        std::size_t mvms = 0;  ///< at most what the setup's workload has
    };
    TimedRunner(const Setup& setup, std::vector<Plan> jobs);

    const device::CellTargets& targets() const override { return setup_.targets; }
    void bring_up(mvm::Chip& chip) override { chip = setup_.chip; }
    bool next_job(mvm::Job& job) override;
    void on_record(const mvm::MvmRecord& record) override;
    void on_events(const converters::AdcEvents&, const std::vector<mvm::LaneCounters>&) override;
    bool stop_requested() const override { return false; }

    /// One per planned job, in order.
    const std::vector<Measured>& measured() const { return measured_; }

private:
    const Setup& setup_;
    std::vector<Plan> jobs_;  ///< the first is the warm-up
    std::size_t next_ = 0;
    std::uint64_t reads_ = 0;
    std::unique_ptr<report::TraceWriter> trace_;
    std::unique_ptr<report::VcdWriter> vcd_;
    std::uint64_t records_ = 0;
    double plain_ = 0.0;
    double wall_start_ = 0.0;
    double cpu_start_ = 0.0;
    std::vector<Measured> measured_;
};

}  // namespace aimc::bench
