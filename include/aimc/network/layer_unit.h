// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/affine_fit.h"
#include "aimc/mvm/post.h"
#include "aimc/network/tiles.h"

#include <cstdint>
#include <vector>

namespace aimc::network {

/// The affine words of one layer and how they came out.
struct LayerWords {
    std::vector<mvm::PostWords> blocks;                              ///< [blocks] of [block cols]
    std::uint64_t columns_needing_exponent = 0, rank_deficient = 0;  ///< over all blocks
    std::vector<calibration::Misfit> misfits;  ///< words that did not fit; columns of the layer
    std::uint64_t vectors = 0;                 ///< played for them, on every block
};

/// What running a layer noticed.
struct LayerEvents {
    converters::AdcEvents adc;  ///< of the columns in use
    mvm::LaneCounters post;
    std::uint64_t phases = 0;         ///< over all tile MVMs
    std::uint64_t mvms = 0;           ///< tile MVMs
    std::uint64_t words_clipped = 0;  ///< partial sums beyond the residual words of the next tile
    void add(const LayerEvents& other);
};

/// Memory of one thread for running layers.
struct LayerScratch {
    mvm::ReadPath::Scratch read;
    std::vector<std::int32_t> c_p, c_n, y, partial;
    std::vector<std::int16_t> words;
    std::vector<int> phases;
    std::vector<mvm::LaneCounters> lanes;
};

/// One layer on the function engine: blocks read their rows, partial sums go from tile to tile,
/// the last one of a chain gives y. Const: any number of threads may run it.
class LayerUnit {
public:
    using Phases = std::vector<std::vector<int>>;  ///< [blocks][n] of each read

    LayerUnit(const config::TileConfig& config, const Wiring& wiring, const Tiles& tiles,
              std::size_t layer, const LayerWords& words);

    /// @param x         [n x layer rows]
    /// @param residual  [n x layer cols] or nullptr
    /// @param out       [n x layer cols] y; partial sums where these leave
    /// @param sums      [n x layer cols] or nullptr: A of the last tile, partial_fraction bits
    void run(const std::int8_t* x, std::size_t n, const std::int16_t* residual,
             crossbar::ReadId first, LayerScratch& scratch, std::int32_t* out, std::int32_t* sums,
             Phases* phases, LayerEvents& events) const;
    /// @param calibration  whether the reads are calibration reads
    void run(const LayerWork& work, bool calibration, LayerScratch& scratch,
             std::vector<std::int32_t>& out, LayerEvents& events,
             std::vector<std::int32_t>* sums = nullptr, Phases* phases = nullptr) const;

private:
    const LayerPlan& plan_;
    const Tiles& tiles_;
    std::size_t layer_;
    std::size_t cols_;
    int shift_;  ///< bits from a partial sum to the next tile's residual word
    bool partial_out_;
    std::vector<mvm::PostProcessor> posts_;  ///< [blocks]
};

/// A partial sum as the residual word of the next tile: aligned, half to even where bits are
/// dropped, held at 16 bits.
std::int16_t handed_on(std::int32_t partial, int shift, std::uint64_t& clipped);

/// Residual and partial-sum ports of a block of a layer: words of the chain as they are set.
mvm::PostWords port_words(const Step& step, std::size_t link, std::size_t links);

}  // namespace aimc::network
