// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/job.h"
#include "aimc/mvm/read_path.h"
#include "aimc/mvm/timing.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace aimc::testbench {

/// Holds what the timed tile delivers against the pure rooms: every vector in order, every edge
/// equal to the recurrence, the integers of the first vectors computed again, the bytes at the sink
/// equal to y. A difference is our own mistake: std::logic_error, exit 4.
class Scoreboard {
public:
    /// @param n_values  how many vectors of a job are computed again
    Scoreboard(const config::TileConfig& config, const mvm::Chip& chip, SimdLevel simd,
               std::uint64_t n_values);

    void adopt_chip(const mvm::Chip& chip);
    void start(const mvm::Job& job);
    void check(const mvm::MvmRecord& record);  ///< times relative to in_0
    void check_sink(const mvm::MvmRecord& record, const std::int32_t* y, std::size_t n) const;
    std::uint64_t n_checked() const { return next_; }

private:
    void check_times(std::uint64_t k, const mvm::MvmRecord& record);
    void check_values(std::uint64_t k, const mvm::MvmRecord& record) const;

    config::TileConfig config_;
    SimdLevel simd_;
    std::unique_ptr<mvm::ReadPath> path_;
    std::uint64_t n_values_;
    const mvm::Job* job_ = nullptr;
    std::unique_ptr<mvm::PostProcessor> post_;
    std::unique_ptr<mvm::Recurrence> recurrence_;
    std::uint64_t next_ = 0;
    std::vector<std::int8_t> made_;  ///< x of the vector that is checked, if the job makes it
};

}  // namespace aimc::testbench
