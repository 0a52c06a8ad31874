// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/base/rows.h"
#include "aimc/config/workload.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/device/array_state.h"
#include "aimc/mvm/chip.h"
#include "aimc/mvm/post.h"
#include "aimc/mvm/record.h"

#include <cstdint>
#include <vector>

namespace aimc::mvm {

/// One stretch of work with the same affine words: the vectors of one layer. Cycle 0 is its in_0.
struct Job {
    PostWords words;
    Rows<std::int8_t> inputs;        ///< [n x tile rows], held or made when an engine asks
    Matrix<std::int16_t> residuals;  ///< [n x tile cols]; empty unless words.residual_in
    config::Arrival arrival;
    config::SinkPattern sink;
    std::uint64_t first_read = 0;  ///< read index of vector 0: read noise is a function of it
    /// R of vector k as the recurrence takes it; 0: none, or with x.
    std::uint64_t residual_ready_of(std::size_t k) const
    {
        return by_residual_port() ? residual_ready.at(k) : 0;
    }
    /// Whether the residual words come by the residual port, apart from x.
    bool by_residual_port() const { return words.residual_in && !residual_ready.empty(); }
    /// The residual words of vector k; empty when there are none.
    std::vector<std::int16_t> residual_of(std::size_t k) const
    {
        if (!words.residual_in) { return {}; }
        return {residuals.row(k), residuals.row(k) + residuals.cols()};
    }
    const Chip* chip = nullptr;  ///< the array has aged since the last job, or this is another
                                 ///< tile of a system, and is now this
    /// [n] edge, from in_0, at which the first column of vector k's residual words is at the
    /// residual port; empty: with x. Used only with words.residual_in.
    std::vector<std::uint64_t> residual_ready{};
};

/// Gives an engine its work and takes what comes out. Both engines are driven by it, so a run is
/// the same program whichever engine executes it.
class JobRunner {
public:
    virtual ~JobRunner() = default;
    /// What the cells are programmed to.
    virtual const device::CellTargets& targets() const = 0;
    /// Once, when the chip is programmed: a frozen chip replaces it, calibration sets its mirror
    /// ratio and makes the affine words of the jobs.
    virtual void bring_up(Chip& chip) = 0;
    virtual bool next_job(Job& job) = 0;                  ///< false: no more work
    virtual void on_record(const MvmRecord& record) = 0;  ///< in order of `mvm`, per job
    /// Several of them at once, in order: what the function engine calls after each batch, on its
    /// own thread.
    virtual void on_records(const std::vector<MvmRecord>& records)
    {
        for (const MvmRecord& record : records) { on_record(record); }
    }
    virtual void on_events(const converters::AdcEvents& events,
                           const std::vector<LaneCounters>& lanes) = 0;  ///< once per job
    virtual bool stop_requested() const = 0;  ///< finish what is in flight, then end
};

}  // namespace aimc::mvm
