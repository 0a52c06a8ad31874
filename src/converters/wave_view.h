// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/crossbar/wave_driver.h"

#include "integrate_kernel.h"
#include "wave_curves.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

// The first hot loop of WaveAdc: where the currents of a block go, and which corners they pass
// when.
namespace aimc::converters::detail {

using crossbar::most_parts;
using crossbar::wave_cols;
using crossbar::wave_part;
using crossbar::WaveBlock;

/// Where the currents of a block go, walking through the wave: extremes of all columns, by part.
struct WaveView {
    std::array<std::int32_t, most_parts> most_so_far, least_so_far, least_from_here;
    std::size_t n_parts = 0;
};

/// For each corner that a block meets: parts [begin, end) are looked at step by step. Before them
/// no column is beyond the corner, after them all are.
struct CornerParts {
    std::vector<std::int32_t> begin, end;  ///< [corners], padded to whole words
    std::size_t n = 0;                     ///< corners that some column passes
};

/// One block of one read between driver and counters.
struct BlockView {
    WaveBlock wave;
    /// [parts + 1 x columns] sum of the current before each part (four-phase)
    alignas(64) std::array<std::int32_t, (most_parts + 1) * wave_cols> sum;
    CornerParts rising, falling;
    std::size_t at_once = 0;  ///< parts whose sums fit
};

struct BlockJob {
    BlockView* view;
    std::size_t block;
    const WaveCorners *rising, *falling;
    std::int32_t deadband;
    // results, each [16]
    double *sum_p, *sum_n;       ///< [2^-fraction counts]
    std::int32_t *least, *most;  ///< extreme currents, zero included
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"  // the only cast between vector types

/// A word from memory. (Not memcpy, which GCC 12 may take apart into two halves on the stack.)
template <class Word, class T>
AIMC_ALWAYS_INLINE void load(Word& word, const T* from)
{
    typedef Word Unaligned __attribute__((aligned(4), may_alias));
    word = *reinterpret_cast<const Unaligned*>(from);
}
template <class Word, class T>
AIMC_ALWAYS_INLINE void store(T* to, const Word& word)
{
    typedef Word Unaligned __attribute__((aligned(4), may_alias));
    *reinterpret_cast<Unaligned*>(to) = word;
}

/// Has a word loaded once although it is used twice: loads are what the view has most of.
template <class Word>
AIMC_ALWAYS_INLINE void keep(Word& word)
{
#if defined(__x86_64__) && !defined(__clang__)
    asm("" : "+x"(word));
#else
    static_cast<void>(word);
#endif
}

template <class Word>
AIMC_ALWAYS_INLINE void take_larger(Word& a, const Word& b)
{
    a = a > b ? a : b;
}
template <class Word>
AIMC_ALWAYS_INLINE void take_smaller(Word& a, const Word& b)
{
    a = a < b ? a : b;
}

/// Lane of (a, b) that lane i of their even or odd half comes from. A unit of 1 stays within 128
/// bits, which costs least; a unit of 4 crosses.
template <int lanes, int unit>
constexpr int half_lane(int i, int odd)
{
    if (unit == 1) { return (i % 4 >= 2 ? lanes : 0) + i / 4 * 4 + i % 2 * 2 + odd; }
    const int half = lanes / 8;  // words of 128 bits in half a register
    return (i / 4 >= half ? lanes : 0) + (i / 4 % half * 2 + odd) * 4 + i % 4;
}
template <int lanes, int unit, class Word, int... i>
AIMC_ALWAYS_INLINE void split(const Word& a, const Word& b, Word& even, Word& odd,
                              std::integer_sequence<int, i...>)
{
    even = __builtin_shufflevector(a, b, half_lane<lanes, unit>(i, 0)...);
    odd = __builtin_shufflevector(a, b, half_lane<lanes, unit>(i, 1)...);
}

/// The extreme of the lanes of each of some words: half as many at each step.
template <int lanes, bool largest, int n, int step, class Word>
AIMC_ALWAYS_INLINE void across(const Word* words, std::int32_t* out)
{
    if constexpr (step == lanes) {
        for (int k = 0; k < n; ++k) { store(out + k * lanes, words[k]); }
    } else {
        Word halves[n / 2];
        for (int k = 0; k < n / 2; ++k) {
            Word even, odd;
            split < lanes, step<4 ? 1 : 4>(words[2 * k], words[2 * k + 1], even, odd,
                                           std::make_integer_sequence<int, lanes>{});
            if (largest) {
                take_larger(even, odd);
            } else {
                take_smaller(even, odd);
            }
            halves[k] = even;
        }
        across<lanes, largest, n / 2, 2 * step>(halves, out);
    }
}

/// From the extremes of each part to those of all before, or behind. No part beyond the wave counts
/// for anything.
inline void look_along(std::size_t n_parts, bool one_phase, WaveView& view)
{
    constexpr std::int32_t end = std::numeric_limits<std::int32_t>::max();
    view.n_parts = n_parts;
    for (std::size_t k = n_parts; k < most_parts; ++k) {
        view.most_so_far[k] = end;
        view.least_from_here[k] = -end - 1;
    }
    view.least_so_far = view.least_from_here;
    for (std::size_t k = 1; k < n_parts; ++k) {
        view.most_so_far[k] = std::max(view.most_so_far[k], view.most_so_far[k - 1]);
        view.least_so_far[k] = std::min(view.least_so_far[k], view.least_so_far[k - 1]);
    }
    for (std::size_t k = n_parts; !one_phase && k-- > 1;) {
        view.least_from_here[k - 1] =
            std::min(view.least_from_here[k - 1], view.least_from_here[k]);
    }
}

/// The corners that a block meets, and when.
template <int lanes, bool rising, bool one_phase>
AIMC_ALWAYS_INLINE void find_corners(const WaveView& view, std::size_t n_rest,
                                     const WaveCorners& corners, std::size_t block,
                                     CornerParts& parts)
{
    using Word = typename Words<lanes>::Signed;
    const std::size_t last = view.n_parts - 1;
    const std::int32_t* nearest = corners.nearest.data() + block * corners.stride;
    const std::int32_t* farthest = corners.farthest.data() + block * corners.stride;
    parts.begin.resize(corners.stride);
    parts.end.resize(corners.stride);
    const auto is_passed = [&](std::size_t j) {
        return rising ? view.most_so_far[last] > nearest[j] : view.least_so_far[last] < nearest[j];
    };
    for (std::size_t j = 0; j < corners.stride && is_passed(j); j += lanes) {
        Word near, far;
        Word begin{};
        Word end = Word{} + static_cast<std::int32_t>(view.n_parts);
        load(near, nearest + j);
        load(far, farthest + j);
        for (std::size_t k = 0; k < most_parts; ++k) {  // a comparison gives 0 or -1
            if (rising) {
                begin -= (Word{} + view.most_so_far[k]) <= near;
            } else {
                begin -= (Word{} + view.least_so_far[k]) >= near;
            }
            if (!one_phase) { end += (Word{} + view.least_from_here[k]) >= far; }
        }
        if (!one_phase) {  // steps that are not of the wave are not beyond anything
            take_larger(end, Word{} + (n_rest > 0 ? 1 : 0));
        }
        store(parts.begin.data() + j, begin);
        store(parts.end.data() + j, end);
    }
    for (parts.n = 0; is_passed(parts.n);) { ++parts.n; }
}

/// Parts of which the sums beyond a corner fit the bits above those that count steps.
inline std::size_t parts_at_once(const WaveView& view, std::int32_t deadband)
{
    constexpr std::int64_t end = std::int64_t{1} << (32 - crossbar::step_bits);
    const std::int64_t most = view.most_so_far[view.n_parts - 1];
    const std::int64_t least = view.least_so_far[view.n_parts - 1];
    const std::int64_t largest = (std::max(most, -least) >> crossbar::step_bits) + deadband + 1;
    std::size_t parts = view.n_parts;
    while (parts > 1 && static_cast<std::int64_t>(parts * wave_part) * largest >= end) {
        parts = (parts + 1) / 2;
    }
    return parts;
}

/// Looks where the currents of a block go.
template <int lanes, bool one_phase>
AIMC_ALWAYS_INLINE void view_block(const BlockJob& job)
{
    using Word = typename Words<lanes>::Signed;
    using UWord = typename Words<lanes>::Unsigned;
    BlockView& view = *job.view;
    std::int32_t* current = view.wave.current.data();
    const std::size_t n_parts = view.wave.n_parts;
    Word most[most_parts], least[most_parts];  // of all words
    for (std::size_t w = 0; w < wave_cols; w += lanes) {
        std::int32_t* sums = view.sum.data() + w;
        Word most_of_all{}, least_of_all{};
        UWord sum{};
        for (std::size_t k = 0; k < n_parts; ++k) {
            const std::int32_t* part = current + k * wave_part * wave_cols + w;
            Word larger, smaller;
            load(larger, part);
            smaller = larger;
            UWord total = (UWord)larger;
            for (std::size_t t = 1; t < wave_part; ++t) {
                Word i;
                load(i, part + t * wave_cols);
                keep(i);
                take_larger(larger, i);
                take_smaller(smaller, i);
                if (!one_phase) { total += (UWord)i; }
            }
            take_larger(most_of_all, larger);
            take_smaller(least_of_all, smaller);
            if (w > 0) {
                take_larger(larger, most[k]);
                take_smaller(smaller, least[k]);
            }
            most[k] = larger;
            least[k] = smaller;
            if (!one_phase) {
                store(sums + k * wave_cols, sum);
                sum += total;
            }
        }
        if (!one_phase) { store(sums + n_parts * wave_cols, sum); }
        store(job.most + w, most_of_all >> crossbar::step_bits);
        store(job.least + w, least_of_all >> crossbar::step_bits);
    }
    if (n_parts == 0) { return; }
    for (std::size_t k = n_parts; k < most_parts; ++k) { most[k] = least[k] = Word{}; }
    // steps that are not of the wave must be on the near side of all corners
    const std::int32_t between = -job.deadband * (1 << crossbar::step_bits) - 1;
    std::fill(current, current + view.wave.n_rest * wave_cols, between);
    WaveView along;
    across<lanes, true, most_parts, 1>(most, along.most_so_far.data());
    across<lanes, false, most_parts, 1>(least, along.least_from_here.data());
    look_along(n_parts, one_phase, along);
    view.at_once = parts_at_once(along, job.deadband);
    find_corners<lanes, true, one_phase>(along, view.wave.n_rest, *job.rising, job.block,
                                         view.rising);
    if (!one_phase) { return; }
    find_corners<lanes, false, one_phase>(along, view.wave.n_rest, *job.falling, job.block,
                                          view.falling);
}

#pragma GCC diagnostic pop

}  // namespace aimc::converters::detail
