// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/workload.h"
#include "aimc/network/program.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace aimc::network {

/// A piece of a layer's weights that fits one tile, and where it sits.
struct Block {
    /// Of the layer: im2col rows, counted on through all copies of them, and outputs.
    config::Range rows, cols;
    std::size_t tile = 0;            ///< physical tile
    config::Range at_rows, at_cols;  ///< its word lines and bit lines there
};

/// One layer cut into blocks.
struct LayerPlan {
    std::size_t step = 0;  ///< of the program
    std::string name;      ///< of its node
    std::size_t rows = 0, cols = 0;
    std::size_t copies = 1;     ///< how often its rows are there: rows * copies word lines
    std::size_t positions = 0;  ///< vectors per image: one per output pixel
    /// Rows are split over `links` tiles: partial sums go from one to the next; columns over
    /// `chains`, which do not meet. Block [chain * links + link].
    std::size_t links = 1, chains = 1;
    std::vector<Block> blocks;
    std::uint64_t mvms() const { return positions * blocks.size(); }  ///< per image
};

/// How many tiles a machine has.
struct TilesWish {
    enum class Kind {
        all,   ///< a pipeline: every block has a tile of its own
        least  ///< as few tiles as the blocks can be packed on
    };
    Kind kind = Kind::all;
    std::size_t count = 0;  ///< so many, but no more than blocks; 0: by kind
    /// Layers of small fan-in repeat their rows as often as so many tiles have room: each copy sees
    /// the same inputs, so counts grow and the errors of the cells average. 0: no layer does.
    std::size_t replicate_over = 0;
};

/// The codes of a block on its word lines.
/// @param x  [layer rows]   @param lines  [block rows]
inline void drive_block(const LayerPlan& layer, const Block& block, const std::int8_t* x,
                        std::int8_t* lines)
{
    for (std::size_t r = block.rows.from; r < block.rows.to; ++r) { *lines++ = x[r % layer.rows]; }
}

/// A network cut for tiles of one size.
struct Plan {
    std::size_t tile_rows = 0, tile_cols = 0, n_tiles = 0;
    std::vector<LayerPlan> layers;  ///< in the order they run
    std::uint64_t mvms() const;     ///< tile MVMs per image
    std::size_t n_blocks() const;
    double used() const;  ///< share of all cells that hold a weight [-]
    /// Read numbers of one image, and of a layer in it: each vector of each chain has its own, so
    /// that chains which share bit lines draw noise of their own. Chain c reads from c * positions.
    std::uint64_t reads_per_image() const;
    std::uint64_t first_read(std::size_t layer) const;
};

/// Cuts rows and columns into equal pieces, as few as fit, and places them.
///
/// `all`: one tile per block. Fewer tiles: blocks of several layers share one, side by side or one
/// above the other, never the same cell, so that only one of them reads at a time; the largest is
/// placed first, on the tile that would then be busy least (an exact count) or on the first that
/// has room (least). Throws ConfigError when they do not fit `wish.count` tiles.
Plan make_plan(const config::Network& network, const Program& program, std::size_t tile_rows,
               std::size_t tile_cols, const TilesWish& wish);

std::string plan_text(const Plan& plan, const std::string& name);  ///< for the terminal
std::string plan_json(const Plan& plan, const std::string& name);  ///< aimc-plan/1

}  // namespace aimc::network
