// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/base/rows.h"
#include "aimc/config/input_codes.h"
#include "aimc/config/tile_config.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace aimc::config {

/// Half-open range [from, to).
struct Range {
    std::size_t from = 0;
    std::size_t to = 0;
    std::size_t size() const { return to - from; }
};

/// Batch normalisation of a layer at inference: factor * W x + summand, per column. Both take W x
/// in its own units (weight code x input code); the summand is in those units, too.
struct BatchNorm {
    std::vector<double> factor;   ///< [layer cols] >= 0 [-]; empty: none
    std::vector<double> summand;  ///< [layer cols]
    std::size_t n_swapped = 0;    ///< columns whose factor was negative: G+ and G- are exchanged
    bool empty() const { return factor.empty(); }
};

/// Weights of one layer and where they sit on the tile.
struct Layer {
    std::string name;
    Matrix<std::int16_t> weights;  ///< [rows x cols] codes: w = code / code_max
    int code_max = 127;        ///< 127 for int8 files, 32767 for float files (scaled by max |w|)
    double weight_unit = 1.0;  ///< the weight of the file that code_max stands for
    Range rows;
    Range cols;
    Activation activation = Activation::identity;
    int out_shift = 0;  ///< right shift from this layer's y to the next layer's x
    BatchNorm batch_norm;
    Matrix<std::int16_t> residuals;  ///< [n x layer cols] added before the activation, raw words of
                                     ///< nmpu.residual_fraction; empty: none
    TileOutput output = TileOutput::y;

    /// What the layer is to compute of column c's W x, before the activation.  [units of W x]
    double target(std::size_t c, std::int64_t product) const
    {
        const auto z = static_cast<double>(product);
        return batch_norm.empty() ? z : batch_norm.factor[c] * z + batch_norm.summand[c];
    }
    /// The part of it that W x has no share in.  [units of W x]
    double added(std::size_t c) const { return batch_norm.empty() ? 0.0 : batch_norm.summand[c]; }
};

/// When the source offers vectors: vector k is offered `gap` cycles after vector k-1 was taken, so
/// back-pressure shows. back_to_back is a gap of 0.
struct Arrival {
    std::vector<std::uint32_t> n_gaps{
        0};  ///< [cycles] repeated cyclically; gap of vector k is [k % size]
    std::uint32_t gap(std::size_t k) const { return n_gaps[k % n_gaps.size()]; }
};

/// When the sink takes vectors: ready at absolute cycle t (cycle 0 = first input) if
/// ready[t % size]. At least one entry is true.
struct SinkPattern {
    std::vector<bool> ready{true};
};

/// What a tile is asked to do: vectors in, layers, arrival and stalls.
struct Workload {
    std::string name;
    /// [n x rows of the first layer], codes -127 .. 127; empty when they are made on demand.
    Matrix<std::int8_t> inputs;
    Rows<std::int8_t> made_inputs;           ///< instead of `inputs`; empty when they are held
    Matrix<std::int8_t> calibration_inputs;  ///< [n x rows of the first layer]; may be empty
    std::vector<std::uint8_t> labels;        ///< [n] or empty
    double float_top1 = -1.0;                ///< [%] of the float network; negative: not given
    std::vector<Layer> layers;               ///< at least one
    Arrival arrival;
    SinkPattern sink;

    std::size_t n_vectors() const { return std::max(inputs.rows(), made_inputs.rows()); }
    /// The vectors, whichever way they come, without a copy: `inputs` is empty afterwards.
    Rows<std::int8_t> take_inputs()
    {
        return made_inputs.empty() ? Rows<std::int8_t>(std::move(inputs)) : made_inputs;
    }
};

/// Whether the vectors of a generated workload are all there or made when they are asked for: ten
/// million of 256 codes would be 2.5 GB. Files are held either way.
enum class GeneratedInputs { held, on_demand };

/// Gives a layer its batch normalisation: factor and summand of z = W x, with the weights of the
/// file (int8 ones as code / 127) and x as code / largest input code. Scales of the post unit are
/// unsigned, so a negative factor turns the column's weights round (G+ and G- change places) and
/// becomes positive. Call it once, after the weights are there.
void set_batch_norm(Layer& layer, const std::vector<double>& factor,
                    const std::vector<double>& summand, int largest_input = 127);

/// Reads an aimc-workload/1 file and the .npy files it names. Throws InputError with all problems.
/// @param tile_rows, tile_cols  size of the tile the layers must fit on
/// @param taken                 input codes of the tile; others are a problem of the file
Workload load_workload(const std::string& path, std::size_t tile_rows, std::size_t tile_cols,
                       InputCodes taken = {});

/// The workload that a config describes without a file: one layer over the whole tile.
Workload make_workload(const TileConfig& config, GeneratedInputs inputs = GeneratedInputs::held);

/// Refuses a tile that is to be calibrated with the vectors of a workload and has no file of one.
/// A network brings its own. Throws ConfigError.
void require_workload(const TileConfig& config);

/// config.workload.file if there is one, otherwise make_workload; after require_workload.
Workload workload_for(const TileConfig& config, GeneratedInputs inputs = GeneratedInputs::held);

}  // namespace aimc::config
