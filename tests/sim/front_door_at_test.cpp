// SPDX-License-Identifier: Apache-2.0
// The same driver on the same tile, once loosely and once approximately timed.
#include "support/at_initiator.h"
#include "support/front_door.h"
#include "support/small_work.h"
#include "support/tile_rig.h"
#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <deque>

namespace aimc::test {
namespace {

using tile::Register;
namespace f = tile::fields;

/// An approximately-timed initiator with the face of LtPort.
class AtPort {
public:
    explicit AtPort(AtInitiator& initiator) : initiator_(initiator) {}
    std::vector<std::uint32_t> read(std::uint64_t address, std::size_t n)
    {
        return transfer(tlm::TLM_READ_COMMAND, address, std::vector<std::uint32_t>(n));
    }
    void write(std::uint64_t address, std::vector<std::uint32_t> words)
    {
        transfer(tlm::TLM_WRITE_COMMAND, address, std::move(words));
    }

private:
    std::vector<std::uint32_t> transfer(tlm::tlm_command command, std::uint64_t address,
                                        std::vector<std::uint32_t> words)
    {
        AtInitiator::Transfer& t = transfers_.emplace_back();
        t.words = std::move(words);
        initiator_.send(command, address, t);
        initiator_.wait_for(t);
        EXPECT_EQ(t.status, tlm::TLM_OK_RESPONSE);
        return t.words;
    }
    AtInitiator& initiator_;
    std::deque<AtInitiator::Transfer> transfers_;  // the initiator goes on looking at old ones
};

/// What a driver saw, and how long it took.
struct Log {
    std::vector<std::int16_t> codes;
    std::vector<std::vector<std::int32_t>> y, partial;
    std::vector<std::uint64_t> counters;
    sc_core::sc_time took;
    int accesses = 0;
};

template <class Port>
struct Counted {
    Port& port;
    int& n;
    std::vector<std::uint32_t> read(std::uint64_t address, std::size_t words)
    {
        ++n;
        return port.read(address, words);
    }
    void write(std::uint64_t address, std::vector<std::uint32_t> words)
    {
        ++n;
        port.write(address, std::move(words));
    }
};

template <class Port>
Log drive(Port& bare, TileRig& rig, const device::CellTargets& targets, const mvm::Job& job)
{
    const auto begun = sc_core::sc_time_stamp();
    Log log;
    Counted<Port> port{bare, log.accesses};
    FrontDoor<Counted<Port>> door(port, rig.config());
    door.program(targets);
    log.codes = door.read_codes();
    door.load(job.words);
    port.write(offset(Register::control),
               {put(f::control_enable, 1) | put(f::control_output_to_bank, 1)});
    port.write(offset(Register::irq_enable), {put(f::irq_output_ready, 1)});
    for (std::size_t k = 0; k < job.inputs.rows(); ++k) {
        door.send(job.inputs.row(k));
        if (!rig.irq.read()) { sc_core::wait(rig.irq.posedge_event()); }
        auto out = door.fetch();
        log.y.push_back(out.y);
        log.partial.push_back(out.partial);
        port.write(offset(Register::irq_status), {put(f::irq_output_ready, 1)});
        rig.cycles(1);
    }
    log.counters = door.counters();
    log.took = sc_core::sc_time_stamp() - begun;
    return log;
}

struct LtRig : TileRig {
    LtRig(const sc_core::sc_module_name& name, const config::TileConfig& config)
        : TileRig(name, config), source("source", tile.t_clk()), sink("sink", tile.t_clk())
    {
        cpu.isock.bind(tile.reg_tsock);
        source.x_isock.bind(x_checker.tsock);
        y_checker.isock.bind(sink.y_tsock);
    }
    LtPort cpu{"cpu"};
    testbench::VectorSource source;
    testbench::VectorSink sink;
};

struct AtRig : TileRig {
    AtRig(const sc_core::sc_module_name& name, const config::TileConfig& config)
        : TileRig(name, config), source("source", tile.t_clk()), sink("sink", tile.t_clk())
    {
        cpu.isock.bind(reg_checker.tsock);
        reg_checker.isock.bind(tile.reg_tsock);
        source.x_isock.bind(x_checker.tsock);
        y_checker.isock.bind(sink.y_tsock);
    }
    AtInitiator cpu{"cpu"};
    BaseProtocolChecker reg_checker{"reg_checker"};
    testbench::VectorSource source;
    testbench::VectorSink sink;
};

TEST(FrontDoorTile, GivesAnAtInitiatorTheSameDataInBoundedTime)
{
    config::TileConfig c = tiny_tile();
    c.device.model = config::DeviceModel::hermes;
    LtRig lt("lt", c);
    AtRig at("at", c);
    Dice dice(13);
    const auto targets = random_targets(c, dice);
    mvm::Job job;
    job.words = random_words(c, dice);
    job.inputs = random_inputs(5, c.rows, dice);
    Log by_lt, by_at;
    lt.body = [&] { by_lt = drive(lt.cpu, lt, targets, job); };
    AtPort port(at.cpu);
    at.body = [&] { by_at = drive(port, at, targets, job); };
    run_rigs({&lt, &at});
    EXPECT_TRUE(at.reg_checker.violations().empty()) << at.reg_checker.text();

    EXPECT_EQ(by_lt.codes, targets.codes.data());
    EXPECT_EQ(by_at.codes, by_lt.codes);
    const auto expected = Expected(c, targets).of(job);
    for (std::size_t k = 0; k < expected.size(); ++k) {
        EXPECT_EQ(by_lt.y[k], expected[k].values.y);
        EXPECT_EQ(by_at.y[k], expected[k].values.y);
        EXPECT_EQ(by_lt.partial[k], expected[k].values.partial);
        EXPECT_EQ(by_at.partial[k], expected[k].values.partial);
    }
    EXPECT_EQ(by_at.counters[0], by_lt.counters[0]);
    EXPECT_EQ(by_at.counters[1], by_lt.counters[1]);
    // The response of an AT access is held for t_end_resp; nothing else may differ, but for the
    // edge to which a vector is aligned.
    ASSERT_EQ(by_at.accesses, by_lt.accesses);
    EXPECT_GE(by_at.took, by_lt.took);
    EXPECT_LE(by_at.took - by_lt.took, by_at.accesses * (at.cpu.t_end_resp + at.tile.t_clk()));
}

}  // namespace
}  // namespace aimc::test
