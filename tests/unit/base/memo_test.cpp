// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/memo.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace aimc {
namespace {

class Memos : public ::testing::Test {
protected:
    /// A result of `bytes` that says what was made.
    int get(const std::string& key, int value, std::size_t bytes = 10)
    {
        const auto make = [&] {
            ++made_;
            return value;
        };
        return *memo_.get<int>(key, make, [&](int) { return bytes; });
    }
    Memo memo_{100};
    std::atomic<int> made_{0};
};

TEST_F(Memos, AResultIsMadeOnce)
{
    EXPECT_EQ(get("a", 1), 1);
    EXPECT_EQ(get("a", 2), 1);
    EXPECT_EQ(get("b", 3), 3);
    EXPECT_EQ(made_, 2);
}

TEST_F(Memos, OneKeyMayStandForSeveralTypes)
{
    EXPECT_EQ(get("a", 1), 1);
    const auto size = [](double) { return sizeof(double); };
    EXPECT_EQ(*memo_.get<double>(
                  "a", [] { return 2.5; }, size),
              2.5);
}

TEST_F(Memos, WhatWasNotAskedForLongestGoes)
{
    get("a", 1, 40);
    get("b", 2, 40);
    EXPECT_EQ(memo_.bytes(), 80U);
    get("a", 0);
    get("c", 3, 40);  // over 100: b goes
    EXPECT_EQ(memo_.bytes(), 80U);
    EXPECT_EQ(get("a", 9, 40), 1);
    EXPECT_EQ(get("b", 9, 40), 9);
}

TEST_F(Memos, WhatHasNoRoomIsNotKept)
{
    EXPECT_EQ(get("large", 1, 101), 1);
    EXPECT_EQ(memo_.bytes(), 0U);
    EXPECT_EQ(get("large", 2, 101), 2);
}

TEST_F(Memos, WhatIsHeldStaysAlive)
{
    const auto held = memo_.get<std::vector<int>>(
        "v",
        [] {
            return std::vector<int>{1, 2, 3};
        },
        [](const auto&) { return 50U; });
    get("a", 1, 90);
    EXPECT_EQ(*held, (std::vector<int>{1, 2, 3}));
}

TEST_F(Memos, AFailureIsNotKept)
{
    const auto fail = []() -> int { throw std::runtime_error("no"); };
    const auto size = [](int) { return 1U; };
    EXPECT_THROW(memo_.get<int>("a", fail, size), std::runtime_error);
    EXPECT_EQ(get("a", 5), 5);
}

TEST_F(Memos, WhoNeedsTheSameWaitsForIt)
{
    std::vector<std::thread> threads;
    std::atomic<int> sum{0};
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
            for (int k = 0; k < 200; ++k) {
                const auto slow = [&] {
                    ++made_;
                    std::this_thread::sleep_for(std::chrono::microseconds(50));
                    return k;
                };
                // small enough that all stay
                sum += *memo_.get<int>(std::to_string(k), slow, [](int) { return 0U; });
            }
        });
    }
    for (auto& thread : threads) { thread.join(); }
    EXPECT_EQ(made_, 200);
    EXPECT_EQ(sum, 8 * 199 * 100);
}

TEST_F(Memos, OneResultMayBeMadeOfAnother)
{
    const auto size = [](int) { return 1U; };
    const auto make = [&] { return get("inner", 4) + 1; };
    EXPECT_EQ(*memo_.get<int>("outer", make, size), 5);
}

}  // namespace
}  // namespace aimc
