// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/post.h"
#include "aimc/tile/controller.h"
#include "aimc/tile/hop.h"
#include "aimc/tile/stage.h"

namespace aimc::tile {

/// One lane as a scope: which columns it serves and how often it had to give in. No process of its
/// own; one process serves all lanes (64 processes would run at an eighth of the speed).
class PostLane : public sc_core::sc_module {
public:
    explicit PostLane(const sc_core::sc_module_name& name) : sc_module(name) {}
    mvm::LaneCounters counters;
};

/// The post units of the tile: 64 NMPU lanes, or the FP16 LDPU. Adds time to mvm::PostProcessor:
/// counts are taken when the unit is idle, an output slot is free and residual words that come by
/// the residual port are there (H_k); y is valid N cycles later (Y_k). Vectors do not overlap.
class PostBank : public Stage {
public:
    HopTarget counts{"count_tsock", wake_};
    HopTarget words{"word_tsock", wake_};  ///< residual words that come apart from x
    HopInitiator results{"result_isock", wake_, HopInitiator::Wakes::when_freed};
    sc_core::sc_vector<PostLane> lane;  ///< scopes lane_0, lane_1, ...

    PostBank(const sc_core::sc_module_name& name, Controller& controller,
             const sc_core::sc_time& t_clk);
    void reset() override;

private:
    void step() override;
    bool may_start() const;
    void start(MvmToken& token);  ///< at H_k

    Controller& controller_;
    MvmToken* computing_ = nullptr;
    std::uint64_t y_valid_ = 0;       ///< Y of the vector in work [edge]
    std::size_t slots_reserved_ = 0;  ///< output slots from H_k to O_k
    std::vector<mvm::LaneCounters> per_lane_;
};

}  // namespace aimc::tile
