// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/ldpu/lane.h"
#include "aimc/nmpu/lane.h"

#include <cstdint>
#include <vector>

namespace aimc::mvm {

/// What is loaded into the post unit: the affine words of every column and the layer's activation.
struct PostWords {
    int scale_exponent = 0;  ///< e of the NMPU
    config::Activation activation = config::Activation::identity;
    std::vector<nmpu::AffineWords> nmpu;    ///< [cols]
    std::vector<ldpu::AffineWords16> ldpu;  ///< [cols], filled when the unit is the LDPU
};

/// How often a lane had to give in. Per run; also kept per lane.
struct LaneCounters {
    std::uint64_t saturated = 0;
    std::uint64_t relu_clipped = 0;
    std::uint64_t partial_saturated = 0;
    void add(const LaneCounters& other)
    {
        saturated += other.saturated;
        relu_clipped += other.relu_clipped;
        partial_saturated += other.partial_saturated;
    }
};

/// The digital unit behind the ADCs: c+, c- of all columns in, y out. Pure; NMPU or LDPU.
class PostProcessor {
public:
    PostProcessor(const config::TileConfig& config, PostWords words);

    /// @param c_p, c_n   [cols] counts
    /// @param residual   [cols] raw residual words, or nullptr
    /// @param y, partial [cols] results
    void process(const std::int32_t* c_p, const std::int32_t* c_n, const std::int32_t* residual,
                 std::int32_t* y, std::int32_t* partial, std::vector<LaneCounters>& per_lane) const;

    const PostWords& words() const { return words_; }
    int lanes() const { return lanes_; }

private:
    config::TileConfig config_;
    PostWords words_;
    int lanes_;
};

/// Cycles the post unit needs per vector (N of the timing recurrence): NMPU 7, LDPU 973 by default.
int n_post_cycles(const config::TileConfig& config);

}  // namespace aimc::mvm
