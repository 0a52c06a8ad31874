// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/base/simd.h"
#include "aimc/calibration/calibrate.h"
#include "aimc/config/workload.h"
#include "aimc/mvm/analog_path.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace aimc::report {

/// What comes out when the same vectors are read again and again. Errors of two classes: what one
/// chip always gets wrong (programming, converter curves, rounding of words), and what is new with
/// every read (thermal noise). Source: pimqat_ams_digital.md 2.4 asks for the two apart.
struct Repeatability {
    int runs = 0;                ///< reads of each vector
    std::uint64_t vectors = 0;   ///< of all layers together
    std::uint64_t outputs = 0;   ///< vectors x columns in use
    double identical_share = 0;  ///< outputs whose words of all reads are equal, of all      [-]
    /// Of the value before it is rounded to a word, against exact W x:
    double static_rms_lsb = 0;   ///< what the mean over the reads is off, noise taken off    [LSB]
    double thermal_rms_lsb = 0;  ///< spread over the reads: root of the mean sample variance [LSB]
};

/// Sums up outputs that were read several times.
class RepeatabilityMeter {
public:
    /// @param runs  reads of each output, at least 2 (std::invalid_argument)
    explicit RepeatabilityMeter(int runs);

    /// One output. @param words  [runs] as they left   @param values [runs] before rounding [LSB]
    /// @param reference  what is exact                                                    [LSB]
    void add(const std::int32_t* words, const double* values, double reference);
    void add_vectors(std::uint64_t n) { vectors_ += n; }
    Repeatability result() const;

private:
    int runs_;
    std::uint64_t vectors_ = 0, outputs_ = 0, identical_ = 0;
    double error2_ = 0.0;    ///< sum of (mean over the reads - reference)^2
    double variance_ = 0.0;  ///< sum of sample variances
};

/// The vectors of a layer that are read again, as they are on the lines of the tile.
struct RepeatedLayer {
    const config::Layer* layer = nullptr;
    const calibration::LayerCalibration* calibration = nullptr;  ///< the words of the run
    Matrix<std::int8_t> inputs;                                  ///< [n x tile rows]
    Matrix<std::int16_t> residuals;                              ///< [n x tile cols] or empty
};

/// Reads the vectors of all layers `runs` times: the same chip, the same words, fresh noise. The
/// reads are numbered from 2^39, so that they share no noise with those of a run. The result does
/// not depend on the SIMD level.
/// @param stop  asked between reads; true ends it. May be empty.
/// @return none with fewer than 2 runs, without a vector, or when it was stopped
std::optional<Repeatability> measure_repeatability(const config::TileConfig& config,
                                                   const mvm::Chip& chip,
                                                   const std::vector<RepeatedLayer>& layers,
                                                   int runs, SimdLevel simd,
                                                   const std::function<bool()>& stop);

}  // namespace aimc::report
