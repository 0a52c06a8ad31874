// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/drift_compensation.h"
#include "aimc/network/float_network.h"
#include "aimc/network/layer_unit.h"

#include <functional>
#include <vector>

namespace aimc::network {

/// Ranges of all maps over the calibration images. Never test images.
/// @param stop  asked between images; true ends it with Interrupted
Ranges ranges_of(const config::Network& network, const Program& program,
                 const Matrix<std::uint8_t>& images, double percentile, SimdLevel simd, int threads,
                 const std::function<bool()>& stop = {});

/// The codes that each layer reads when every map is exact: up to `most` vectors of these images
/// per layer, evenly over images and positions. @return [layers] of [n x layer rows]
std::vector<Matrix<std::int8_t>> exact_inputs(const Wiring& wiring,
                                              const Matrix<std::uint8_t>& images, std::size_t most,
                                              SimdLevel simd, int threads);

/// A machine made ready: words for every layer, fitted as its vectors come through the layers
/// before it, and what is done about drift later.
class BringUp {
public:
    /// @param config  of all tiles; its post unit is the one that is set up
    BringUp(const config::TileConfig& config, const Wiring& wiring,
            const std::vector<PlacedLayer>& layers, Tiles& tiles, int threads);

    /// Calibrates with these images, at the tiles' age.
    void calibrate(const Matrix<std::uint8_t>& images, const std::function<bool()>& stop = {});
    /// The tiles have aged: scales the words by ageing.compensation, from those last fitted.
    void compensate();

    const std::vector<LayerWords>& words() const { return words_; }
    std::uint64_t vectors() const { return vectors_; }  ///< played for the words, over all layers
    std::uint64_t clipped() const { return clipped_; }  ///< words that a compensation cut

private:
    LayerWords fit(std::size_t layer, const Matrix<std::int8_t>& x);
    calibration::Readout readout();
    double fixed_part(std::size_t layer, std::size_t block, std::size_t column) const;

    config::TileConfig config_;
    const Wiring& wiring_;
    const std::vector<PlacedLayer>& layers_;
    Tiles& tiles_;
    int threads_;
    std::vector<LayerWords> words_, fitted_;
    std::vector<Matrix<std::int8_t>> probes_;  ///< [layers]
    calibration::Readout then_;                ///< one "layer" per block
    std::uint64_t reads_ = 0, vectors_ = 0, clipped_ = 0;
};

}  // namespace aimc::network
