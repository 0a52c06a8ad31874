// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wave_view.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

// The second hot loop of WaveAdc: the sums. For a corner at s, over the steps of a wave,
//
//   sum of max(128 I, 128 s - 1) = steps * (128 s - 1) + 128 * sum of max(I - s, 0) + n(I >= s)
//
// so that two instructions per step give both what a bend and what a jump adds, exactly. Parts of
// the wave that lie on one side of a corner in all columns cost next to nothing.
namespace aimc::converters::detail {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"  // the only cast between vector types

/// The current, or the level where the current is not beyond it.
template <bool rising, class Word, class UWord>
AIMC_ALWAYS_INLINE void add_beyond(const std::int32_t* from, const Word& level, UWord& total)
{
    Word i;
    load(i, from);
    if (rising) {
        take_larger(i, level);
    } else {
        take_smaller(i, level);
    }
    total += (UWord)i;
}

/// What the words of a block sum up at once. An addition takes two cycles: four sums are busy.
template <int lanes>
struct BlockWords {
    static constexpr std::size_t words = wave_cols / lanes;
    static constexpr std::size_t sums = words < 4 ? 4 / words : 1;  ///< for each word
    typename Words<lanes>::Signed level[words];
    typename Words<lanes>::Unsigned sum[words][sums];
};
template <int lanes, bool rising, std::size_t step>
AIMC_ALWAYS_INLINE void add_step(const std::int32_t* current, BlockWords<lanes>& block)
{
    constexpr std::size_t sums = BlockWords<lanes>::sums;
    for (std::size_t w = 0; w < BlockWords<lanes>::words; ++w) {
        add_beyond<rising>(current + step * wave_cols + w * lanes, block.level[w],
                           block.sum[w][step % sums]);
    }
}
/// Sums that over some parts, modulo 2^32.
template <int lanes, bool rising>
AIMC_ALWAYS_INLINE void add_parts(const std::int32_t* current, std::int32_t parts,
                                  BlockWords<lanes>& block)
{
    static_assert(wave_part == 8, "one line for each step");
    for (std::int32_t k = 0; k < parts; ++k, current += wave_part * wave_cols) {
        add_step<lanes, rising, 0>(current, block);
        add_step<lanes, rising, 1>(current, block);
        add_step<lanes, rising, 2>(current, block);
        add_step<lanes, rising, 3>(current, block);
        add_step<lanes, rising, 4>(current, block);
        add_step<lanes, rising, 5>(current, block);
        add_step<lanes, rising, 6>(current, block);
        add_step<lanes, rising, 7>(current, block);
    }
}

/// Numbers of the columns of a word: as doubles they take two registers.
template <int lanes>
struct Reals {
    typename Words<lanes>::Real low{}, high{};
};
/// Adds whole numbers times factors.
template <int lanes, class Word, int... i>
AIMC_ALWAYS_INLINE void add_product(const Word& n, const double* factors, Reals<lanes>& sum,
                                    std::integer_sequence<int, i...>)
{
    using Real = typename Words<lanes>::Real;
    typename Words<lanes>::Half low, high;
    low = __builtin_shufflevector(n, n, i...);
    high = __builtin_shufflevector(n, n, (i + lanes / 2)...);
    Real of_low, of_high;
    load(of_low, factors);
    load(of_high, factors + lanes / 2);
    sum.low += __builtin_convertvector(low, Real) * of_low;
    sum.high += __builtin_convertvector(high, Real) * of_high;
}

/// Parts of a wave: from .. to - 1.
struct Parts {
    std::int32_t from, to;
};

/// Adds what one counter of the columns of a block counts in some parts, in 2^-fraction counts.
template <int lanes, bool rising, bool one_phase>
AIMC_ALWAYS_INLINE void count_corners(const BlockJob& job, Parts parts,
                                      Reals<lanes> (&counts)[wave_cols / lanes])
{
    using Word = typename Words<lanes>::Signed;
    using UWord = typename Words<lanes>::Unsigned;
    using Halves = std::make_integer_sequence<int, lanes / 2>;
    constexpr auto step = static_cast<std::int32_t>(wave_cols);
    constexpr auto part = static_cast<std::int32_t>(wave_part) * step;
    const BlockView& view = *job.view;
    const WaveCorners& corners = rising ? *job.rising : *job.falling;
    const CornerParts& met = rising ? view.rising : view.falling;
    for (std::size_t j = 0; j < met.n; ++j) {
        const std::size_t at = (job.block * corners.stride + j) * wave_cols;
        const std::int32_t begin = std::min(std::max(met.begin[j], parts.from), parts.to);
        std::int32_t end = parts.to;
        if (!one_phase) { end = std::min(std::max(met.end[j], begin), parts.to); }
        const auto steps = static_cast<std::uint32_t>(parts.to - begin) * wave_part;
        BlockWords<lanes> block{};
        for (std::size_t w = 0; w < block.words; ++w) {
            load(block.level[w], corners.level.data() + at + w * lanes);
        }
        add_parts<lanes, rising>(view.wave.current.data() + begin * part, end - begin, block);
        for (std::size_t w = 0; w < block.words; ++w) {
            UWord n = block.sum[w][0];
            for (std::size_t i = 1; i < block.sums; ++i) { n += block.sum[w][i]; }
            if (!one_phase) {
                UWord all, some;
                load(all, view.sum.data() + parts.to * step + w * lanes);
                load(some, view.sum.data() + end * step + w * lanes);
                n += all - some;
            }
            n -= (UWord)block.level[w] * static_cast<std::uint32_t>(steps);
            if (!rising) { n = UWord{} - n; }
            const Word beyond = (Word)(n >> crossbar::step_bits);
            const Word times = (Word)(n & ((1U << crossbar::step_bits) - 1U));
            const std::size_t own = at + w * lanes;
            add_product<lanes>(beyond, corners.bend.data() + own, counts[w], Halves{});
            add_product<lanes>(times, corners.jump.data() + own, counts[w], Halves{});
        }
    }
}

template <int lanes>
AIMC_ALWAYS_INLINE void store_counts(const Reals<lanes> (&counts)[wave_cols / lanes], double* to)
{
    for (std::size_t w = 0; w < wave_cols / lanes; ++w) {
        store(to + w * lanes, counts[w].low);
        store(to + w * lanes + lanes / 2, counts[w].high);
    }
}

/// Counts a block that has been viewed.
template <int lanes, bool one_phase>
AIMC_ALWAYS_INLINE void count_block(const BlockJob& job)
{
    const auto n_parts = static_cast<std::int32_t>(job.view->wave.n_parts);
    const auto at_once = static_cast<std::int32_t>(job.view->at_once);
    Reals<lanes> sum_p[wave_cols / lanes];
    Reals<lanes> sum_n[wave_cols / lanes];
    for (std::int32_t from = 0; from < n_parts; from += at_once) {
        const Parts parts{from, std::min(from + at_once, n_parts)};
        count_corners<lanes, true, one_phase>(job, parts, sum_p);
        if (one_phase) { count_corners<lanes, false, one_phase>(job, parts, sum_n); }
    }
    store_counts<lanes>(sum_p, job.sum_p);
    store_counts<lanes>(sum_n, job.sum_n);
}

#pragma GCC diagnostic pop

}  // namespace aimc::converters::detail
