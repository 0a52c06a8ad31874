// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/error.h"
#include "aimc/base/random.h"
#include "aimc/config/input_codes.h"
#include "aimc/config/workload.h"

#include "code_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace aimc::config {
namespace {

constexpr double weight_sd = 1.0 / 3.0;  ///< [-] Choice: three standard deviations reach w = 1

/// Nearest whole number, ties away from zero, |x| <= 127.
std::int16_t to_code(double x)
{
    return static_cast<std::int16_t>(x < 0.0 ? -static_cast<int>(0.5 - x)
                                             : static_cast<int>(0.5 + x));
}

/// Codes of w ~ N(0, 1/3) cut at +-1, or of w uniform in -1 .. 1.
Matrix<std::int16_t> draw_weights(const TileConfig& config)
{
    const bool is_normal = config.workload.weights == "normal";
    Matrix<std::int16_t> codes(config.rows, config.cols);
    std::vector<double> w(config.cols);
    Place place{config.seed.device, Purpose::weights, config.index};
    for (std::size_t r = 0; r < config.rows; ++r) {
        place.row = static_cast<std::uint16_t>(r);
        const auto cols = static_cast<std::uint32_t>(config.cols);
        if (is_normal) { normals(place, cols, w.data()); }
        for (std::uint32_t c = 0; c < cols; ++c) {
            w[c] =
                is_normal ? std::clamp(w[c] * weight_sd, -1.0, 1.0) : 2.0 * uniform(place, c) - 1.0;
            codes.row(r)[c] = to_code(w[c] * 127.0);
        }
    }
    return codes;
}

/// least + floor(count u) with u = (word + 1/2) / 2^32, in integers.
void to_codes(const std::uint32_t* words, std::size_t n, InputCodes taken, std::int8_t* codes)
{
    const auto count = static_cast<std::uint64_t>(taken.count());
    for (std::size_t r = 0; r < n; ++r) {
        const std::uint64_t step = ((2 * std::uint64_t{words[r]} + 1) * count) >> 33U;
        codes[r] = static_cast<std::int8_t>(static_cast<int>(step) + taken.least);
    }
}

/// The codes that the tile takes, all equally likely; the row of x is the column of the random
/// number, its vector the read.
Rows<std::int8_t> draw_inputs(const TileConfig& config)
{
    const Place place{config.seed.read, Purpose::inputs, config.index};
    const auto make = [place, rows = config.rows, taken = input_codes(config),
                       simd = best_simd_level()](std::size_t first, std::size_t n,
                                                 std::int8_t* out) {
        const std::size_t n_words = (rows + 3) / 4 * 4;
        thread_local std::vector<std::uint32_t> words;
        words.resize(n * n_words);
        Place of_first = place;
        of_first.read = first;
        random_words(of_first, n, {0, static_cast<std::uint32_t>(n_words)}, simd, n_words,
                     words.data());
        for (std::size_t k = 0; k < n; ++k) {
            to_codes(words.data() + k * n_words, rows, taken, out + k * rows);
        }
    };
    return {static_cast<std::size_t>(config.workload.mvms), config.rows, make};
}

/// Factors of 0.5 to 1.5, one in four negative; summands of -1 to 1 (W x has an sd of about 3 on
/// the default tile). Choice: what a trained network's batch norms look like.
void draw_batch_norm(const TileConfig& config, Layer& layer)
{
    std::vector<double> factor(config.cols);
    std::vector<double> summand(config.cols);
    Place place{config.seed.device, Purpose::batch_norm, config.index};
    for (std::uint32_t c = 0; c < factor.size(); ++c) {
        place.lane = 0;
        factor[c] = 0.5 + uniform(place, c);
        place.lane = 1;
        if (uniform(place, c) < 0.25) { factor[c] = -factor[c]; }
        place.lane = 2;
        summand[c] = 2.0 * uniform(place, c) - 1.0;
    }
    set_batch_norm(layer, factor, summand, largest_input(config));
}

/// Residuals of up to 63.5 output LSB, all words equally likely. Choice: half the range of 8 bits.
Matrix<std::int16_t> draw_residuals(const TileConfig& config, std::size_t n)
{
    const double unit = static_cast<double>(1 << config.nmpu.residual_fraction);
    const double top = std::min(63.5 * unit, 32767.0);
    Matrix<std::int16_t> words(n, config.cols);
    Place place{config.seed.read, Purpose::residuals, config.index};
    for (std::size_t k = 0; k < n; ++k) {
        place.read = k;
        for (std::uint32_t c = 0; c < words.cols(); ++c) {
            const double word = (2.0 * uniform(place, c) - 1.0) * top;
            words.row(k)[c] = static_cast<std::int16_t>(word);
        }
    }
    return words;
}

void add_batch_norm(const TileConfig& config, Layer& layer)
{
    const std::string& from = config.workload.batch_norm;
    if (from == "none") { return; }
    if (from == "random") { return draw_batch_norm(config, layer); }
    const auto norm = detail::load_batch_norm(from);
    if (norm.factor.size() != config.cols) {
        throw InputError(from, fmt::format("has {} columns, but the tile has {}",
                                           norm.factor.size(), config.cols));
    }
    set_batch_norm(layer, norm.factor, norm.summand, largest_input(config));
}

/// @param n  vectors of the workload
void add_residuals(const TileConfig& config, std::size_t n, Layer& layer)
{
    const std::string& from = config.workload.residual;
    if (from == "none") { return; }
    if (from == "random") {
        layer.residuals = draw_residuals(config, n);
        return;
    }
    const auto all = detail::load_residuals(from);
    if (all.cols() != config.cols || all.rows() < n) {
        throw InputError(from, fmt::format("has shape {} x {}, but there are {} vectors and {} "
                                           "columns",
                                           all.rows(), all.cols(), n, config.cols));
    }
    layer.residuals = Matrix<std::int16_t>(n, all.cols());
    std::copy_n(all.data().begin(), layer.residuals.data().size(), layer.residuals.data().begin());
}

/// The first `mvms` vectors of the file, or all of them if it has fewer.
Matrix<std::int8_t> file_inputs(const TileConfig& config)
{
    const std::string& file = config.workload.inputs;
    Matrix<std::int8_t> all = detail::load_inputs(file);
    const std::string wrong = detail::code_not_taken(all, input_codes(config));
    if (!wrong.empty()) { throw InputError(file, wrong); }
    if (all.cols() != config.rows) {
        throw InputError(file, fmt::format("has vectors of {}, but the tile has {} rows",
                                           all.cols(), config.rows));
    }
    const auto n = std::min(all.rows(), static_cast<std::size_t>(config.workload.mvms));
    Matrix<std::int8_t> x(n, all.cols());
    std::copy_n(all.data().begin(), x.data().size(), x.data().begin());
    return x;
}

}  // namespace

Workload make_workload(const TileConfig& config, GeneratedInputs inputs)
{
    const auto& from = config.workload;
    Workload out;
    out.name = config.name.empty() ? "generated" : config.name + " (generated)";
    Layer layer;
    layer.name = "tile";
    layer.rows = {0, config.rows};
    layer.cols = {0, config.cols};
    layer.activation = config.nmpu.activation;
    if (from.weights == "normal" || from.weights == "uniform") {
        layer.weights = draw_weights(config);
    } else {
        auto weights = detail::load_weights(from.weights);
        if (weights.codes.rows() != config.rows || weights.codes.cols() != config.cols) {
            throw InputError(from.weights, fmt::format("has shape {} x {}, but the tile is {} x {}",
                                                       weights.codes.rows(), weights.codes.cols(),
                                                       config.rows, config.cols));
        }
        layer.weights = std::move(weights.codes);
        layer.code_max = weights.code_max;
        layer.weight_unit = weights.unit;
    }
    if (from.inputs != "random_signed") {
        out.inputs = file_inputs(config);
    } else if (inputs == GeneratedInputs::held) {
        out.inputs = *draw_inputs(config).whole();
    } else {
        out.made_inputs = draw_inputs(config);
    }
    layer.output = from.output;
    add_batch_norm(config, layer);
    add_residuals(config, out.n_vectors(), layer);
    out.layers.push_back(std::move(layer));
    return out;
}

void require_workload(const TileConfig& config)
{
    const bool plays_them = config.calibration.vectors == CalibrationVectors::representative &&
                            config.calibration.method != CalibrationMethod::fixed &&
                            config.chip.empty() && config.calibration.file.empty();
    if (plays_them && config.workload.file.empty()) {
        throw ConfigError(config.name,
                          std::vector<Problem>{{"/calibration/vectors",
                                                "is \"representative\", which needs the "
                                                "calibration_inputs of a workload.file"}});
    }
}

Workload workload_for(const TileConfig& config, GeneratedInputs inputs)
{
    require_workload(config);
    return config.workload.file.empty()
               ? make_workload(config, inputs)
               : load_workload(config.workload.file, config.rows, config.cols, input_codes(config));
}

}  // namespace aimc::config
