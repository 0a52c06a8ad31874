// SPDX-License-Identifier: Apache-2.0
// What is played for a calibration, and what an exact tile would make of it.
#include "vectors.h"

#include "aimc/base/random.h"

#include <algorithm>
#include <cmath>

namespace aimc::calibration {

using config::TileConfig;
using config::Workload;
namespace {

Matrix<std::int8_t> drawn_vectors(const TileConfig& config, std::size_t rows, std::size_t layer)
{
    Matrix<std::int8_t> x(static_cast<std::size_t>(config.calibration.count), rows);
    const config::InputCodes taken = config::input_codes(config);
    const auto n_codes = static_cast<std::uint64_t>(taken.count());
    Place place;
    place.seed = config.seed.device;
    place.purpose = Purpose::calibration_inputs;
    place.tile = config.index;
    place.lane = static_cast<std::uint16_t>(layer);
    for (std::size_t k = 0; k < x.rows(); ++k) {
        place.read = k;
        for (std::size_t r = 0; r < rows; r += 4) {
            const auto words = philox_block(place, static_cast<std::uint32_t>(r / 4));
            for (std::size_t i = r; i < std::min(r + 4, rows); ++i) {
                x.row(k)[i] = static_cast<std::int8_t>(
                    static_cast<int>((std::uint64_t{words[i - r]} * n_codes) >> 32U) + taken.least);
            }
        }
    }
    return x;
}

}  // namespace

Matrix<std::int8_t> first_rows(const Matrix<std::int8_t>& x, std::size_t n)
{
    Matrix<std::int8_t> out(std::min(n, x.rows()), x.cols());
    std::copy(x.data().begin(), x.data().begin() + static_cast<std::ptrdiff_t>(out.data().size()),
              out.data().begin());
    return out;
}

double top_magnitude(const TileConfig& config, std::vector<double> magnitudes)
{
    const auto n = static_cast<double>(magnitudes.size());
    const double rank = std::ceil(config.calibration.percentile / 100.0 * n);
    const auto at = static_cast<std::ptrdiff_t>(std::clamp(rank, 1.0, n)) - 1;
    std::nth_element(magnitudes.begin(), magnitudes.begin() + at, magnitudes.end());
    const double top = magnitudes[static_cast<std::size_t>(at)];
    return top > 0.0 ? top : 1.0;  // nothing to scale by
}

double output_lsb(const TileConfig& config, double top_magnitude)
{
    return top_magnitude / static_cast<double>(signed_max(config.nmpu.out_bits));
}

double ideal_output_lsb(const TileConfig& config, const config::Layer& layer,
                        const Matrix<std::int8_t>& x)
{
    const std::size_t cols = layer.cols.size();
    std::vector<std::int64_t> ideal(cols);
    std::vector<double> magnitudes;
    magnitudes.reserve(x.rows() * cols);
    for (std::size_t k = 0; k < x.rows(); ++k) {
        ideal_product(layer, x.row(k), ideal.data());
        for (std::size_t c = 0; c < cols; ++c) {
            magnitudes.push_back(std::fabs(layer.target(c, ideal[c])));
        }
    }
    return output_lsb(config, top_magnitude(config, std::move(magnitudes)));
}

Matrix<std::int8_t> ideal_outputs(const config::Layer& layer, const Matrix<std::int8_t>& x,
                                  double y_lsb, config::InputCodes taken)
{
    std::vector<std::int64_t> ideal(layer.cols.size());
    Matrix<std::int8_t> out(x.rows(), layer.cols.size());
    for (std::size_t k = 0; k < x.rows(); ++k) {
        ideal_product(layer, x.row(k), ideal.data());
        for (std::size_t c = 0; c < ideal.size(); ++c) {
            double y = std::floor(layer.target(c, ideal[c]) / y_lsb + 0.5);
            y = std::clamp(y, -127.0, 127.0);
            if (layer.activation != config::Activation::identity) { y = std::max(y, 0.0); }
            out.row(k)[c] = next_code(static_cast<std::int32_t>(y), layer.out_shift, taken);
        }
    }
    return out;
}

std::vector<Matrix<std::int8_t>> ideal_calibration_inputs(const TileConfig& config,
                                                          const Workload& workload,
                                                          const mvm::ReadMemory* memory)
{
    const bool representative =
        config.calibration.vectors == config::CalibrationVectors::representative;
    Matrix<std::int8_t> x =
        first_rows(workload.calibration_inputs, static_cast<std::size_t>(config.calibration.count));
    std::vector<Matrix<std::int8_t>> all;
    for (std::size_t l = 0; l < workload.layers.size(); ++l) {
        const auto& layer = workload.layers[l];
        if (!representative) { x = random_vectors(config, layer.rows.size(), l, memory); }
        all.push_back(x);
        if (representative) {
            x = ideal_outputs(layer, x, ideal_output_lsb(config, layer, x),
                              config::input_codes(config));
        }
    }
    return all;
}

Matrix<std::int8_t> random_vectors(const TileConfig& config, std::size_t rows, std::size_t layer,
                                   const mvm::ReadMemory* memory)
{
    const auto make = [&] { return drawn_vectors(config, rows, layer); };
    if (memory == nullptr) { return make(); }
    return *memory->get<Matrix<std::int8_t>>("vectors " + std::to_string(config.calibration.count) +
                                                 ' ' + std::to_string(rows) + " of layer " +
                                                 std::to_string(layer) + " to " +
                                                 std::to_string(config::largest_input(config)),
                                             make, [](const auto& x) { return mvm::bytes_of(x); });
}

}  // namespace aimc::calibration
