// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

// The hot loop of the time-resolved read: the transfer curve of every column at every segment of
// the waveform. Integers only, so every vector width gives the same sums.
namespace aimc::converters::detail {

/// What one integration needs; plain pointers so that the loop sees no aliasing surprises.
struct IntegrateJob {
    const std::int32_t* current;   ///< [segments x stride]
    const std::int32_t* n_cycles;  ///< [segments]
    std::size_t segments;
    std::size_t stride;
    std::size_t knots;
    const std::int32_t* steps;         ///< CurveTable::steps
    const std::int32_t* input_offset;  ///< [stride]
    std::int32_t deadband;
    // results, each [stride]; a sum is high * 2^16 + low
    std::uint32_t *high_p, *low_p, *high_n, *low_n;
    std::int32_t *least, *most;  ///< extreme currents
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"  // the only cast between vector types

/// Whole registers of columns, in the compilers' own vector types.
template <int lanes>
struct Words;
#define AIMC_WORDS(lanes)                                                          \
    template <>                                                                    \
    struct Words<lanes> {                                                          \
        typedef std::int32_t Signed __attribute__((vector_size(4 * lanes)));       \
        typedef std::uint32_t Unsigned __attribute__((vector_size(4 * lanes)));    \
        typedef std::int32_t Half __attribute__((vector_size(2 * lanes)));         \
        typedef double Real __attribute__((vector_size(4 * lanes)));               \
        static AIMC_ALWAYS_INLINE void load(Signed& v, const std::int32_t* from)   \
        {                                                                          \
            std::memcpy(&v, from, sizeof v);                                       \
        }                                                                          \
        static AIMC_ALWAYS_INLINE void store(std::int32_t* to, const Signed& v)    \
        {                                                                          \
            std::memcpy(to, &v, sizeof v);                                         \
        }                                                                          \
        static AIMC_ALWAYS_INLINE void store(std::uint32_t* to, const Unsigned& v) \
        {                                                                          \
            std::memcpy(to, &v, sizeof v);                                         \
        }                                                                          \
    };
AIMC_WORDS(4)
AIMC_WORDS(8)
AIMC_WORDS(16)
#undef AIMC_WORDS

/// @tparam lanes  columns per SIMD word   @tparam one_phase  steer by the sign of the current
template <int lanes, bool one_phase>
AIMC_ALWAYS_INLINE void integrate_body(const IntegrateJob& job)
{
    using W = Words<lanes>;
    using Word = typename W::Signed;
    using UWord = typename W::Unsigned;
    for (std::size_t c = 0; c < job.stride; c += lanes) {
        UWord high_p{}, low_p{}, high_n{}, low_n{};
        Word input_offset, least{}, most{};
        W::load(input_offset, job.input_offset + c);
        for (std::size_t s = 0; s < job.segments; ++s) {
            Word i;
            W::load(i, job.current + s * job.stride + c);
            i += input_offset;
            const Word lower = i < least;
            const Word upper = i > most;
            least = lower ? i : least;
            most = upper ? i : most;
            // four-phase: all currents flow one way; what noise turns around counts as none
            const Word negative = one_phase ? (i < -job.deadband) : Word{};
            const Word flip = i >> 31;
            const Word magnitude = one_phase ? ((i ^ flip) - flip) : (i & ~flip);

            // rate = sum of the steps of all knots reached, modulo 2^32: the end result fits
            const std::int32_t* knot = job.steps + (c / 16 * job.knots) * 6 * 16 + c % 16;
            Word value, slope, other;
            W::load(value, knot + 2 * 16);
            W::load(slope, knot + 4 * 16);
            if (one_phase) {
                W::load(other, knot + 3 * 16);
                value = negative ? other : value;
                W::load(other, knot + 5 * 16);
                slope = negative ? other : slope;
            }
            for (std::size_t j = 1; j < job.knots; ++j) {
                knot += 6 * 16;
                Word start, value_step, slope_step;
                W::load(start, knot);
                W::load(value_step, knot + 2 * 16);
                W::load(slope_step, knot + 4 * 16);
                if (one_phase) {
                    W::load(other, knot + 16);
                    start = negative ? other : start;
                    W::load(other, knot + 3 * 16);
                    value_step = negative ? other : value_step;
                    W::load(other, knot + 5 * 16);
                    slope_step = negative ? other : slope_step;
                }
                const Word short_of = start > magnitude;
                value = (Word)((UWord)value + (UWord)(value_step & ~short_of));
                slope = (Word)((UWord)slope + (UWord)(slope_step & ~short_of));
            }
            const UWord rate = (UWord)value + (UWord)slope * (UWord)magnitude;
            const auto n = static_cast<std::uint32_t>(job.n_cycles[s]);
            const UWord high = (rate >> 16) * n;
            const UWord low = (rate & 0xffffU) * n;
            const UWord to_n = (UWord)negative;
            high_p += high & ~to_n;
            low_p += low & ~to_n;
            high_n += high & to_n;
            low_n += low & to_n;
        }
        W::store(job.high_p + c, high_p);
        W::store(job.low_p + c, low_p);
        W::store(job.high_n + c, high_n);
        W::store(job.low_n + c, low_n);
        W::store(job.least + c, least);
        W::store(job.most + c, most);
    }
}
#pragma GCC diagnostic pop

}  // namespace aimc::converters::detail
