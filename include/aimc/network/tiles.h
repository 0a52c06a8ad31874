// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/workload.h"
#include "aimc/mvm/read_path.h"
#include "aimc/network/plan.h"
#include "aimc/network/walk.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace aimc::network {

/// What a column of a layer is to compute of its integer product P = sum codes * x:
///   out = gain * P + constant   [output LSB], before additions and activation
struct ColumnTarget {
    double gain = 1.0;  ///< >= 0: a column with a negative one has its codes turned round
    double constant = 0.0;
};

/// One layer of the plan with the weights of its blocks as the cells hold them.
struct PlacedLayer {
    std::vector<config::Layer> blocks;  ///< [blocks] codes; rows and cols on the tile
    std::vector<ColumnTarget> targets;  ///< [layer cols]
    std::vector<bool> swapped;          ///< [layer cols] G+ and G- have changed places
};
std::vector<PlacedLayer> place_layers(const Wiring& wiring);

/// What a block is to read of a vector, exact: over all blocks of a chain, copies * P.
/// @param x    [layer rows]   @param out  [block cols]
void exact_product(const LayerPlan& plan, const PlacedLayer& layer, std::size_t block,
                   const std::int8_t* x, std::int64_t* out);

/// All programmed tiles of a machine at one age. A tile draws its devices, curves and noise by its
/// number; two machines with the same seeds are the same chips.
class Tiles {
public:
    Tiles(const config::TileConfig& config, const Wiring& wiring,
          const std::vector<PlacedLayer>& layers, SimdLevel simd, int threads);

    SimdLevel simd() const { return simd_; }
    std::size_t size() const { return chips_.size(); }
    const mvm::Chip& chip(std::size_t tile) const { return chips_[tile]; }
    std::size_t n_layers(std::size_t tile) const
    {
        return n_layers_[tile];
    }  ///< parts of layers on it
    const device::CellTargets& targets(std::size_t tile) const { return targets_[tile]; }
    /// Sets the mirror ratio of every tile, unless the configuration gives it.
    /// @param inputs  [layers] vectors of the kind they will see, [n x layer rows] each
    void settle_current_ratios(const std::vector<Matrix<std::int8_t>>& inputs);
    /// The same devices at a later age; ratios stay.
    void age_to(double age_s);
    /// Reads vectors of a layer through one of its blocks.
    /// @param first     read number of x[0] for the layer's first chain; the others follow it
    /// @param x         [n x layer rows]
    /// @param c_p, c_n  [n x block cols]   @param phases  [n] of each read, or nullptr
    void read(std::size_t layer, std::size_t block, const std::int8_t* x, std::size_t n,
              crossbar::ReadId first, mvm::ReadPath::Scratch& scratch, std::int32_t* c_p,
              std::int32_t* c_n, int* phases) const;
    config::TileConfig config_of(std::size_t tile) const;  ///< with its number

private:
    void program();
    void make_paths();

    config::TileConfig config_;
    const Wiring& wiring_;
    SimdLevel simd_;
    int threads_;
    std::vector<device::CellTargets> targets_;
    std::vector<std::size_t> n_layers_;  ///< [tiles]
    std::vector<mvm::Chip> chips_;
    /// [layers][blocks] that see the word lines and bit lines of the block alone
    std::vector<std::vector<std::unique_ptr<const mvm::ReadPath>>> paths_;
};

}  // namespace aimc::network
