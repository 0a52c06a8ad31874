// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/testbench/residual_source.h"
#include "aimc/testbench/vector_sink.h"
#include "aimc/testbench/vector_source.h"
#include "aimc/tile/tile.h"

#include "support/base_protocol_checker.h"
#include "support/lt_port.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

namespace aimc::test {

/// A tile with its pins, a protocol checker on each vector socket and one thread for a test's body.
/// The sockets are left to whoever binds them. Unlike testbench::Bench it does not stop the
/// simulation, so several may run side by side, and a deadlock shows as a body that never ends.
class TileRig : public sc_core::sc_module {
public:
    TileRig(const sc_core::sc_module_name& name, const config::TileConfig& config,
            bool starts_in_reset = false)
        : sc_module(name), tile("tile", config), rst_n("rst_n", !starts_in_reset), config_(config)
    {
        x_checker.isock.bind(tile.x_tsock);
        tile.y_isock.bind(y_checker.tsock);
        tile.irq_o(irq);
        tile.rst_n_i(rst_n);
        SC_THREAD(run);
    }

    tile::Tile tile;
    BaseProtocolChecker x_checker{"x_checker"};
    BaseProtocolChecker y_checker{"y_checker"};
    sc_core::sc_signal<bool> irq{"irq"};
    sc_core::sc_signal<bool> rst_n;
    std::function<void()> body;
    bool finished = false;

    const config::TileConfig& config() const { return config_; }
    tile::Controller& controller() { return tile.controller(); }
    sim::Edges edges() const { return sim::Edges(tile.t_clk()); }
    std::uint64_t now() const { return edges().now(); }  ///< [edge]
    void to_edge(std::uint64_t edge) const
    {
        if (edges().until(edge) > sc_core::SC_ZERO_TIME) { sc_core::wait(edges().until(edge)); }
    }
    void cycles(std::uint64_t n) const { sc_core::wait(static_cast<double>(n) * tile.t_clk()); }

    /// Below the register map, in no time: for tests that are not about the front door.
    /// @param residual_port  residual words come by r_tsock
    void program(const device::CellTargets& targets, const mvm::PostWords& words,
                 bool residual_port = false)
    {
        controller().set_weight_full_scale(targets.full_scale);
        controller().write_weights(0, targets.codes.data().data(), targets.codes.data().size());
        for (std::size_t c = 0; c < config_.cols; ++c) {
            controller().write_affine(c, words.nmpu[c]);
            controller().write_affine16(c, words.ldpu[c]);
        }
        controller().set_mode({static_cast<int>(words.activation), words.scale_exponent, false,
                               words.residual_in, words.partial_out, false, residual_port});
    }

    void expect_clean() const
    {
        EXPECT_TRUE(finished) << name() << ": stuck";
        for (const BaseProtocolChecker* checker : checkers_) {
            EXPECT_TRUE(checker->violations().empty()) << checker->name() << "\n"
                                                       << checker->text();
        }
    }

protected:
    /// Another socket of the tile that a checker stands at.
    void check_too(const BaseProtocolChecker& checker) { checkers_.push_back(&checker); }

private:
    AIMC_HAS_PROCESS(TileRig);
    void run()
    {
        if (body) { body(); }
        finished = true;
    }

    config::TileConfig config_;
    std::vector<const BaseProtocolChecker*> checkers_{&x_checker, &y_checker};
};

/// The rig with the ordinary surroundings: a loosely-timed processor, a source and a sink.
class StreamRig : public TileRig {
public:
    StreamRig(const sc_core::sc_module_name& name, const config::TileConfig& config,
              bool starts_in_reset = false)
        : TileRig(name, config, starts_in_reset),
          source("source", tile.t_clk()),
          residual_source("residual_source", tile.t_clk()),
          sink("sink", tile.t_clk())
    {
        r_checker.isock.bind(tile.r_tsock);
        residual_source.r_isock.bind(r_checker.tsock);
        check_too(r_checker);
        cpu.isock.bind(tile.reg_tsock);
        source.x_isock.bind(x_checker.tsock);
        y_checker.isock.bind(sink.y_tsock);
        controller().set_observer([this](const tile::MvmToken& token) {
            records.push_back(token.record);
            tokens.insert(&token);
            progress_.notify(sc_core::SC_ZERO_TIME);
        });
    }

    LtPort cpu{"cpu"};
    BaseProtocolChecker r_checker{"r_checker"};
    testbench::VectorSource source;
    testbench::ResidualSource residual_source;
    testbench::VectorSink sink;
    std::vector<mvm::MvmRecord> records;           ///< as observed, edges absolute
    std::vector<std::vector<std::int32_t>> taken;  ///< what the sink got
    std::set<const tile::MvmToken*> tokens;        ///< used so far; few, unless some get lost

    /// Starts a job at the next edge. @param stop  see VectorSource
    void start(
        const mvm::Job& job, std::function<bool()> stop = [] { return false; })
    {
        to_edge(now());
        epoch = now();
        records.clear();
        taken.clear();
        sink.start(job.sink, epoch,
                   [this](const std::int32_t* y, std::size_t n) { taken.emplace_back(y, y + n); });
        for (std::size_t k = 0; job.by_residual_port() && k < job.inputs.rows(); ++k) {
            residual_source.queue(epoch + job.residual_ready[k], job.residual_of(k));
        }
        source.start(job, std::move(stop));
    }
    /// Runs a job to its end. Edges come back relative to its start, vectors counted from 0.
    std::vector<mvm::MvmRecord> play(const mvm::Job& job)
    {
        start(job);
        while (!source.is_done() || records.size() < source.n_taken()) {
            sc_core::wait(source.done_event() | progress_);
        }
        return relative(records, epoch);
    }
    /// @param zero  the edge that becomes cycle 0; the first vector becomes number 0
    static std::vector<mvm::MvmRecord> relative(std::vector<mvm::MvmRecord> all, std::uint64_t zero)
    {
        const std::uint64_t first = all.empty() ? 0 : all.front().mvm;
        for (mvm::MvmRecord& r : all) {
            r.mvm -= first;
            for (auto* t : {&r.times.in, &r.times.start, &r.times.counts, &r.times.post,
                            &r.times.done, &r.times.out}) {
                *t -= zero;
            }
        }
        return all;
    }
    std::uint64_t epoch = 0;  ///< edge at which the job began

private:
    sc_core::sc_event progress_{"progress_"};
};

/// Runs the simulation until nothing happens any more and checks every rig.
inline void run_rigs(const std::vector<const TileRig*>& rigs)
{
    sc_core::sc_start();
    for (const TileRig* rig : rigs) { rig->expect_clean(); }
}

}  // namespace aimc::test
