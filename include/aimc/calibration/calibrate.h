// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/calibration/affine_fit.h"
#include "aimc/config/workload.h"
#include "aimc/mvm/post.h"
#include "aimc/mvm/read_memory.h"
#include "aimc/mvm/read_path.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aimc::calibration {

/// The affine words of one layer and how good they are.
struct LayerCalibration {
    mvm::PostWords words;         ///< [tile cols]; fitted words are 0 outside the layer
    std::vector<AffineFit> fits;  ///< [layer cols] before rounding to words; none if not fitted
    double y_lsb = 1.0;           ///< one output LSB in units of W x
    std::string batch_norm;       ///< digest of the one that the words hold; empty: none
    std::uint64_t vectors = 0;    ///< played
    std::uint64_t cycles = 0;     ///< what playing them takes on this tile
    std::uint64_t columns_needing_exponent = 0;
    std::uint64_t scales_clipped = 0, offsets_clipped = 0, rank_deficient = 0;  ///< columns
    config::PostUnit fitted_for = config::PostUnit::nmpu;  ///< the unit that misfits are of
    std::vector<Misfit> misfits;     ///< words of the configured unit that did not fit
    std::vector<double> before_lsb;  ///< [layer cols] rms residual with one common scale   [LSB]
    std::vector<double> after_lsb;   ///< [layer cols] rms residual with the words          [LSB]
    /// [layer cols] each, of the output as the design says it is, and with the words: standard
    /// deviation over that of the exact output (rho)                                        [-]
    std::vector<double> rho_before, rho_after;
    std::vector<double> mean_before_lsb, mean_after_lsb;  ///< [layer cols] mean error       [LSB]
    std::vector<double> gain_after;    ///< [layer cols] slope of the corrected output       [-]
    std::vector<double> offset_after;  ///< [layer cols] its value at W x = 0                [LSB]
    Matrix<std::int8_t> probes;        ///< [n x layer rows] played first, for drift compensation
};

/// What one count (c+ - c-) is by design in units of W x, per column of a layer: weights as they
/// are mapped, the nominal line of an oscillator or the LSB of a converter, 1 of a digital tile.
/// @param one_layer  whether it is the only layer of its tile
std::vector<double> nominal_counts(const config::TileConfig& config, double current_ratio,
                                   const config::Layer& layer, bool one_layer);

/// Names a batch norm by its contents; empty for none.
std::string digest_of(const config::BatchNorm& norm);

/// Counts the columns with a misfit into scales_clipped and offsets_clipped.
void count_misfits(LayerCalibration& layer);

/// The input codes of a layer on the word lines of the tile; other lines rest.
/// @param x  [n x layer rows]   @return [n x tile rows]
Matrix<std::int8_t> on_word_lines(const Matrix<std::int8_t>& x, const config::Range& rows,
                                  std::size_t tile_rows);

/// W x of one layer, exact. @param x [layer rows]  @param out [layer cols]
void ideal_product(const config::Layer& layer, const std::int8_t* x, std::int64_t* out);

/// The next layer's input code: y of a column of the layer, shifted right, cut to what the tile
/// takes.
std::int8_t next_code(std::int32_t y, int out_shift, config::InputCodes taken = {});

/// The input mirror ratio at which at most 0.05 % of the conversions of these vectors pass the
/// ceiling, in steps of 1/64, at most 1. Choice: 0.1 % may pass it; half of that is aimed at, so
/// that other vectors of the same kind keep the limit.
/// @param inputs  [n x tile rows]
/// @param cols    bit lines whose conversions count; none: all
double choose_current_ratio(const config::TileConfig& config, const mvm::Chip& chip,
                            const Matrix<std::int8_t>& inputs,
                            std::optional<config::Range> cols = {});

/// Asked now and then in what may take long; true ends it with Interrupted. May be empty.
using Stop = std::function<bool()>;

/// Plays calibration vectors through the chip, layer after layer, and fits the words. Reads have a
/// purpose of their own, so calibrating never changes the noise of the run.
/// Sets chip.current_ratio when the configuration leaves it to the calibration.
/// @param first_read  calibration reads that were made before
/// @param memory      of what other runs with this analog half have played; nullptr: none
std::vector<LayerCalibration> calibrate(const config::TileConfig& config, mvm::Chip& chip,
                                        const config::Workload& workload, SimdLevel simd,
                                        std::uint64_t first_read = 0,
                                        const mvm::ReadMemory* memory = nullptr,
                                        const Stop& stop = {});

/// Random codes that the tile takes for the rows of a layer, calibration.count of them.
/// @return [vectors x rows]
Matrix<std::int8_t> random_vectors(const config::TileConfig& config, std::size_t rows,
                                   std::size_t layer, const mvm::ReadMemory* memory = nullptr);

/// The corrected output of one column before rounding, saturation and activation.  [LSB]
double corrected(const config::TileConfig& config, const mvm::PostWords& words, std::size_t column,
                 std::int32_t c_p, std::int32_t c_n);

/// Throws InputError when a layer before the last adds residuals and the next one is calibrated on
/// what it hands on: calibration vectors have no residuals.
void require_known_inputs(const config::TileConfig& config, const config::Workload& workload);

/// The parts of calibrate(), for a layer by itself.
///
/// One output LSB by these vectors, in units of W x. @param x [n x layer rows]
double ideal_output_lsb(const config::TileConfig& config, const config::Layer& layer,
                        const Matrix<std::int8_t>& x);
/// The codes that an exact layer hands to the next one. @return [n x layer cols]
Matrix<std::int8_t> ideal_outputs(const config::Layer& layer, const Matrix<std::int8_t>& x,
                                  double y_lsb, config::InputCodes taken = {});
/// What each layer is calibrated with when every layer before it is exact: [n x layer rows] each.
std::vector<Matrix<std::int8_t>> ideal_calibration_inputs(const config::TileConfig& config,
                                                          const config::Workload& workload,
                                                          const mvm::ReadMemory* memory = nullptr);
/// Sets chip.current_ratio to what all layers can bear, unless the configuration gives it.
void settle_current_ratio(const config::TileConfig& config, mvm::Chip& chip,
                          const config::Workload& workload,
                          const std::vector<Matrix<std::int8_t>>& inputs,
                          const mvm::ReadMemory* memory = nullptr);
/// Plays `x` and fits the words of one layer. @param first_read  read index of x[0]
LayerCalibration calibrate_layer(const config::TileConfig& config, const mvm::ReadPath& path,
                                 const config::Layer& layer, const Matrix<std::int8_t>& x,
                                 std::uint64_t first_read);

/// The weight code of a layer that stands for G_max (g_map as_given or tile).
int full_scale_code(const config::TileConfig& config, const config::Layer& layer);

/// calibration.method "fixed": the same scale and offset for every column.
std::vector<LayerCalibration> fixed_words(const config::TileConfig& config,
                                          const config::Workload& workload);

/// What the word-line drivers and cells are programmed to, for all layers of a workload, by
/// crossbar.g_map. Shape [tile rows x tile cols].
device::CellTargets cell_targets(const config::TileConfig& config,
                                 const config::Workload& workload);

}  // namespace aimc::calibration
