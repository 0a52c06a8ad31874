// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/pair_plane.h"
#include "aimc/calibration/calibrate.h"
#include "aimc/mvm/record.h"
#include "aimc/report/run_result.h"

#include <cstdint>
#include <vector>

namespace aimc::apps {

/// Measures MVMs of a layer against W x, and its post unit against the same affine map in exact
/// arithmetic: batches of vectors in SIMD words, on several threads. The sums are taken one after
/// the other in the order of vectors and columns, so that the result is the same to the last bit
/// for any batch, thread number and SIMD level.
class PartErrors {
public:
    PartErrors(const config::TileConfig& config, const config::Layer& layer,
               const calibration::LayerCalibration& calibration, SimdLevel simd, int threads);

    /// @param records  one after the other; x on the word lines of the tile
    /// @param known  [n x layer cols] W x of the whole part, if it is known already
    void add(const mvm::MvmRecord* records, std::size_t n, const Matrix<std::int64_t>* known,
             report::ErrorMeter& error, report::ErrorMeter& post);

private:
    struct Scratch;
    void measure(const mvm::MvmRecord* records, std::size_t n, const Matrix<std::int64_t>* known,
                 std::size_t at, std::vector<double>& largest);
    void multiply(const mvm::MvmRecord* records, std::size_t n, Scratch& scratch) const;
    void set_left(const mvm::MvmRecord& record, Scratch& scratch) const;
    void set_residual(const mvm::MvmValues& values, Scratch& scratch) const;
    void fill_maps(const mvm::PostWords& words);

    const config::TileConfig& config_;
    const config::Layer& layer_;
    std::size_t cols_;
    SimdLevel simd_;
    std::size_t threads_;
    mvm::PostProcessor linear_;  ///< without activation
    bool is_linear_;             ///< there is none: what the unit made is that
    PairPlane weights_;
    std::vector<double> s_p_, s_n_, o_, gamma_,
        beta_;                              ///< gamma (s_p c+ - s_n c- + o) + beta  [LSB]
    std::vector<double> factor_, summand_;  ///< target = factor W x + summand
    double y_lsb_, top_, left_unit_;
    std::vector<double> squares_;  ///< [group x 4 x cols] of both meters: error, reference
    std::vector<std::vector<double>> largest_;  ///< [tasks of a group][2 x cols] of both meters
};

}  // namespace aimc::apps
