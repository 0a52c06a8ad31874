// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/calibrate.h"
#include "aimc/mvm/timing.h"
#include "aimc/report/run_result.h"

#include <memory>
#include <string>
#include <vector>

namespace aimc::apps {

/// One layer at one age, and all that a run has seen of it.
struct Part {
    std::size_t layer = 0;
    std::size_t age = 0;
    std::string name;                              ///< in file names, if there are several
    std::uint64_t expected = 0;                    ///< MVMs of a whole run
    calibration::LayerCalibration calibration;     ///< with the words it ran with
    std::vector<std::int32_t> y, partial, counts;  ///< row-major, layer columns only
    std::vector<std::uint64_t> latency, read, post, out_wait;  ///< [cycles] of every MVM
    report::ErrorMeter error, post_error;
    std::uint64_t mvms = 0;
    mvm::StateAccount states;
    std::uint64_t cycles = 0;
    std::vector<std::uint64_t> starts;  ///< S of every MVM
    converters::AdcEvents events;
    std::vector<mvm::LaneCounters> lanes;
    bool is_whole() const { return mvms == expected; }
};

/// Books finished MVMs to a part: times, results, and the error against W x.
class PartMeter {
public:
    PartMeter(const config::TileConfig& config, const config::Layer& layer, Part& part,
              bool keep_partial, bool keep_counts,
              std::shared_ptr<const Matrix<std::int64_t>> ideal = nullptr);

    /// @param x  [layer rows] the codes of this MVM
    void add(const mvm::MvmRecord& record, const std::int8_t* x);

private:
    void add_times(const mvm::MvmTimes& times);
    void add_errors(const mvm::MvmRecord& record, const std::int8_t* x);
    /// The same affine map without rounding, residual excluded.  [LSB]
    double exact(std::size_t column, std::int32_t c_p, std::int32_t c_n) const;
    /// What left the unit before the activation, and the end of its format.  [LSB]
    double left(std::size_t column) const;
    double largest() const;
    void fill_maps();

    struct Map {  ///< s_p c+ - s_n c- + o   [LSB]
        double s_p = 0.0, s_n = 0.0, o = 0.0;
    };

    const config::TileConfig& config_;
    const config::Layer& layer_;
    Part& part_;
    bool keep_partial_, keep_counts_;
    mvm::PostProcessor linear_;                          ///< without activation
    std::shared_ptr<const Matrix<std::int64_t>> known_;  ///< [n x layer cols] W x, if it is
    bool is_linear_;         ///< there is no activation: what the unit made is that
    std::vector<Map> maps_;  ///< [tile cols] of the NMPU
    std::vector<std::int64_t> ideal_;
    std::vector<std::int32_t> y_, partial_;
    std::vector<mvm::LaneCounters> unused_;
};

}  // namespace aimc::apps
