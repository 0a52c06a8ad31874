// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/register_map.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>

namespace aimc::tile {
namespace {

TEST(RegisterMap, HasUniqueAlignedRegistersInAscendingOrder)
{
    const RegisterMap map(256, 256);
    std::set<std::string> names;
    std::uint32_t next = 0;
    for (const RegisterInfo& r : map.registers()) {
        EXPECT_EQ(r.offset % 4, 0U) << r.name;
        EXPECT_GE(r.offset, next) << r.name;
        EXPECT_TRUE(names.insert(r.name).second) << r.name;
        EXPECT_EQ(map.find_register(r.offset), &r);
        EXPECT_EQ(map.find_register(r.offset + 1), nullptr);
        next = r.offset + 4;
    }
    EXPECT_EQ(map.registers().size(), 12 + 2 * n_counters);
}

TEST(RegisterMap, HasFieldsThatDoNotOverlap)
{
    const RegisterMap map(256, 256);
    const auto check = [](const std::string& name, const std::vector<Field>& fields) {
        std::uint32_t seen = 0;
        for (const Field& f : fields) {
            EXPECT_TRUE(f.bits >= 1 && f.low >= 0 && f.low + f.bits <= 32) << name << f.name;
            EXPECT_EQ(seen & mask(f), 0U) << name << "." << f.name;
            seen |= mask(f);
        }
    };
    for (const RegisterInfo& r : map.registers()) { check(r.name, r.fields); }
    for (const RegionInfo& r : map.regions()) {
        for (const RegionWord& w : r.words) {
            EXPECT_LT(w.offset, r.stride);
            check(w.name, w.fields);
        }
    }
}

TEST(RegisterMap, KeepsRegionsApartAtEverySize)
{
    for (const std::size_t n : {std::size_t{1}, std::size_t{255}, RegisterMap::max_lines}) {
        const RegisterMap map(n, n);
        std::uint32_t end = map.registers().back().offset + 4;
        for (const RegionInfo& r : map.regions()) {
            EXPECT_GE(r.begin(), end) << r.name;
            EXPECT_EQ(r.size % 4, 0U) << r.name;
            EXPECT_EQ(map.find_region(r.begin()), &r);
            EXPECT_EQ(map.find_region(r.end() - 1), &r);
            EXPECT_EQ(map.find_region(r.end()), nullptr);
            end = r.end();
        }
    }
}

TEST(RegisterMap, SizesRegionsByTheArray)
{
    const RegisterMap map(5, 3);
    EXPECT_EQ(map.find_region(offset(Region::input_bank))->size, 8U);  // 5 bytes, whole words
    EXPECT_EQ(map.find_region(offset(Region::output_bank))->size, 12U);
    EXPECT_EQ(map.find_region(offset(Region::affine))->size, 96U);
    EXPECT_EQ(map.find_region(offset(Region::weights))->size, 32U);  // 15 codes, whole words
    EXPECT_EQ(map.find_register(offset(Register::geometry))->reset, 0x00030005U);
}

TEST(RegisterMap, RefusesSizesItHasNoSpaceFor)
{
    EXPECT_THROW(RegisterMap(0, 1), std::invalid_argument);
    EXPECT_THROW(RegisterMap(1, 0), std::invalid_argument);
    EXPECT_THROW(RegisterMap(1025, 1), std::invalid_argument);
    EXPECT_THROW(RegisterMap(1, 1025), std::invalid_argument);
}

TEST(RegisterMap, KnowsHowFarABurstMayGo)
{
    const RegisterMap map(5, 3);
    EXPECT_EQ(map.bytes_from(0x00), 0x30U);
    EXPECT_EQ(map.bytes_from(0x2c), 4U);
    EXPECT_EQ(map.bytes_from(0x2e), 2U);
    EXPECT_EQ(map.bytes_from(0x30), 0U);
    EXPECT_EQ(map.bytes_from(0x80), 8 * n_counters);
    EXPECT_EQ(map.bytes_from(offset(Region::input_bank) + 4), 4U);
    EXPECT_EQ(map.bytes_from(offset(Region::input_bank) + 8), 0U);
    EXPECT_EQ(map.bytes_from(0x1'0000'0000ULL), 0U) << "the address was cut to 32 bits";
}

TEST(RegisterMap, PutsAndGetsFields)
{
    EXPECT_EQ(put(fields::mode_scale_exponent, 4), 0x40U);
    EXPECT_EQ(get(fields::mode_scale_exponent, 0x1ffU), 7U);
    EXPECT_EQ(mask(Field{"all", 0, 32, ""}), 0xffffffffU);
}

TEST(RegisterMap, NamesEveryRegisterAndRegionInMarkdown)
{
    const std::string text = register_map_markdown(256, 256);
    for (const char* part :
         {"| 0x00000000 | ID | RO | 0x41494d43 |", "| 0x0000001c | MODE | RW | as configured |",
          "| 0x00000018 | IRQ_STATUS | W1C |", "| 0x000000cc | OVER_RANGE_HI | RO |",
          "| 0x01000000 | 0x00020000 | WEIGHTS | RW |", "| CONTROL | 1 | soft_reset |",
          "| AFFINE.NMPU_OFFSET (+4) | 31:16 | o_n |"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part;
    }
}

TEST(RegisterMap, GivesACHeaderThatAStrictCompilerTakes)
{
    const std::string base = testing::TempDir() + "aimc_registers_test";
    std::ofstream(base + ".h") << register_map_c_header(256, 128);
    std::ofstream(base + ".c")
        << "#include \"" << base << ".h\"\n#include \"" << base << ".h\"\n"
        << "#define CHECK(name, is_true) typedef char name[(is_true) ? 1 : -1]\n"
           "CHECK(id, AIMC_ID_OFFSET == 0u && AIMC_ID_RESET == 0x41494d43u);\n"
           "CHECK(geometry, AIMC_GEOMETRY_RESET == (AIMC_COLS << 16 | AIMC_ROWS));\n"
           "CHECK(control, AIMC_CONTROL_OUTPUT_TO_BANK_MASK == 4u);\n"
           "CHECK(mode, AIMC_MODE_SCALE_EXPONENT_LSB == 4u);\n"
           "CHECK(port, AIMC_MODE_RESIDUAL_PORT_MASK == 0x800u);\n"
           "CHECK(version, AIMC_VERSION_RESET == 0x00010002u);\n"
           "CHECK(counter, AIMC_OVER_RANGE_HI_OFFSET == 0xccu);\n"
           "CHECK(weights, AIMC_WEIGHTS_SIZE == 2u * AIMC_ROWS * AIMC_COLS);\n"
           "CHECK(affine, AIMC_AFFINE_LDPU_OFFSET_GAMMA_MASK == 0xffff0000u);\n";
    const std::string command =
        "cc -std=c99 -Wall -Werror -pedantic -fsyntax-only '" + base + ".c'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::remove((base + ".h").c_str());
    std::remove((base + ".c").c_str());
}

}  // namespace
}  // namespace aimc::tile
