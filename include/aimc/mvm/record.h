// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace aimc::mvm {

/// The five edges of one MVM and the start of its post-processing, in cycles. Cycle 0 is in_0.
struct MvmTimes {
    std::uint64_t in = 0;      ///< input buffer takes x
    std::uint64_t start = 0;   ///< S: the read starts
    std::uint64_t counts = 0;  ///< C: counts valid
    std::uint64_t post = 0;    ///< H: the post unit takes them
    std::uint64_t done = 0;    ///< Y: y valid
    std::uint64_t out = 0;     ///< O: handed over
    friend bool operator==(const MvmTimes& a, const MvmTimes& b)
    {
        return a.in == b.in && a.start == b.start && a.counts == b.counts && a.post == b.post &&
               a.done == b.done && a.out == b.out;
    }
};

/// The integers of one MVM.
struct MvmValues {
    std::vector<std::int8_t> x;            ///< [rows]
    std::vector<std::int32_t> c_p;         ///< [cols]
    std::vector<std::int32_t> c_n;         ///< [cols]
    std::vector<std::int32_t> y;           ///< [cols]
    std::vector<std::int32_t> partial;     ///< [cols]
    std::vector<std::int16_t> residual{};  ///< [cols] words that came with x; empty: none
    const std::int16_t* residual_words() const
    {
        return residual.empty() ? nullptr : residual.data();
    }
    friend bool operator==(const MvmValues& a, const MvmValues& b)
    {
        return a.x == b.x && a.c_p == b.c_p && a.c_n == b.c_n && a.y == b.y &&
               a.partial == b.partial && a.residual == b.residual;
    }
};

/// One MVM as both engines report it: which, when, what.
struct MvmRecord {
    std::uint64_t mvm = 0;
    MvmTimes times;
    MvmValues values;
};

}  // namespace aimc::mvm
