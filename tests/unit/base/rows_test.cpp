// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/rows.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace aimc {
namespace {

/// Row k holds 10 k, 10 k + 1, ...
Rows<std::int16_t> counted(std::size_t rows, std::size_t cols)
{
    return {rows, cols, [cols](std::size_t first, std::size_t n, std::int16_t* out) {
                for (std::size_t i = 0; i < n * cols; ++i) {
                    out[i] = static_cast<std::int16_t>(10 * (first + i / cols) + i % cols);
                }
            }};
}

TEST(Rows, OfAMatrixPointIntoIt)
{
    Matrix<std::int16_t> values(3, 2);
    values.row(2)[1] = 7;
    const Rows<std::int16_t> rows = values;
    const Rows<std::int16_t> copy = rows;
    std::vector<std::int16_t> buffer;
    EXPECT_EQ(rows.block(2, 1, buffer)[1], 7);
    EXPECT_EQ(copy.row(2), rows.row(2)) << "copies share what is held";
    EXPECT_TRUE(buffer.empty());
    EXPECT_EQ(*rows.whole(), values);
}

TEST(Rows, AreMadeWhenAskedForWithoutNewMemory)
{
    const auto rows = counted(1000000000, 3);
    std::vector<std::int16_t> buffer;
    EXPECT_EQ(rows.block(4, 2, buffer)[5], 52);
    const auto* const place = buffer.data();
    EXPECT_EQ(rows.block(7, 2, buffer), place);
    EXPECT_EQ(buffer[0], 70);
    EXPECT_EQ(rows.block(8, 1, buffer), place) << "fewer rows fit, too";
    EXPECT_EQ(buffer[2], 82);
    EXPECT_THROW(rows.row(0), std::logic_error);
}

TEST(Rows, CanAllBeHeld)
{
    const auto all = counted(4, 3).whole();
    EXPECT_EQ(all->rows(), 4U);
    EXPECT_EQ(all->row(3)[2], 32);
}

TEST(Rows, OfNothingAreEmpty)
{
    const Rows<std::int8_t> none;
    EXPECT_TRUE(none.empty());
    EXPECT_TRUE(none.whole()->empty());
}

}  // namespace
}  // namespace aimc
