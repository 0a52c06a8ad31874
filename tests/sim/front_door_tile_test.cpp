// SPDX-License-Identifier: Apache-2.0
// The whole tile by its registers: what software sees is what the pure functions say.
#include "support/front_door.h"
#include "support/kind_tiles.h"
#include "support/tile_rig.h"

#include <gtest/gtest.h>

#include <cstring>

namespace aimc::test {
namespace {

using tile::offset;
using tile::Region;
using tile::Register;
namespace f = tile::fields;

config::TileConfig odd_tile(config::PostUnit post, config::TileConfig c = tiny_tile())
{
    c.rows = 3;  // neither a vector nor the weights fill whole words
    c.cols = 3;
    c.post = post;
    c.device.model = config::DeviceModel::hermes;
    return c;
}

struct FrontDoorRig : StreamRig {
    explicit FrontDoorRig(const config::TileConfig& config) : StreamRig("rig", config)
    {
        targets = random_targets(config, dice);
        job.words = random_words(config, dice);
        job.inputs = inputs_of(config, 6, dice);
    }
    Dice dice{11};
    device::CellTargets targets;
    mvm::Job job;
};

/// @param residual  brings residual words through the bank
void doorbells_equal_the_pure_functions(const config::TileConfig& config, bool residual)
{
    FrontDoorRig rig(config);
    while (rig.job.words.residual_in != residual) { random_ports(rig.config(), rig.job, rig.dice); }
    rig.job.words.partial_out = false;
    const std::size_t n = rig.job.inputs.rows();
    rig.body = [&] {
        FrontDoor door(rig.cpu, rig.config());
        door.program(rig.targets);
        door.load(rig.job.words);
        EXPECT_EQ(door.read_codes(), rig.targets.codes.data());
        rig.cpu.set(Register::control,
                    put(f::control_enable, 1) | put(f::control_output_to_bank, 1));
        rig.cpu.set(Register::irq_enable, put(f::irq_output_ready, 1));
        const auto expected = Expected(rig.config(), rig.targets).of(rig.job);
        for (std::size_t k = 0; k < n; ++k) {
            EXPECT_EQ(get(f::status_input_room, rig.cpu.get(Register::status)), 1U);
            door.send(rig.job.inputs.row(k), residual ? rig.job.residuals.row(k) : nullptr);
            EXPECT_EQ(get(f::status_busy, rig.cpu.get(Register::status)), 1U);
            if (!rig.irq.read()) { sc_core::wait(rig.irq.posedge_event()); }
            const auto out = door.fetch();
            EXPECT_EQ(out.y, expected[k].values.y);
            EXPECT_EQ(out.partial, expected[k].values.partial);
            rig.cpu.set(Register::irq_status, put(f::irq_output_ready, 1));
            rig.cycles(1);
            EXPECT_FALSE(rig.irq.read());
            EXPECT_EQ(rig.cpu.get(Register::irq_status), put(f::irq_input_room, 1));
        }
        EXPECT_EQ(rig.cpu.get(Register::status), put(f::status_input_room, 1)) << "idle";
        EXPECT_EQ(rig.records.size(), n);
        const auto counters = door.counters();
        EXPECT_EQ(counters[0], n) << "mvms_in";
        EXPECT_EQ(counters[1], n) << "mvms_out";
        mvm::StateAccount states(mvm::n_pipeline_cycles(config));
        for (const auto& r : rig.records) { states.add(r.times); }
        const mvm::StateCycles s = states.finish();
        EXPECT_EQ((std::vector<std::uint64_t>{s.reading, s.input_starved, s.post_busy,
                                              s.output_blocked, s.drain}),
                  std::vector<std::uint64_t>(counters.begin() + 2, counters.begin() + 7));
        EXPECT_EQ(s.sum(), rig.records.back().times.out - rig.records.front().times.in);
        mvm::LaneCounters all;
        for (const auto& lane : rig.controller().lane_counters()) { all.add(lane); }
        EXPECT_EQ(counters[7], all.saturated);
        EXPECT_EQ(counters[8], all.relu_clipped);
        EXPECT_EQ(counters[9], rig.controller().adc_events().over_range);
        EXPECT_GT(all.saturated + all.relu_clipped, 0U) << "the test wants something to count";
        rig.cpu.set(Register::control,
                    put(f::control_enable, 1) | put(f::control_clear_counters, 1));
        EXPECT_EQ(door.counters(), std::vector<std::uint64_t>(tile::n_counters, 0));
    };
    run_rigs({&rig});
}

TEST(FrontDoorTile, NmpuByDoorbellsEqualsThePureFunctions)
{
    doorbells_equal_the_pure_functions(odd_tile(config::PostUnit::nmpu), false);
}
TEST(FrontDoorTile, LdpuByDoorbellsEqualsThePureFunctions)
{
    doorbells_equal_the_pure_functions(odd_tile(config::PostUnit::ldpu), false);
}
TEST(FrontDoorTile, NmpuTakesResidualsFromTheirBank)
{
    doorbells_equal_the_pure_functions(odd_tile(config::PostUnit::nmpu), true);
}
TEST(FrontDoorTile, LdpuTakesResidualsFromTheirBank)
{
    doorbells_equal_the_pure_functions(odd_tile(config::PostUnit::ldpu), true);
}
TEST(FrontDoorTile, DigitalByDoorbellsEqualsThePureFunctions)
{
    doorbells_equal_the_pure_functions(odd_tile(config::PostUnit::nmpu, tiny_digital()), false);
}
TEST(FrontDoorTile, PimByDoorbellsEqualsThePureFunctions)
{
    const auto c = odd_tile(config::PostUnit::ldpu, tiny_pim(config::Scheme::bit_serial));
    doorbells_equal_the_pure_functions(c, true);
}

TEST(FrontDoorTile, BankAndSocketGiveTheSameYInTheSameOrder)
{
    config::TileConfig c = odd_tile(config::PostUnit::nmpu);
    c.controller.output_slots = 3;
    FrontDoorRig rig(c);
    rig.job.sink.ready.assign(4000, true);
    std::fill_n(rig.job.sink.ready.begin(), 2000, false);
    std::vector<std::vector<std::int32_t>> fetched;
    rig.body = [&] {
        FrontDoor door(rig.cpu, rig.config());
        door.program(rig.targets);
        door.load(rig.job.words);
        rig.start(rig.job);
        rig.cycles(600);  // the first vector stands at the stalled socket, others behind it
        rig.cpu.set(Register::control, put(f::control_output_to_bank, 1));
        rig.cpu.set(Register::output_doorbell, 1);
        EXPECT_EQ(rig.cpu.get(Register::irq_status) & mask(f::irq_doorbell_error),
                  mask(f::irq_doorbell_error))
            << "what is offered to the socket cannot be overtaken";
        rig.cpu.set(Register::irq_enable, put(f::irq_output_ready, 1));
        while (fetched.size() + 1 < rig.job.inputs.rows()) {
            if (!rig.irq.read()) { sc_core::wait(rig.irq.posedge_event()); }
            rig.cpu.set(Register::irq_status, put(f::irq_output_ready, 1));
            fetched.push_back(door.fetch().y);
            rig.cycles(2);
        }
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.taken.size(), 1U);
    const auto expected = Expected(c, rig.targets).of(rig.job);
    EXPECT_EQ(rig.taken[0], expected[0].values.y);
    ASSERT_EQ(fetched.size(), expected.size() - 1);
    for (std::size_t k = 1; k < expected.size(); ++k) {
        EXPECT_EQ(fetched[k - 1], expected[k].values.y) << "vector " << k;
        EXPECT_GT(rig.records[k].times.out, rig.records[k - 1].times.out) << "two at one edge";
    }
}

TEST(FrontDoorTile, WritesDuringAReadWaitForTheNextOne)
{
    FrontDoorRig rig(odd_tile(config::PostUnit::nmpu));
    rig.job.inputs = random_inputs(2, 3, rig.dice);
    const device::CellTargets others = random_targets(rig.config(), rig.dice);
    rig.body = [&] {
        FrontDoor door(rig.cpu, rig.config());
        door.program(rig.targets);
        door.load(rig.job.words);
        rig.start(rig.job);
        rig.cycles(60);
        rig.cpu.set(Register::curve_select, 1);  // by itself: the same curve with ideal ADCs
        door.program(others);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 2U);
    EXPECT_TRUE(rig.records[0].values == Expected(rig.config(), rig.targets).of(rig.job)[0].values);
    EXPECT_TRUE(rig.records[1].values == Expected(rig.config(), others).of(rig.job)[1].values);
}

TEST(FrontDoorTile, CurveSelectDuringAReadWaitsForTheNextOne)
{
    config::TileConfig c = odd_tile(config::PostUnit::nmpu);
    c.adc.curves = config::CurveSource::parametric;
    c.adc.full_scale_uA = 94.0;
    FrontDoorRig rig(c);
    rig.job.inputs = Matrix<std::int8_t>(2, 3, 100);
    rig.body = [&] {
        rig.program(rig.targets, rig.job.words);
        rig.start(rig.job);
        rig.cycles(60);
        rig.cpu.set(Register::curve_select, 1);
    };
    run_rigs({&rig});
    const auto expected = Expected(c, rig.targets).of(rig.job);
    ASSERT_EQ(rig.records.size(), 2U);
    EXPECT_EQ(rig.records[0].values.c_p, expected[0].values.c_p);
    EXPECT_EQ(rig.records[0].values.c_n, expected[0].values.c_n);
    EXPECT_NE(rig.records[1].values.c_p, expected[1].values.c_p) << "nominal from here on";
}

TEST(FrontDoorTile, TestCurrentsDuringAReadWaitForTheNextOne)
{
    FrontDoorRig rig(odd_tile(config::PostUnit::nmpu));
    rig.job.inputs = Matrix<std::int8_t>(3, 3, 100);
    const auto test_current = [&](std::int32_t current, bool adc_test) {
        rig.controller().write_test_current(1, current);
        tile::Mode mode = rig.controller().mode();
        mode.adc_test = adc_test;
        rig.controller().set_mode(mode);
    };
    rig.body = [&] {
        rig.program(rig.targets, rig.job.words);
        test_current(40, true);
        rig.start(rig.job);
        rig.cycles(60);
        test_current(80, true);
        rig.cycles(133);  // into the second read
        test_current(120, false);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 3U);
    const std::int32_t first = rig.records[0].values.c_p[1];
    EXPECT_GT(first, 0);
    EXPECT_EQ(rig.records[1].values.c_p[1], 2 * first);
    const auto array = Expected(rig.config(), rig.targets).of(rig.job);
    EXPECT_EQ(rig.records[2].values.c_p, array[2].values.c_p) << "the array again";
    EXPECT_EQ(rig.records[2].values.c_n, array[2].values.c_n);
}

TEST(FrontDoorTile, DebugAccessSeesTheSameAndLeavesNoTrace)
{
    FrontDoorRig rig(odd_tile(config::PostUnit::nmpu));
    rig.body = [&] {
        FrontDoor door(rig.cpu, rig.config());
        door.program(rig.targets);
        door.load(rig.job.words);
        rig.cpu.set(Register::control,
                    put(f::control_enable, 1) | put(f::control_output_to_bank, 1));
        door.send(rig.job.inputs.row(0));
        rig.cycles(300);
        const auto t = sc_core::sc_time_stamp();
        for (const auto region :
             {Region::input_bank, Region::output_bank, Region::affine, Region::weights}) {
            const auto bytes = rig.cpu.debug_read(offset(region), 8);
            std::vector<std::uint32_t> words(2);
            std::memcpy(words.data(), bytes.data(), 8);
            EXPECT_EQ(t, sc_core::sc_time_stamp());
            if (region != Region::input_bank) {
                sc_core::sc_time delay;
                std::vector<std::uint32_t> usual(2);
                rig.cpu.access(tlm::TLM_READ_COMMAND, offset(region), usual.data(), 8, delay);
                EXPECT_EQ(words, usual) << offset(region);
            }
        }
        const auto before = rig.cpu.debug_read(offset(Register::control), 16);
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(rig.cpu.debug_read(offset(Register::control), 16), before);
        }
        EXPECT_EQ(rig.cpu.get(Register::irq_status),
                  put(f::irq_output_ready, 1) | put(f::irq_input_room, 1))
            << "still pending";
        door.fetch();
    };
    run_rigs({&rig});
    EXPECT_EQ(rig.records.size(), 1U);
}

TEST(FrontDoorTile, AVectorWrittenByDirectPointerIsTheVectorThatRuns)
{
    FrontDoorRig rig(odd_tile(config::PostUnit::nmpu));
    rig.body = [&] {
        FrontDoor door(rig.cpu, rig.config());
        door.program(rig.targets);
        door.load(rig.job.words);
        rig.cpu.set(Register::control,
                    put(f::control_enable, 1) | put(f::control_output_to_bank, 1));
        tlm::tlm_dmi in;
        ASSERT_TRUE(rig.cpu.ask_dmi(tlm::TLM_WRITE_COMMAND, offset(Region::input_bank), in));
        tlm::tlm_dmi out;
        ASSERT_TRUE(rig.cpu.ask_dmi(tlm::TLM_READ_COMMAND, offset(Region::output_bank), out));
        std::memcpy(in.get_dmi_ptr(), rig.job.inputs.row(0), 3);
        rig.cpu.set(Register::input_doorbell, 1);
        rig.cycles(300);
        rig.cpu.set(Register::output_doorbell, 1);
        std::vector<std::int32_t> y(3);
        std::memcpy(y.data(), out.get_dmi_ptr(), 12);
        EXPECT_EQ(y, Expected(rig.config(), rig.targets).of(rig.job)[0].values.y);
        for (const auto command : {tlm::TLM_READ_COMMAND, tlm::TLM_WRITE_COMMAND}) {
            tlm::tlm_dmi refused;
            EXPECT_FALSE(rig.cpu.ask_dmi(command, offset(Region::weights), refused));
        }
    };
    run_rigs({&rig});
}

}  // namespace
}  // namespace aimc::test
