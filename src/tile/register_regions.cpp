// SPDX-License-Identifier: Apache-2.0
// The regions of the register map: how banks, affine words and weights are packed into words.
#include "aimc/tile/register_state.h"

#include <algorithm>
#include <cstdlib>

namespace aimc::tile {
namespace {

constexpr std::uint32_t low(std::uint32_t word) { return word & 0xffffU; }
constexpr std::uint32_t high(std::uint32_t word) { return word >> 16; }
constexpr std::uint32_t pack(std::uint32_t lower, std::uint32_t upper)
{
    return low(lower) | low(upper) << 16;
}
constexpr std::uint32_t bits(std::int32_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::int32_t sign_extended(std::uint32_t half) { return static_cast<std::int16_t>(half); }
constexpr ldpu::Binary16 binary16(std::uint32_t half) { return {static_cast<std::uint16_t>(half)}; }

// Words of one column in the affine region.
constexpr std::size_t words_per_column = affine_stride / 4;
enum : std::size_t {
    nmpu_scale = 0,
    nmpu_offset = 1,
    ldpu_scale = 4,
    ldpu_offset = 5,
    ldpu_beta = 6
};

void set_scales(nmpu::AffineWords& w, std::uint32_t word)
{
    w.s_p = static_cast<std::int32_t>(low(word));
    w.s_n = static_cast<std::int32_t>(high(word));
}
void set_offsets(nmpu::AffineWords& w, std::uint32_t word)
{
    w.o_p = sign_extended(low(word));
    w.o_n = sign_extended(high(word));
}

}  // namespace

std::uint32_t* RegisterState::memory(Region region)
{
    switch (region) {
        case Region::input_bank: return input_bank_.data();
        case Region::output_bank: return output_bank_.data();
        case Region::partial_bank: return partial_bank_.data();
        case Region::residual_bank: return residual_bank_.data();
        case Region::test_currents:
        case Region::affine:
        case Region::weights: break;
    }
    return nullptr;
}

void RegisterState::read_region(const RegionInfo& region, std::size_t first, std::uint32_t* words,
                                std::size_t n) const
{
    switch (region.region) {
        case Region::input_bank: std::copy_n(&input_bank_[first], n, words); break;
        case Region::output_bank: std::copy_n(&output_bank_[first], n, words); break;
        case Region::partial_bank: std::copy_n(&partial_bank_[first], n, words); break;
        case Region::residual_bank: std::copy_n(&residual_bank_[first], n, words); break;
        case Region::test_currents:
            for (std::size_t i = 0; i < n; ++i) {
                words[i] = bits(backend_.read_test_current(first + i));
            }
            break;
        case Region::affine:
            for (std::size_t i = 0; i < n; ++i) { words[i] = read_affine(first + i); }
            break;
        case Region::weights: read_weights(first, words, n); break;
    }
}

bool RegisterState::accepts_region(const RegionInfo& region, std::size_t first,
                                   const std::uint32_t* words, std::size_t n) const
{
    if (region.region == Region::affine) {
        for (std::size_t i = 0; i < n; ++i) {
            nmpu::AffineWords w;
            const std::size_t which = (first + i) % words_per_column;
            if (which == nmpu_scale) { set_scales(w, words[i]); }
            if (which == nmpu_offset) { set_offsets(w, words[i]); }
            if (!backend_.holds(w)) { return false; }
        }
    }
    if (region.region == Region::weights) {
        const std::size_t cells = map_.rows() * map_.cols();
        for (std::size_t cell = 2 * first; cell < std::min(2 * (first + n), cells); ++cell) {
            const std::uint32_t word = words[cell / 2 - first];
            const std::int32_t code = sign_extended(cell % 2 == 0 ? low(word) : high(word));
            if (std::abs(code) > backend_.weight_full_scale()) { return false; }
        }
    }
    return true;
}

void RegisterState::write_region(const RegionInfo& region, std::size_t first,
                                 const std::uint32_t* words, std::size_t n)
{
    switch (region.region) {
        case Region::input_bank: std::copy_n(words, n, &input_bank_[first]); break;
        case Region::residual_bank: std::copy_n(words, n, &residual_bank_[first]); break;
        case Region::test_currents:
            for (std::size_t i = 0; i < n; ++i) {
                backend_.write_test_current(first + i, static_cast<std::int32_t>(words[i]));
            }
            break;
        case Region::affine:
            for (std::size_t i = 0; i < n; ++i) { write_affine(first + i, words[i]); }
            break;
        case Region::weights: write_weights(first, words, n); break;
        case Region::output_bank:
        case Region::partial_bank: break;  // read-only: refused before it comes here
    }
}

void RegisterState::read_weights(std::size_t first_word, std::uint32_t* words, std::size_t n) const
{
    const std::size_t first = 2 * first_word;
    const std::size_t cells = std::min(2 * n, map_.rows() * map_.cols() - first);
    std::vector<std::int16_t> codes(2 * n);  // an odd last cell has a padding neighbour, 0
    backend_.read_weights(first, codes.data(), cells);
    for (std::size_t i = 0; i < n; ++i) {
        words[i] = pack(bits(codes[2 * i]), bits(codes[2 * i + 1]));
    }
}

void RegisterState::write_weights(std::size_t first_word, const std::uint32_t* words, std::size_t n)
{
    const std::size_t first = 2 * first_word;
    const std::size_t cells = std::min(2 * n, map_.rows() * map_.cols() - first);
    std::vector<std::int16_t> codes(2 * n);
    for (std::size_t i = 0; i < n; ++i) {
        codes[2 * i] = static_cast<std::int16_t>(low(words[i]));
        codes[2 * i + 1] = static_cast<std::int16_t>(high(words[i]));
    }
    backend_.write_weights(first, codes.data(), cells);  // one call: one programming run
}

std::uint32_t RegisterState::read_affine(std::size_t word) const
{
    const std::size_t column = word / words_per_column;
    const std::size_t which = word % words_per_column;
    if (which == nmpu_scale || which == nmpu_offset) {
        const nmpu::AffineWords w = backend_.read_affine(column);
        return which == nmpu_scale ? pack(bits(w.s_p), bits(w.s_n))
                                   : pack(bits(w.o_p), bits(w.o_n));
    }
    const ldpu::AffineWords16 w = backend_.read_affine16(column);
    switch (which) {
        case ldpu_scale: return pack(w.scale_p.bits, w.scale_n.bits);
        case ldpu_offset: return pack(w.offset.bits, w.gamma.bits);
        case ldpu_beta: return w.beta.bits;
        default: return 0;
    }
}

void RegisterState::write_affine(std::size_t word, std::uint32_t value)
{
    const std::size_t column = word / words_per_column;
    const std::size_t which = word % words_per_column;
    if (which == nmpu_scale || which == nmpu_offset) {
        nmpu::AffineWords w = backend_.read_affine(column);
        (which == nmpu_scale ? set_scales : set_offsets)(w, value);
        backend_.write_affine(column, w);
        return;
    }
    ldpu::AffineWords16 w = backend_.read_affine16(column);
    switch (which) {
        case ldpu_scale:
            w.scale_p = binary16(low(value));
            w.scale_n = binary16(high(value));
            break;
        case ldpu_offset:
            w.offset = binary16(low(value));
            w.gamma = binary16(high(value));
            break;
        case ldpu_beta: w.beta = binary16(low(value)); break;
        default: return;  // a word without a name: a block copy may pass over it
    }
    backend_.write_affine16(column, w);
}

}  // namespace aimc::tile
