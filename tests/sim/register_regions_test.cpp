// SPDX-License-Identifier: Apache-2.0
// How affine words and weights are packed into the words of their regions.
#include "support/register_bench.h"

#include <gtest/gtest.h>

namespace aimc::tile {
namespace {

using test::RegisterBench;
using Words = std::vector<std::uint32_t>;

TEST(RegisterRegions, PacksAffineWordsOfBothPostUnits)
{
    RegisterBench b;
    b.run([&] {
        const Words column{0xffff0080U, 0x8000fff0U, 1,           2,
                           0x3c00bc00U, 0x00017bffU, 0xabcd8001U, 3};
        EXPECT_EQ(b.write(offset(Region::affine) + 32, column).status, tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(b.backend.affine[1], (nmpu::AffineWords{0x80, 0xffff, -16, -32768}));
        const ldpu::AffineWords16& w = b.backend.affine16[1];
        EXPECT_EQ(w.scale_p.bits, 0xbc00);
        EXPECT_EQ(w.scale_n.bits, 0x3c00);
        EXPECT_EQ(w.offset.bits, 0x7bff);
        EXPECT_EQ(w.gamma.bits, 0x0001);
        EXPECT_EQ(w.beta.bits, 0x8001);
        Words back(8);
        b.read(offset(Region::affine) + 32, back);
        EXPECT_EQ(back,
                  (Words{0xffff0080U, 0x8000fff0U, 0, 0, 0x3c00bc00U, 0x00017bffU, 0x8001U, 0}));
        EXPECT_EQ(b.backend.affine[0], nmpu::AffineWords{}) << "the neighbour is untouched";
        EXPECT_EQ(b.backend.affine[2], nmpu::AffineWords{});
    });
}

TEST(RegisterRegions, ProgramsABurstOfWeightsAtOnce)
{
    RegisterBench b;
    b.run([&] {
        Words w(8);
        for (std::uint32_t i = 0; i < 8; ++i) { w[i] = (2 * i + 1) << 16 | 2 * i; }
        w[7] |= 0x77770000U;  // beside the last cell: 15 codes in 8 words
        EXPECT_EQ(b.write(offset(Region::weights), w).status, tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(b.backend.n_programming_calls, 1);
        for (std::int16_t i = 0; i < 15; ++i) {
            EXPECT_EQ(b.backend.weights[static_cast<std::size_t>(i)], i);
        }
        b.write(offset(Region::weights) + 4, {0xfffe0003U});
        EXPECT_EQ(b.backend.weights[1], 1);
        EXPECT_EQ(b.backend.weights[2], 3);
        EXPECT_EQ(b.backend.weights[3], -2);
        EXPECT_EQ(b.backend.weights[4], 4);
        Words back(2);
        b.read(offset(Region::weights) + 24, back);
        EXPECT_EQ(back, (Words{0x000d000cU, 0x0000000eU}));
    });
}

TEST(RegisterRegions, RefuseWhatTheFormatsDoNotHold)
{
    RegisterBench b;
    b.run([&] {
        b.backend.widest_scale = 255;
        b.backend.full_scale = 100;
        const int before = b.backend.n_changes;
        EXPECT_EQ(b.write(offset(Region::affine), {256}).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_EQ(b.write(offset(Region::affine), {255, 0, 0, 0, 0xffff}).status,
                  tlm::TLM_OK_RESPONSE)
            << "binary16 words are all there";
        EXPECT_EQ(b.write(offset(Region::weights), {0x00640065}).status,
                  tlm::TLM_GENERIC_ERROR_RESPONSE)
            << "101 is beyond the full scale";
        EXPECT_EQ(b.write(offset(Region::weights), {0xff9b0000}).status,
                  tlm::TLM_GENERIC_ERROR_RESPONSE)
            << "-101, too";
        EXPECT_EQ(b.backend.n_programming_calls, 0);
        EXPECT_EQ(b.write(offset(Region::weights), {0xff9c0064}).status, tlm::TLM_OK_RESPONSE);
        EXPECT_GT(b.backend.n_changes, before);
    });
}

}  // namespace
}  // namespace aimc::tile
