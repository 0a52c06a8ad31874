// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/job.h"

#include "recorder.h"
#include "setups.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace aimc::bench {

/// How long one job took.
struct Measured {
    std::uint64_t mvms = 0;
    double wall_s = 0.0;
    double cpu_s = 0.0;            ///< of all threads of the process
    double plain_per_cpu_s = 0.0;  ///< rate of the plain product just before and just after
    std::uint64_t cycles = 0;      ///< of the tile's clock, first vector in to last one out
    std::size_t bytes = 0;         ///< of text made

    double per_wall_s() const { return static_cast<double>(mvms) / wall_s; }
    double per_cpu_s() const { return static_cast<double>(mvms) / cpu_s; }
    /// As one iteration of a row with manual time.
    void report(benchmark::State& state) const;
};

/// Drives an engine through jobs and times each from its first vector in to its last record out.
/// Programming and calibration are outside, and a first short job warms up.
class TimedRunner : public mvm::JobRunner {
public:
    struct Plan {
        Output output = Output::none;
        std::size_t mvms = 0;  ///< the vectors of the setup's workload, over and over
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
    std::unique_ptr<Recorder> recorder_;
    Measured now_;
    double plain_before_ = 0.0;
    double wall_start_ = 0.0;
    double cpu_start_ = 0.0;
    std::vector<Measured> measured_;
};

}  // namespace aimc::bench
