// SPDX-License-Identifier: Apache-2.0
// The register file seen by a debugger and through direct memory pointers.
#include "aimc/tile/register_file.h"

#include "support/register_bench.h"

#include <gtest/gtest.h>

#include <cstring>

namespace aimc::tile {
namespace {

using sc_core::sc_time;
using test::RegisterBench;
using Words = std::vector<std::uint32_t>;

constexpr std::uint64_t input_bank = offset(Region::input_bank);
constexpr std::uint64_t output_bank = offset(Region::output_bank);
constexpr std::uint64_t weights = offset(Region::weights);

TEST(RegisterFile, DebugReadsEverythingAndChangesNothing)
{
    RegisterBench b;
    b.backend.outputs.push_back({{1, 2, 3}, {4, 5, 6}});
    b.backend.tile_counters.mvms_in = 0x1'0000'0007ULL;
    b.backend.weights[14] = -5;
    b.run([&] {
        b.dut.on_output_waiting();
        const auto peek = [&](std::uint64_t address, unsigned int length) {
            Words w(16);
            RegisterBench::Access a(tlm::TLM_READ_COMMAND, address, w);
            a.trans.set_data_length(length);
            EXPECT_EQ(b.cpu.isock->transport_dbg(a.trans), length) << address;
            return w;
        };
        EXPECT_EQ(peek(0x18, 4)[0], 1U);
        EXPECT_EQ(peek(0x18, 4)[0], 1U) << "a debug read cleared the interrupt";
        EXPECT_EQ(peek(0x28, 8)[0], 0U) << "write-only registers read 0";
        EXPECT_EQ(peek(0x80, 8)[1], 1U);
        EXPECT_EQ(peek(0x01, 2)[0] & 0xffffU, 0x494dU) << "any byte may be asked";
        EXPECT_EQ(peek(weights + 28, 4)[0], 0x0000fffbU);
        peek(output_bank, 12);
        EXPECT_EQ(b.backend.outputs.size(), 1U) << "a debug read took the output";
        EXPECT_EQ(b.backend.n_changes, 0);
        EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::SC_ZERO_TIME);
    });
}

TEST(RegisterFile, DebugWritesOnlyWhatIsJustStored)
{
    RegisterBench b;
    b.run([&] {
        const auto poke = [&](std::uint64_t address, std::uint32_t word, unsigned int length = 4) {
            Words w{word, word};
            RegisterBench::Access a(tlm::TLM_WRITE_COMMAND, address, w);
            a.trans.set_data_length(length);
            return b.cpu.isock->transport_dbg(a.trans);
        };
        for (const std::uint64_t address : {0x0cULL, 0x14ULL, 0x18ULL, 0x24ULL, 0x28ULL, 0x2cULL,
                                            0x2000ULL, 0x4000ULL, 0x01000000ULL, 0x30ULL}) {
            EXPECT_EQ(poke(address, 1), 0U) << address;
        }
        EXPECT_EQ(b.backend.n_changes, 0);
        EXPECT_EQ(poke(input_bank + 5, 0xabU, 1), 1U);
        EXPECT_EQ(poke(input_bank + 4, 0, 8), 4U) << "up to the end of the bank";
        EXPECT_EQ(poke(offset(Region::affine) + 32, 0x00200010U), 4U);
        EXPECT_EQ(b.backend.affine[1].s_p, 0x10);
        EXPECT_EQ(poke(offset(Region::test_currents) + 8, 0xffffffffU), 4U);
        EXPECT_EQ(b.backend.test_currents[2], -1);
        EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::SC_ZERO_TIME);
    });
}

TEST(RegisterFile, GrantsDirectMemoryForTheVectorBanksOnly)
{
    RegisterBench b(2);
    b.run([&] {
        const auto ask = [&](tlm::tlm_command command, std::uint64_t address, tlm::tlm_dmi& dmi) {
            Words w(1);
            RegisterBench::Access a(command, address, w);
            return b.cpu.isock->get_direct_mem_ptr(a.trans, dmi);
        };
        tlm::tlm_dmi in;
        ASSERT_TRUE(ask(tlm::TLM_WRITE_COMMAND, input_bank + 5, in));
        EXPECT_TRUE(in.is_read_write_allowed());
        EXPECT_EQ(in.get_start_address(), input_bank);
        EXPECT_EQ(in.get_end_address(), input_bank + 7);
        EXPECT_EQ(in.get_read_latency(), sc_time(500, sc_core::SC_PS)) << "2 ns per 4 bytes";
        EXPECT_EQ(in.get_write_latency(), sc_time(500, sc_core::SC_PS));

        tlm::tlm_dmi out;
        ASSERT_TRUE(ask(tlm::TLM_READ_COMMAND, output_bank, out));
        EXPECT_TRUE(out.is_read_allowed());
        EXPECT_FALSE(out.is_write_allowed());
        EXPECT_EQ(out.get_start_address(), output_bank);
        EXPECT_EQ(out.get_end_address(), output_bank + 11);
        tlm::tlm_dmi refused;
        EXPECT_FALSE(ask(tlm::TLM_WRITE_COMMAND, output_bank, refused));
        EXPECT_EQ(refused.get_granted_access(), tlm::tlm_dmi::DMI_ACCESS_WRITE);
        for (const std::uint64_t address :
             {0x00ULL, 0x10ULL, 0x6000ULL, 0x10000ULL, 0x01000000ULL, 0x30ULL}) {
            tlm::tlm_dmi none;
            EXPECT_FALSE(ask(tlm::TLM_READ_COMMAND, address, none)) << address;
            EXPECT_FALSE(ask(tlm::TLM_WRITE_COMMAND, address, none)) << address;
        }

        // The pointers are the banks, and they outlive a reset.
        const Words x{0x04030201U, 0x00000005U};
        b.set(Register::control, put(fields::control_soft_reset, 1));
        std::memcpy(in.get_dmi_ptr(), x.data(), 8);
        b.set(Register::control, put(fields::control_enable, 1));
        b.set(Register::input_doorbell, 1);
        ASSERT_EQ(b.backend.inputs.size(), 1U);
        EXPECT_EQ(b.backend.inputs[0], (std::vector<std::int8_t>{1, 2, 3, 4, 5}));
        b.backend.outputs.push_back({{7, -8, 9}, {0, 0, 0}});
        b.set(Register::output_doorbell, 1);
        std::int32_t y[3];
        std::memcpy(y, out.get_dmi_ptr(), sizeof y);
        EXPECT_EQ(y[0], 7);
        EXPECT_EQ(y[1], -8);
        EXPECT_EQ(y[2], 9);
    });
}

TEST(RegisterFile, HintsAtDirectMemoryWhereItWouldGrantIt)
{
    RegisterBench b;
    b.run([&] {
        Words w(1);
        EXPECT_TRUE(b.write(input_bank, {0}).dmi_hint);
        EXPECT_TRUE(b.read(output_bank, w).dmi_hint);
        EXPECT_FALSE(b.read(weights, w).dmi_hint);
        EXPECT_FALSE(b.read(0x00, w).dmi_hint);
    });
}

}  // namespace
}  // namespace aimc::tile
