// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/matrix.h"

#include "aimc/base/grid.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace aimc {
namespace {

TEST(Matrix, IsRowMajor)
{
    Matrix<int> m(2, 3);
    int next = 0;
    for (std::size_t r = 0; r < 2; ++r) {
        for (std::size_t c = 0; c < 3; ++c) { m(WordLine{r}, BitLine{c}) = next++; }
    }
    EXPECT_EQ(m.data(), (std::vector<int>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(m.row(1)[2], 5);
    EXPECT_EQ(m.rows(), 2U);
    EXPECT_EQ(m.cols(), 3U);
}

TEST(Matrix, StartsWithItsValueOrEmpty)
{
    EXPECT_TRUE(Matrix<int>().empty());
    EXPECT_EQ(Matrix<int>(1, 2, 7).data(), (std::vector<int>{7, 7}));
    EXPECT_EQ(Matrix<int>(1, 2).data(), (std::vector<int>{0, 0}));
}

TEST(Matrix, IsEqualOnlyWithTheSameShape)
{
    EXPECT_TRUE(Matrix<int>(2, 3) == Matrix<int>(2, 3));
    EXPECT_FALSE(Matrix<int>(2, 3) == Matrix<int>(3, 2));
    EXPECT_FALSE(Matrix<int>(1, 1, 0) == Matrix<int>(1, 1, 1));
}

TEST(Matrix, DoesNotTakeRowForColumn)
{
    static_assert(std::is_invocable_v<Matrix<int>&, WordLine, BitLine>);
    static_assert(!std::is_invocable_v<Matrix<int>&, BitLine, WordLine>);
    static_assert(!std::is_invocable_v<Matrix<int>&, WordLine, WordLine>);
    static_assert(!std::is_invocable_v<Matrix<int>&, int, int>);
    static_assert(!std::is_convertible_v<std::size_t, WordLine>);
    static_assert(!std::is_convertible_v<WordLine, std::size_t>);
}

template <class A, class B, class = void>
struct Comparable : std::false_type {
};
template <class A, class B>
struct Comparable<A, B, std::void_t<decltype(std::declval<A>() == std::declval<B>())>>
    : std::true_type {
};

TEST(GridValue, KeepsItsKindsApart)
{
    static_assert(Comparable<ChargeLsb, ChargeLsb>::value);
    static_assert(!Comparable<ChargeLsb, CurrentLsb>::value);
    static_assert(!Comparable<AdcCount, CurrentLsb>::value);
    static_assert(!std::is_constructible_v<ChargeLsb, CurrentLsb>);
    static_assert(!std::is_convertible_v<int, AdcCount>);
    static_assert(ConductanceLsb{1} < ConductanceLsb{2} && ConductanceLsb{1} != ConductanceLsb{2});
    static_assert(sizeof(ConductanceLsb) == 2, "a grid of cells must stay small");
}

}  // namespace
}  // namespace aimc
