// SPDX-License-Identifier: Apache-2.0
// The register file as a loosely-timed TLM target: responses and time.
#include "aimc/tile/register_file.h"

#include "support/register_bench.h"

#include <gtest/gtest.h>

namespace aimc::tile {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using test::RegisterBench;
using Words = std::vector<std::uint32_t>;

constexpr std::uint64_t input_bank = offset(Region::input_bank);
constexpr std::uint64_t output_bank = offset(Region::output_bank);
constexpr std::uint64_t weights = offset(Region::weights);

sc_time ns(int n) { return {static_cast<double>(n), SC_NS}; }

TEST(RegisterFile, AnswersWhoItIs)
{
    RegisterBench b;
    b.run([&] {
        EXPECT_EQ(b.get(Register::id), 0x41494d43U);
        EXPECT_EQ(b.get(Register::version), version_value);
        EXPECT_EQ(b.get(Register::geometry), 0x00030005U);
    });
}

TEST(RegisterFile, AnswersAddressErrorsWhereNothingIs)
{
    RegisterBench b;
    b.run([&] {
        Words w(1);
        for (const std::uint64_t address : {0x30ULL, 0x7cULL, 0xd0ULL, 0x1008ULL, 0x200cULL,
                                            0x01000020ULL, 0x1'0000'0000ULL, 0x02ULL, 0x1001ULL}) {
            EXPECT_EQ(b.read(address, w).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
            EXPECT_EQ(b.write(address, w).status, tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
        }
    });
}

TEST(RegisterFile, AnswersBurstErrors)
{
    RegisterBench b;
    b.run([&] {
        Words w(3);
        for (const unsigned int length : {0U, 1U, 2U, 3U, 5U, 12U}) {  // the bank has 8 bytes
            RegisterBench::Access a(tlm::TLM_WRITE_COMMAND, input_bank, w);
            a.trans.set_data_length(length);
            a.trans.set_streaming_width(length);
            EXPECT_EQ(b.send(a).status, tlm::TLM_BURST_ERROR_RESPONSE) << length;
        }
        for (const unsigned int width : {0U, 4U}) {
            RegisterBench::Access a(tlm::TLM_READ_COMMAND, output_bank, w);
            a.trans.set_streaming_width(width);
            EXPECT_EQ(b.send(a).status, tlm::TLM_BURST_ERROR_RESPONSE) << width;
        }
        RegisterBench::Access wide(tlm::TLM_READ_COMMAND, output_bank, w);
        wide.trans.set_streaming_width(100);
        EXPECT_EQ(b.send(wide).status, tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(b.read(0x28, w).status, tlm::TLM_BURST_ERROR_RESPONSE) << "into the gap";
    });
}

TEST(RegisterFile, AnswersByteEnableErrors)
{
    RegisterBench b;
    b.run([&] {
        Words w(1);
        unsigned char enables[4] = {0xff, 0xff, 0xff, 0xff};
        RegisterBench::Access a(tlm::TLM_WRITE_COMMAND, input_bank, w);
        a.trans.set_byte_enable_ptr(enables);
        a.trans.set_byte_enable_length(4);
        EXPECT_EQ(b.send(a).status, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    });
}

TEST(RegisterFile, AnswersCommandErrors)
{
    RegisterBench b;
    b.run([&] {
        Words w(1);
        RegisterBench::Access ignored(tlm::TLM_IGNORE_COMMAND, input_bank, w);
        EXPECT_EQ(b.send(ignored).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
        for (const std::uint64_t address : {0x00ULL, 0x10ULL, 0x80ULL, 0x2000ULL, 0x4000ULL}) {
            EXPECT_EQ(b.write(address, w).status, tlm::TLM_COMMAND_ERROR_RESPONSE) << address;
        }
        EXPECT_EQ(b.read(0x28, w).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
        EXPECT_EQ(b.read(0x2c, w).status, tlm::TLM_COMMAND_ERROR_RESPONSE);
    });
}

TEST(RegisterFile, RefusesValuesThatDoNotExist)
{
    RegisterBench b;
    b.run([&] {
        EXPECT_EQ(b.write(0x1c, {put(fields::mode_activation, 3)}).status,
                  tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_EQ(b.write(0x1c, {put(fields::mode_scale_exponent, 5)}).status,
                  tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_EQ(b.write(0x24, {0}).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
    });
}

TEST(RegisterFile, DoesNothingOfABurstThatItRefuses)
{
    RegisterBench b;
    b.run([&] {
        const auto r = b.write(0x0c, {1, 0}, ns(5));  // CONTROL, then STATUS, which is read-only
        EXPECT_EQ(r.status, tlm::TLM_COMMAND_ERROR_RESPONSE);
        EXPECT_EQ(r.delay, ns(5)) << "a refused access takes no time";
        EXPECT_EQ(b.write(0x1c, {0x100, 1, 0}).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_EQ(b.get(Register::control), 0U);
        EXPECT_EQ(b.backend.n_changes, 0);
        EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::SC_ZERO_TIME);
    });
}

TEST(RegisterFile, AddsOneAccessPerWordToTheDelay)
{
    RegisterBench b(3);  // cycles per word
    b.run([&] {
        Words one(1);
        Words six(6);
        EXPECT_EQ(b.read(0x00, one).delay, ns(3));
        EXPECT_EQ(b.read(weights, six, ns(10)).delay, ns(10 + 18));
        EXPECT_EQ(sc_core::sc_time_stamp(), ns(0)) << "a read of a stable word must not wait";
    });
}

TEST(RegisterFile, WaitsForVolatileReads)
{
    RegisterBench b;
    b.run([&] {
        for (const std::uint64_t address : {0x10ULL, 0x18ULL, 0x80ULL, 0x2000ULL, 0x4000ULL}) {
            const sc_time before = sc_core::sc_time_stamp();
            Words w(1);
            EXPECT_EQ(b.read(address, w, ns(7)).delay, ns(1)) << address;
            EXPECT_EQ(sc_core::sc_time_stamp(), before + ns(7)) << address;
        }
    });
}

TEST(RegisterFile, SeesAVolatileValueAtNowPlusDelay)
{
    RegisterBench b;
    b.run([&] {
        b.later(ns(5), [&] { b.backend.is_busy = true; });
        Words w(1);
        b.read(0x10, w, ns(4));
        EXPECT_EQ(get(fields::status_busy, w[0]), 0U) << "one cycle early";
        b.read(0x10, w, ns(2));
        EXPECT_EQ(get(fields::status_busy, w[0]), 1U) << "one cycle late";
    });
}

TEST(RegisterFile, WritesTakeEffectAtNowPlusDelay)
{
    RegisterBench b;
    b.run([&] {
        b.later(ns(9), [&] { EXPECT_EQ(b.backend.full_scale, 127) << "before its time"; });
        EXPECT_EQ(b.write(0x24, {100}, ns(10)).delay, ns(1));
        EXPECT_EQ(sc_core::sc_time_stamp(), ns(10));
        EXPECT_EQ(b.backend.full_scale, 100);
    });
}

}  // namespace
}  // namespace aimc::tile
