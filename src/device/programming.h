// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/random.h"

#include "pair.h"

#include <vector>

namespace aimc::device {

/// Standard normals of one row of one polarity, one per column of `out`.
void draw_row(const config::TileConfig& config, Purpose purpose, std::size_t row, int polarity,
              std::uint64_t read, std::vector<double>& out);

/// Programs rows of cells as `device.programming` says (array_state.h has the law of both).
class Programmer {
public:
    Programmer(const config::TileConfig& config, const DeviceFit& fit, const PairModel& pair,
               const Faults& faults, std::size_t cols);

    /// One polarity of one row: conductance of the working devices.
    void run(std::size_t row, int polarity, const std::vector<Siemens>& target,
             std::vector<Siemens>& g_prog);
    /// After both polarities of a row.
    void finish_row();

    const ProgrammingFacts& facts() const { return facts_; }

private:
    void verify(std::size_t row, int polarity, const std::vector<Siemens>& target,
                std::vector<Siemens>& g_prog);
    bool accepts(Siemens target, Siemens g_prog, const Devices& devices, bool is_dead,
                 double xi) const;
    double counts(Siemens g) const;

    const config::TileConfig& config_;
    const PairModel& pair_;
    const Faults& faults_;
    double verify_noise_;               ///< growth of the read noise at t_0; 0: none
    double counts_per_siemens_;         ///< of a verifying read
    std::vector<double> pulse_, read_;  ///< [cols] standard normals
    std::vector<bool> unconverged_;     ///< [cols] of this row, either polarity
    std::vector<std::size_t> pending_;  ///< columns of this row and polarity
    ProgrammingFacts facts_;
};

}  // namespace aimc::device
