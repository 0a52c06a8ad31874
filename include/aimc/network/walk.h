// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/network.h"
#include "aimc/network/plan.h"
#include "aimc/network/program.h"
#include "aimc/network/scales.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace aimc::network {

/// All that stays the same for every image: what runs, where, and with which codes.
struct Wiring {
    config::Network network;
    Program program;
    Plan plan;
    Scales scales;
    int residual_fraction = 0;          ///< bits of residual words below one output LSB
    std::vector<std::size_t> layer_of;  ///< [steps] index into plan.layers
    const config::NetworkNode& node(const LayerPlan& layer) const
    {
        return network.nodes[program.steps[layer.step].node];
    }
};
Wiring make_wiring(config::Network network, Program program, Plan plan, Scales scales,
                   int residual_fraction);

/// The vectors of one layer for one image.
struct LayerWork {
    std::size_t layer = 0;               ///< of the plan
    std::size_t n = 0;                   ///< vectors, one per output pixel
    std::vector<std::int8_t> x;          ///< [n x layer rows]
    std::vector<std::int16_t> residual;  ///< [n x layer cols]; empty: nothing is added
    std::uint64_t first_read = 0;        ///< read number of vector 0
    const std::int16_t* residual_words() const
    {
        return residual.empty() ? nullptr : residual.data();
    }
};

/// One image on its way through the network. Whoever runs the tiles asks for work, layer by layer,
/// and gives back what left them; im2col, pools, additions and the rest happen here, in exact
/// integers, so both engines see the same.
///
///   walk.start(bytes, number);
///   while (walk.next()) { run(walk.work(), out); walk.give(out); }
///   answer = argmax(walk.scores());
class Walk {
public:
    explicit Walk(const Wiring& wiring);
    ~Walk();
    Walk(Walk&&) noexcept;
    Walk& operator=(Walk&&) = delete;

    /// @param image  bytes, [channel, row, column]   @param number  of the image, for its reads
    void start(const std::uint8_t* image, std::uint64_t number);
    bool next();  ///< false: the scores are there
    const LayerWork& work() const;
    /// @param out  [n x layer cols] y of the layer; partial sums of the last
    void give(const std::int32_t* out);
    const std::vector<std::int32_t>& scores() const;
    std::uint64_t residuals_clipped() const;  ///< residual words beyond 16 bits, since the start

    /// Keeps every map instead of dropping it after its last use.
    void keep_maps();
    /// Codes of a map, [channel, row, column]; of the last map: the scores.
    std::vector<std::int32_t> map(std::size_t number) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aimc::network
