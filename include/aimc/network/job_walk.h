// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/job.h"
#include "aimc/network/run.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace aimc::network {

/// Images as jobs of one tile, for an engine that has one: the blocks of a layer follow each other,
/// each with the chip, the words and the inputs of its own tile. Partial sums of a chain reach the
/// next tile when that tile's post unit would see their first column, so edges are those of tiles
/// side by side.
class JobWalk : public mvm::JobRunner {
public:
    JobWalk(const config::TileConfig& config, const Wiring& wiring, const Tiles& tiles,
            const std::vector<LayerWords>& words, const Matrix<std::uint8_t>& images,
            std::function<bool()> stop);

    // JobRunner
    const device::CellTargets& targets() const override { return tiles_.targets(0); }
    void bring_up(mvm::Chip& chip) override { chip = tiles_.chip(0); }
    bool next_job(mvm::Job& job) override;
    void on_record(const mvm::MvmRecord& record) override;
    void on_events(const converters::AdcEvents& events,
                   const std::vector<mvm::LaneCounters>& lanes) override;
    bool stop_requested() const override { return stop_ && stop_(); }

    /// What the images gave. Events of the ADCs are those of all columns of a tile.
    NetworkRun take();
    /// Called with the walk of each image when its scores are there.
    std::function<void(std::size_t image, const Walk& walk)> on_image;
    std::uint64_t first_number = 0;  ///< of image 0, for its reads

private:
    void end_block();
    bool start_image();
    void fill(mvm::Job& job);
    const LayerPlan& layer() const { return wiring_.plan.layers[walk_.work().layer]; }

    config::TileConfig config_;
    const Wiring& wiring_;
    const Tiles& tiles_;
    const std::vector<LayerWords>& words_;
    const Matrix<std::uint8_t>& images_;
    std::function<bool()> stop_;
    Walk walk_;
    NetworkRun out_;
    std::size_t image_ = 0;  ///< the one that is under way, once `started_`
    std::size_t block_ = 0;  ///< of the layer that is under way
    bool started_ = false, in_layer_ = false;
    std::vector<std::int32_t> result_;         ///< [n x layer cols]
    std::vector<std::int16_t> handed_on_;      ///< [n x block cols] to the next link
    std::vector<std::uint64_t> ready_;         ///< [n] edge of its first column
    std::vector<LayerEvents> image_events_;    ///< [layers] of the image under way
    std::vector<std::uint64_t> image_cycles_;  ///< [layers]
    std::uint64_t last_out_ = 0, layer_cycles_ = 0, chain_cycles_ = 0;
    std::uint64_t records_ = 0;
};

}  // namespace aimc::network
