// SPDX-License-Identifier: Apache-2.0
// What the registers do: interrupt, doorbells, counters, mode, reset.
#include "aimc/tile/register_state.h"

#include "support/register_bench.h"

#include <gtest/gtest.h>

namespace aimc::tile {
namespace {

using sc_core::SC_NS;
using sc_core::SC_ZERO_TIME;
using test::RegisterBench;
using Words = std::vector<std::uint32_t>;

constexpr std::uint32_t output_ready = mask(fields::irq_output_ready);
constexpr std::uint32_t input_room = mask(fields::irq_input_room);
constexpr std::uint32_t doorbell_error = mask(fields::irq_doorbell_error);
constexpr std::uint32_t enable = mask(fields::control_enable);

void settle() { sc_core::wait(1, SC_NS); }

TEST(RegisterState, DrivesALevelInterruptThatIsClearedByWritingOne)
{
    RegisterBench b;
    b.run([&] {
        b.dut.on_output_waiting();
        settle();
        EXPECT_FALSE(b.irq.read()) << "not enabled yet";
        b.set(Register::irq_enable, output_ready);
        settle();
        EXPECT_TRUE(b.irq.read());
        b.dut.on_input_room();
        b.set(Register::irq_status, 0);
        b.set(Register::irq_status, input_room);
        settle();
        EXPECT_TRUE(b.irq.read()) << "another bit was cleared";
        EXPECT_EQ(b.get(Register::irq_status), output_ready);
        b.set(Register::irq_status, output_ready);
        settle();
        EXPECT_FALSE(b.irq.read());
        b.dut.on_output_waiting();
        settle();
        EXPECT_TRUE(b.irq.read()) << "the next event counts again";
        b.set(Register::irq_enable, 0);
        settle();
        EXPECT_FALSE(b.irq.read());
        EXPECT_EQ(b.get(Register::irq_status), output_ready) << "masked, not lost";
        b.set(Register::irq_enable, 0xffffffffU);
        EXPECT_EQ(b.get(Register::irq_enable), 7U) << "bits that do not exist read 0";
    });
}

TEST(RegisterState, GivesTheInputBankToTheTile)
{
    RegisterBench b;
    b.run([&] {
        b.set(Register::control, enable);
        b.write(offset(Region::input_bank), {0x81807f01U - 0x00010000U, 0xffffff02U});
        b.set(Register::input_doorbell, 0);
        EXPECT_TRUE(b.backend.inputs.empty()) << "0 does not ring";
        b.set(Register::input_doorbell, 1);
        ASSERT_EQ(b.backend.inputs.size(), 1U);
        EXPECT_EQ(b.backend.inputs[0], (std::vector<std::int8_t>{1, 127, 127, -127, 2}));
        EXPECT_EQ(b.get(Register::irq_status), 0U);
    });
}

TEST(RegisterState, RefusesTheInputDoorbellWithoutAnyOtherEffect)
{
    RegisterBench b;
    b.run([&] {
        const auto refused = [&](const char* why) {
            const int before = b.backend.n_changes;
            b.set(Register::input_doorbell, 1);
            EXPECT_EQ(b.get(Register::irq_status), doorbell_error) << why;
            EXPECT_EQ(b.backend.n_changes, before) << why;
            b.set(Register::irq_status, doorbell_error);
        };
        refused("disabled");
        b.set(Register::control, enable);
        b.backend.room = false;
        refused("no room");
        EXPECT_EQ(b.get(Register::status), 0U);
        b.backend.room = true;
        EXPECT_EQ(b.get(Register::status), mask(fields::status_input_room));
        b.write(offset(Region::input_bank) + 4, {0x80});
        refused("-128 is no pulse");
        b.write(offset(Region::input_bank) + 4, {0x00008000});  // beside the last row
        b.set(Register::input_doorbell, 1);
        EXPECT_EQ(b.backend.inputs.size(), 1U);
    });
}

TEST(RegisterState, FetchesOneOutputPerDoorbell)
{
    RegisterBench b;
    b.backend.outputs.push_back({{1, -2, 3}, {10, -20, 30}});
    b.backend.outputs.push_back({{4, 5, 6}, {40, 50, 60}});
    b.run([&] {
        Words y(3);
        b.read(offset(Region::output_bank), y);
        EXPECT_EQ(y, (Words{0, 0, 0})) << "nothing before the doorbell";
        EXPECT_EQ(get(fields::status_output_valid, b.get(Register::status)), 1U);
        b.set(Register::output_doorbell, 1);
        b.read(offset(Region::output_bank), y);
        EXPECT_EQ(y, (Words{1, 0xfffffffeU, 3}));
        b.read(offset(Region::partial_bank), y);
        EXPECT_EQ(y, (Words{10, 0xffffffecU, 30}));
        EXPECT_EQ(b.get(Register::irq_status), output_ready) << "a second vector waits";
        b.set(Register::irq_status, output_ready);
        b.set(Register::output_doorbell, 1);
        EXPECT_EQ(b.get(Register::irq_status), 0U);
        EXPECT_EQ(b.get(Register::status), 0U);

        b.set(Register::output_doorbell, 1);
        EXPECT_EQ(b.get(Register::irq_status), doorbell_error) << "nothing to take";
        b.read(offset(Region::output_bank), y);
        EXPECT_EQ(y, (Words{4, 5, 6})) << "the bank keeps the last vector";
    });
}

TEST(RegisterState, ReadsAllCountersAtOneMoment)
{
    RegisterBench b;
    b.backend.tile_counters = {1, 2, 8, 9, 0xa'0000'0000ULL, {3, 4, 5, 6, 7}};
    b.run([&] {
        Words w(2 * n_counters);
        EXPECT_EQ(b.read(offset(Register::counters), w).status, tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(w, (Words{1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 0, 0xa}));
        b.set(Register::control, enable | mask(fields::control_clear_counters));
        b.read(offset(Register::counters), w);
        EXPECT_EQ(w, Words(2 * n_counters, 0));
        EXPECT_EQ(b.get(Register::control), enable) << "clear_counters reads 0";
    });
}

TEST(RegisterState, SetsTheMode)
{
    RegisterBench b;
    b.run([&] {
        EXPECT_EQ(b.get(Register::mode), 0x21U) << "as configured";
        b.set(Register::curve_select, 1);
        b.set(Register::mode, 0x142);
        EXPECT_EQ(b.backend.mode_activation, 2);
        EXPECT_EQ(b.backend.mode_exponent, 4);
        EXPECT_TRUE(b.backend.mode_adc_test);
        EXPECT_TRUE(b.backend.mode_nominal) << "MODE must not touch CURVE_SELECT";
        EXPECT_EQ(b.get(Register::mode), 0x142U);
        b.set(Register::curve_select, 0);
        EXPECT_EQ(b.get(Register::mode), 0x142U) << "CURVE_SELECT must not touch MODE";
        b.set(Register::control, mask(fields::control_output_to_bank));
        EXPECT_TRUE(b.backend.output_to_bank);
    });
}

TEST(RegisterState, ResetsAllButWhatWasProgrammedAndCalibrated)
{
    RegisterBench b;
    b.run([&] {
        b.set(Register::mode, 0x142);
        b.set(Register::curve_select, 1);
        b.set(Register::weight_full_scale, 100);
        b.set(Register::irq_enable, 7);
        b.set(Register::control, enable | mask(fields::control_output_to_bank));
        b.write(offset(Region::weights), {0x00020001});
        b.write(offset(Region::affine), {0x00800080});
        b.write(offset(Region::input_bank), {0x01010101});
        b.backend.outputs.push_back({{1, 2, 3}, {4, 5, 6}});
        b.set(Register::output_doorbell, 1);
        b.dut.on_input_room();
        settle();
        EXPECT_TRUE(b.irq.read());

        b.set(Register::control, mask(fields::control_soft_reset) | enable);
        settle();
        EXPECT_FALSE(b.irq.read());
        EXPECT_EQ(b.backend.n_resets, 1);
        EXPECT_EQ(b.get(Register::control), 0U) << "clears itself, and enable with it";
        EXPECT_FALSE(b.backend.output_to_bank);
        EXPECT_EQ(b.get(Register::irq_enable), 0U);
        EXPECT_EQ(b.get(Register::irq_status), 0U);
        EXPECT_EQ(b.get(Register::mode), 0x41U) << "configured activation, calibrated exponent";
        EXPECT_EQ(b.get(Register::curve_select), 0U);
        EXPECT_EQ(b.get(Register::weight_full_scale), 100U);
        Words w(1);
        for (const Region bank : {Region::input_bank, Region::output_bank, Region::partial_bank}) {
            b.read(offset(bank), w);
            EXPECT_EQ(w[0], 0U) << offset(bank);
        }
        b.read(offset(Region::weights), w);
        EXPECT_EQ(w[0], 0x00020001U);
        b.read(offset(Region::affine), w);
        EXPECT_EQ(w[0], 0x00800080U);
    });
}

TEST(RegisterState, PowersOnWithoutCallingTheTileBack)
{
    RegisterBench b;
    b.dut.power_on_state();  // the tile may call it while it is being built
    b.run([&] {
        b.set(Register::irq_enable, 7);
        b.dut.on_input_room();
        b.dut.power_on_state();
        settle();
        EXPECT_FALSE(b.irq.read());
        EXPECT_EQ(b.get(Register::irq_enable), 0U);
        EXPECT_EQ(b.backend.n_resets, 0) << "the tile calls this from its own reset";
    });
}

}  // namespace
}  // namespace aimc::tile
