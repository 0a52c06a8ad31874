// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/testbench/host.h"
#include "aimc/testbench/residual_source.h"
#include "aimc/testbench/vector_sink.h"
#include "aimc/testbench/vector_source.h"
#include "aimc/tile/tile.h"

#include <exception>
#include <functional>

namespace aimc::testbench {

/// A tile with everything it needs around it, and one thread that runs the program of the test.
class Bench : public sc_core::sc_module {
public:
    Bench(const sc_core::sc_module_name& name, const config::TileConfig& config, SimdLevel simd)
        : sc_module(name),
          tile("tile", config, simd),
          source("source", tile.t_clk()),
          residual_source("residual_source", tile.t_clk()),
          sink("sink", tile.t_clk()),
          edges(tile.t_clk())
    {
        host.reg_isock.bind(tile.reg_tsock);
        source.x_isock.bind(tile.x_tsock);
        residual_source.r_isock.bind(tile.r_tsock);
        tile.y_isock.bind(sink.y_tsock);
        tile.irq_o(irq);
        tile.rst_n_i(rst_n);
        AIMC_HAS_PROCESS(Bench);
        SC_THREAD(run);
    }

    tile::Tile tile;
    Host host{"host"};
    VectorSource source;
    ResidualSource residual_source;
    VectorSink sink;
    sc_core::sc_signal<bool> irq{"irq"};
    sc_core::sc_signal<bool> rst_n{"rst_n", true};
    sim::Edges edges;
    std::function<void()> program;  ///< what the thread does; it may wait
    std::exception_ptr failure;     ///< what it threw

private:
    void run()
    {
        try {
            program();
        } catch (const sc_core::sc_unwind_exception&) {
            throw;  // the kernel ends the thread this way
        } catch (...) {
            failure = std::current_exception();
        }
        sc_core::sc_stop();
    }
};

/// Waits for the next edge, so that what follows happens on one.
inline void to_edge(const sim::Edges& edges)
{
    if (!edges.on_edge()) { sc_core::wait(edges.until(edges.now())); }
}

/// Runs the kernel until the program ends; rethrows what it threw.
inline void run_bench(Bench& bench)
{
    sc_core::sc_start();
    if (bench.failure) { std::rethrow_exception(bench.failure); }
}

}  // namespace aimc::testbench
