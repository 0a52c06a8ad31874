// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/config/workload.h"
#include "aimc/ldpu/bank.h"
#include "aimc/ldpu/lane.h"
#include "aimc/nmpu/bank.h"
#include "aimc/nmpu/lane.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace aimc::mvm {

/// What is loaded into the post unit: the affine words of every column and the layer's activation.
struct PostWords {
    int scale_exponent = 0;  ///< e of the NMPU
    config::Activation activation = config::Activation::identity;
    bool residual_in = false;               ///< residuals come with the vectors
    bool partial_out = false;               ///< partial sums leave, instead of y
    std::vector<nmpu::AffineWords> nmpu;    ///< [cols]
    std::vector<ldpu::AffineWords16> ldpu;  ///< [cols], filled when the unit is the LDPU
};

/// What a layer says of the post unit; its affine words come with a calibration.
PostWords words_for(const config::Layer& layer);

/// How often a lane had to give in: `saturated` and `relu_clipped` where y leaves,
/// `partial_saturated` where partial sums do. Per run; also kept per lane.
struct LaneCounters {
    std::uint64_t saturated = 0;
    std::uint64_t relu_clipped = 0;
    std::uint64_t partial_saturated = 0;
    /// Words that did not fit, of what leaves.
    std::uint64_t overflowed() const { return saturated + partial_saturated; }
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
    PostProcessor(const config::TileConfig& config, PostWords words,
                  SimdLevel simd = best_simd_level());

    /// @param c_p, c_n   [cols] counts
    /// @param residual   [cols] raw words of nmpu.residual_fraction bits, or nullptr
    /// @param y, partial [cols] results
    void process(const std::int32_t* c_p, const std::int32_t* c_n, const std::int16_t* residual,
                 std::int32_t* y, std::int32_t* partial, std::vector<LaneCounters>& per_lane) const
    {
        process_batch(c_p, c_n, residual, 1, y, partial, per_lane);
    }

    /// The same for n vectors, one after the other: every matrix is [n x cols].
    void process_batch(const std::int32_t* c_p, const std::int32_t* c_n,
                       const std::int16_t* residual, std::size_t n, std::int32_t* y,
                       std::int32_t* partial, std::vector<LaneCounters>& per_lane) const;

    const PostWords& words() const { return words_; }
    int lanes() const { return lanes_; }

private:
    void process_lanes(const std::int32_t* c_p, const std::int32_t* c_n,
                       const std::int16_t* residual, std::int32_t* y, std::int32_t* partial,
                       ColumnCounters& counters) const;
    void book(const ColumnCounters& counters, std::vector<LaneCounters>& per_lane) const;

    config::TileConfig config_;
    PostWords words_;
    int lanes_;
    nmpu::Lane lane_;
    std::optional<nmpu::Bank> nmpu_;  ///< none: too wide for it
    std::optional<ldpu::Bank> ldpu_;
};

/// How the LDPU of a tile is set: formats of the ports are those of `nmpu`, whichever unit it is.
ldpu::LaneSettings ldpu_settings(const config::TileConfig& config, config::Activation activation);

/// Cycles the post unit needs per vector (N of the timing recurrence): NMPU 7, LDPU 973 by default.
/// The NMPU adds residuals in the pipeline that it has; the LDPU needs ldpu.residual_passes more.
int n_post_cycles(const config::TileConfig& config, bool residual_in = false);

}  // namespace aimc::mvm
