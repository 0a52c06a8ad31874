// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/quantity.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

namespace aimc {
namespace {

template <class A, class B, class = void>
struct CanAdd : std::false_type {
};
template <class A, class B>
struct CanAdd<A, B, std::void_t<decltype(std::declval<A>() + std::declval<B>())>> : std::true_type {
};
template <class A, class B, class = void>
struct CanMultiply : std::false_type {
};
template <class A, class B>
struct CanMultiply<A, B, std::void_t<decltype(std::declval<A>() * std::declval<B>())>>
    : std::true_type {
};
template <class A, class B, class = void>
struct CanCompare : std::false_type {
};
template <class A, class B>
struct CanCompare<A, B, std::void_t<decltype(std::declval<A>() < std::declval<B>())>>
    : std::true_type {
};

TEST(Quantity, VoltTimesSiemensIsAmpere)
{
    static_assert(std::is_same_v<decltype(0.2_V * 25.0_uS), Ampere>);
    EXPECT_DOUBLE_EQ((0.2_V * 25.0_uS).si(), 5e-6);
    EXPECT_TRUE(0.2_V * 25.0_uS < 5.001_uA);
}

TEST(Quantity, LiteralsAreSi)
{
    EXPECT_EQ((3.0_s).si(), 3.0);
    EXPECT_EQ((128.0_ns).si(), 128e-9);
    EXPECT_EQ((0.2_V).si(), 0.2);
    EXPECT_EQ((20.7_uS).si(), 20.7e-6);
    EXPECT_EQ((4.0_nS).si(), 4e-9);
    EXPECT_EQ((94.0_uA).si(), 94e-6);
}

TEST(Quantity, AddsSubtractsScalesAndDividesWithinOneKind)
{
    EXPECT_EQ((3.0_s + 1.0_s).si(), 4.0);
    EXPECT_EQ((3.0_s - 1.0_s).si(), 2.0);
    EXPECT_EQ((2.0 * 3.0_s).si(), 6.0);
    EXPECT_EQ(3.0_s / 2.0_s, 1.5);
    static_assert(std::is_same_v<decltype(3.0_s / 2.0_s), double>);
    EXPECT_TRUE(3.0_s > 2.0_s);
    EXPECT_TRUE(3.0_s == 3.0_s);
    EXPECT_EQ(Second{}.si(), 0.0);
}

TEST(Quantity, DoesNotCompileWithTheWrongUnit)
{
    static_assert(CanAdd<Volt, Volt>::value);
    static_assert(!CanAdd<Volt, Siemens>::value);
    static_assert(!CanAdd<Second, double>::value);
    static_assert(CanMultiply<Volt, Siemens>::value);
    static_assert(!CanMultiply<Siemens, Volt>::value, "arguments swapped");
    static_assert(!CanMultiply<Volt, Volt>::value);
    static_assert(!CanCompare<Volt, Siemens>::value);
    static_assert(!CanCompare<Volt, double>::value);
    static_assert(!std::is_convertible_v<double, Volt>, "the unit is missing");
    static_assert(!std::is_convertible_v<Volt, double>);
    static_assert(!std::is_constructible_v<Siemens, Ampere>);
}

}  // namespace
}  // namespace aimc
