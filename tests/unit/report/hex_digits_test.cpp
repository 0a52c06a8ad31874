// SPDX-License-Identifier: Apache-2.0
#include "report/hex_digits.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <random>

namespace aimc::report {
namespace {

/// The lowest digits of two's complement, by the C library.
template <class T>
std::string spelled(const std::vector<T>& values, int bits)
{
    std::string text;
    for (const T value : values) {
        char digits[9];
        std::snprintf(digits, sizeof digits, "%08x", static_cast<std::uint32_t>(value));
        text += std::string(digits).substr(8 - static_cast<std::size_t>((bits + 3) / 4));
    }
    return text;
}

template <class T>
void spells_every_width(SimdLevel level)
{
    HexDigits hex(level);
    std::mt19937 engine(7);
    for (int bits = 1; bits <= 32; ++bits) {
        for (const std::size_t n : {0U, 1U, 3U, 16U, 257U}) {
            std::vector<T> values(n);
            for (T& value : values) { value = static_cast<T>(engine()); }
            std::string text = "before ";
            hex.append(text, values, bits);
            ASSERT_EQ(text, "before " + spelled(values, bits)) << bits << " bits, " << n;
        }
    }
}

TEST(HexDigits, AreThoseOfTheCLibraryAtEveryWidthAndSimdLevel)
{
    for (const SimdLevel level : simd_levels()) {
        SCOPED_TRACE(to_string(level));
        spells_every_width<std::int8_t>(level);
        spells_every_width<std::int16_t>(level);
        spells_every_width<std::int32_t>(level);
    }
}

TEST(HexDigits, SpellEveryTwelveBitCount)
{
    std::vector<std::int32_t> counts(4096);
    for (std::size_t i = 0; i < counts.size(); ++i) { counts[i] = static_cast<std::int32_t>(i); }
    std::string text;
    HexDigits().append(text, counts, 12);
    EXPECT_EQ(text, spelled(counts, 12));
}

}  // namespace
}  // namespace aimc::report
