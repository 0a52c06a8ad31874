// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/edges.h"
#include "aimc/tile/token.h"

namespace aimc::tile {

/// What all stages of the tile are: a module with one process, `step`, that is woken by events only
/// and sleeps through idle cycles. At one edge it may run several times, once per delta in which
/// something new became possible; first it releases, then it offers.
class Stage : public sc_core::sc_module {
public:
    Stage(const sc_core::sc_module_name& name, const sc_core::sc_time& t_clk)
        : sc_module(name), edges_(t_clk)
    {
        AIMC_HAS_PROCESS(Stage);
        SC_METHOD(step);
        sensitive << wake_ << timer_;
        dont_initialize();
    }
    /// As after power-up; what is inside is gone.
    virtual void reset() = 0;

protected:
    virtual void step() = 0;
    void wake() { wake_.notify(sc_core::SC_ZERO_TIME); }
    void wake_at(std::uint64_t edge) { timer_.notify(edges_.until(edge)); }
    /// Now, or at the next edge: what comes from outside may come between edges.
    void wake_on_edge()
    {
        if (edges_.on_edge()) {
            wake();
        } else {
            wake_at(edges_.now());
        }
    }

    sim::Edges edges_;
    sc_core::sc_event wake_{"wake"};    ///< a neighbour left a note
    sc_core::sc_event timer_{"timer"};  ///< a count has run out
};

}  // namespace aimc::tile
