// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/image_data.h"
#include "aimc/network/bring_up.h"
#include "aimc/network/cycles.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace aimc::network {

/// How far a layer's outputs are from what exact tiles would give for the same inputs: before the
/// activation, additions included, both held at +-the largest code.  [output LSB]
struct LayerError {
    double err2 = 0.0, ref2 = 0.0;
    std::uint64_t n = 0;
    void add(const LayerError& other);
    std::optional<double> rel_l2() const;    ///< |y - ref| / |ref| [-]; none: nothing compared
    std::optional<double> rmse_lsb() const;  ///< [LSB]
};

/// What running images through the tiles gave.
struct NetworkRun {
    std::vector<std::uint8_t> answers;  ///< [images run] class numbers
    Matrix<std::int32_t> scores;        ///< [images x classes]
    std::vector<LayerEvents> layers;
    std::vector<LayerError> errors;     ///< [layers] over the first images
    std::vector<std::uint64_t> cycles;  ///< [layers] per image, on average
    std::uint64_t residuals_clipped = 0;
    bool complete = true;  ///< false: stopped after answers.size() images
    /// What `errors` and `cycles` are made of, so that runs of parts can be put together.
    std::vector<std::vector<LayerError>> image_errors;  ///< [first images][layers]
    std::vector<std::uint64_t> all_cycles;              ///< [layers] of all images together

    /// Makes `errors` and `cycles` of the above.
    void sum_up();
    /// The run of the images that come next: both are then as one run of all of them, to the bit.
    void append(const NetworkRun& next);
};

struct RunOptions {
    int threads = 1;
    /// Images whose layers are compared with exact ones. Choice: 32, whose 30,000 outputs of the
    /// smallest hidden layer tell an error to 1 %.
    std::size_t error_images = 32;
    std::uint64_t first_number =
        0;                       ///< of image 0, for its reads: those before it were of other runs
    std::function<bool()> stop;  ///< asked between groups of images
    std::function<void(std::size_t images)> progress;  ///< so many are done
    /// Called from any thread with the walk of each image, which has then kept all its maps.
    std::function<void(std::size_t image, const Walk& walk)> on_image;
};

/// Runs all images on the function engine. Results do not depend on the number of threads.
NetworkRun run_images(const config::TileConfig& config, const Wiring& wiring,
                      const std::vector<PlacedLayer>& layers, const Tiles& tiles,
                      const std::vector<LayerWords>& words, const Matrix<std::uint8_t>& images,
                      const RunOptions& options);

/// The answers of the float network. [images], fewer when stopped
std::vector<std::uint8_t> run_float(const Wiring& wiring, const Matrix<std::uint8_t>& images,
                                    SimdLevel simd, const RunOptions& options);

/// Right answers. [%]
double top1(const std::vector<std::uint8_t>& answers, const std::vector<std::uint8_t>& labels);

}  // namespace aimc::network
