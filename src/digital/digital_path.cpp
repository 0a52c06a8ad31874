// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/digital_path.h"

#include "aimc/digital/digital.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace aimc::digital {
namespace {

constexpr std::size_t batch = 32;  // vectors that are multiplied together

/// What the codes of a vector have in common.
struct Codes {
    int least, largest;
    unsigned occupied;  ///< bits that some code has, in two's complement
};

AIMC_ALWAYS_INLINE void load_body(const std::int8_t* x, std::size_t n, std::int16_t* factors,
                                  Codes& codes)
{
    std::int8_t least = 0, largest = 0, occupied = 0;
    for (std::size_t r = 0; r < n; ++r) {
        least = std::min(least, x[r]);
        largest = std::max(largest, x[r]);
        occupied = static_cast<std::int8_t>(occupied | x[r]);
        factors[r] = x[r];
    }
    codes = {least, largest, static_cast<unsigned>(occupied)};
}
AIMC_SIMD_CLONES(load_for, load_body,
                 (const std::int8_t* x, std::size_t n, std::int16_t* factors, Codes& codes),
                 (x, n, factors, codes))

AIMC_ALWAYS_INLINE void split_body(const std::uint32_t* sums, std::size_t n, std::int32_t* c_p,
                                   std::int32_t* c_n)
{
    AIMC_INDEPENDENT_TURNS
    for (std::size_t c = 0; c < n; ++c) {
        const auto sum = static_cast<std::int32_t>(sums[c]);
        c_p[c] = std::max(sum, 0);
        c_n[c] = std::max(-sum, 0);
    }
}
AIMC_SIMD_CLONES(split_for, split_body,
                 (const std::uint32_t* sums, std::size_t n, std::int32_t* c_p, std::int32_t* c_n),
                 (sums, n, c_p, c_n))

void check_weights(const config::TileConfig& config, const Matrix<std::int16_t>& weights)
{
    if (weights.rows() != config.rows || weights.cols() != config.cols) {
        throw std::invalid_argument("DigitalPath: weights of another shape");
    }
    const int largest = config::largest_weight(config);
    for (const std::int16_t weight : weights.data()) {
        if (std::abs(weight) > largest) {
            throw std::invalid_argument("DigitalPath: a weight beyond digital.weight_bits");
        }
    }
}

/// For one thread at a time: what is on its way through a product.
struct Scratch {
    AlignedVector<std::int16_t> factors;
    AlignedVector<std::uint32_t> sums;
};

}  // namespace

DigitalPath::DigitalPath(const config::TileConfig& config, const Matrix<std::int16_t>& weights,
                         SimdLevel simd, crossbar::Window window)
    : digital_(config.digital),
      least_input_(config.digital.signed_inputs ? -config::largest_input(config) : 0),
      largest_input_(config::largest_input(config)),
      is_single_(config.nmpu.branch == config::Branch::single),
      simd_(simd),
      rows_(crossbar::range_or_all(window.rows, config.rows)),
      cols_(crossbar::range_or_all(window.cols, config.cols))
{
    check_weights(config, weights);
    const auto at = [&](std::size_t r, std::size_t c) {
        return weights(WordLine{rows_.from + r}, BitLine{cols_.from + c});
    };
    weights_ = make_pair_plane(rows(), cols(), at, largest_input_, true);
}

unsigned DigitalPath::load(const std::int8_t* x, std::int16_t* factors) const
{
    Codes codes{};
    load_for(simd_)(x, rows(), factors, codes);
    if (codes.least < least_input_ || codes.largest > largest_input_) {
        throw std::invalid_argument("DigitalPath: an input beyond its format");
    }
    return codes.occupied;
}

void DigitalPath::hand_over(const std::uint32_t* sums, std::int32_t* c_p, std::int32_t* c_n) const
{
    if (!is_single_) { return split_for(simd_)(sums, cols(), c_p, c_n); }
    std::transform(sums, sums + cols(), c_p,
                   [](std::uint32_t sum) { return static_cast<std::int32_t>(sum); });
    std::fill(c_n, c_n + cols(), 0);
}

void DigitalPath::read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                             std::int32_t* c_p, std::int32_t* c_n, int* steps) const
{
    thread_local Scratch scratch;
    const std::size_t pairs = weights_.pairs;
    scratch.factors.resize(batch * pairs * 2);
    scratch.sums.resize(batch * weights_.stride());
    for (std::size_t from = 0; from < n; from += batch) {
        const std::size_t count = std::min(batch, n - from);
        for (std::size_t k = 0; k < count; ++k) {
            std::int16_t* const factors = scratch.factors.data() + k * pairs * 2;
            factors[pairs * 2 - 1] = 0;  // beside the last of an odd number of rows
            const unsigned occupied = load(x + (from + k) * x_stride, factors);
            if (steps != nullptr) { steps[from + k] = cycles_of(digital_, occupied); }
        }
        // all pairs at once: an accumulator has at most 30 bits
        pair_product(simd_)({weights_.cells.data(), scratch.factors.data(), pairs, 0, pairs,
                             weights_.blocks, count, scratch.sums.data()});
        for (std::size_t k = 0; k < count; ++k) {
            hand_over(scratch.sums.data() + k * weights_.stride(), c_p + (from + k) * cols(),
                      c_n + (from + k) * cols());
        }
    }
}

}  // namespace aimc::digital
