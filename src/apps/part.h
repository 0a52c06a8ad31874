// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/rows.h"
#include "aimc/calibration/calibrate.h"
#include "aimc/mvm/job.h"
#include "aimc/mvm/timing.h"
#include "aimc/report/histogram.h"
#include "aimc/report/run_result.h"

#include "part_errors.h"

#include <memory>
#include <string>
#include <vector>

namespace aimc::apps {

/// One layer at one age, and all that a run has seen of it: of a size that does not grow with the
/// number of MVMs, but for the codes of a layer that follows.
struct Part {
    std::size_t layer = 0;
    std::size_t age = 0;
    std::string name;                                 ///< in file names, if there are several
    std::uint64_t expected = 0;                       ///< MVMs of a whole run
    calibration::LayerCalibration calibration;        ///< with the words it ran with
    Matrix<std::int8_t> next;                         ///< [n x layer cols] inputs of the next layer
    std::uint64_t right = 0;                          ///< MVMs whose largest y is at their label
    report::Histogram latency, read, post, out_wait;  ///< [cycles]
    report::ErrorMeter error, post_error;
    std::uint64_t mvms = 0;
    std::uint64_t phases = 0;  ///< of all reads
    mvm::StateAccount states;
    std::uint64_t cycles = 0;
    std::uint64_t middle_start = 0, last_start = 0;  ///< S of MVM middle_of(expected), of the last
    converters::AdcEvents events;
    std::vector<mvm::LaneCounters> lanes;
    bool is_whole() const { return mvms == expected; }
};

/// The MVM from which on a run of n counts as steady: the first reads fill the banks and start
/// sooner.
inline std::uint64_t middle_of(std::uint64_t n) { return n > 0 ? (n - 1) / 2 : 0; }

/// S of MVM k by the recurrence, which both engines keep. Of use when a run ended early: its middle
/// is not where it was expected.
std::uint64_t start_of(const config::TileConfig& config, const mvm::Job& job, std::uint64_t k);

/// What a part keeps beside its figures.
struct PartNeeds {
    bool next = false;                                    ///< inputs of the next layer
    const std::vector<std::uint8_t>* labels = nullptr;    ///< [n] none: nothing to compare with
    std::shared_ptr<const Matrix<std::int64_t>> product;  ///< [n x layer cols] W x, if it is known
    SimdLevel simd = best_simd_level();
    int threads = 1;
};

/// Books finished MVMs to a part: times, results, and the error against W x.
class PartMeter {
public:
    PartMeter(const config::TileConfig& config, const config::Layer& layer, Part& part,
              PartNeeds needs);

    /// @param records  in order, one after the other
    void add(const mvm::MvmRecord* records, std::size_t n);

private:
    void add_times(const mvm::MvmTimes& times);
    void add_values(const mvm::MvmRecord& record);

    const config::TileConfig& config_;
    const config::Layer& layer_;
    Part& part_;
    PartNeeds needs_;
    PartErrors errors_;
};

}  // namespace aimc::apps
