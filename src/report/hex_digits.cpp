// SPDX-License-Identifier: Apache-2.0
#include "hex_digits.h"

#include "trace_text.h"

#include <cstring>

namespace aimc::report {
namespace {

/// Where character `c` of four lies in the word that is stored over them.
constexpr unsigned place(unsigned c)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return 8 * (3 - c);
#else
    return 8 * c;
#endif
}

/// A digit d is '0' + d, and 'a' - '0' - 10 = 39 more when d + 6 carries into the next four bits.
AIMC_ALWAYS_INLINE std::uint32_t characters(std::uint32_t digits)
{
    const std::uint32_t letters = ((digits + 0x06060606U) >> 4U) & 0x01010101U;
    return digits + 0x30303030U + letters * 39U;
}

/// In place: the upper 16 of the low bits of every value become four characters.
AIMC_ALWAYS_INLINE void spell_body(std::uint32_t* raw, std::size_t n, unsigned shift)
{
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t r = raw[i] << shift;
        raw[i] = characters(((r >> 12U) & 15U) << place(0) | ((r >> 8U) & 15U) << place(1) |
                            ((r >> 4U) & 15U) << place(2) | (r & 15U) << place(3));
    }
}
AIMC_SIMD_CLONES(spell, spell_body, (std::uint32_t * raw, std::size_t n, unsigned shift),
                 (raw, n, shift))

/// The low eight bits of every value become two characters.
AIMC_ALWAYS_INLINE void spell_byte_body(const std::uint32_t* raw, std::size_t n,
                                        std::uint16_t* pairs)
{
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t high = (raw[i] >> 4U) & 15U;
        const std::uint32_t low = raw[i] & 15U;
        pairs[i] = static_cast<std::uint16_t>(
            characters(place(0) == 0 ? high | low << 8U : high << 8U | low));
    }
}
AIMC_SIMD_CLONES(spell_byte, spell_byte_body,
                 (const std::uint32_t* raw, std::size_t n, std::uint16_t* pairs), (raw, n, pairs))

/// The first `width` of every four characters, side by side; what a store has too many is
/// overwritten by the next one.
AIMC_ALWAYS_INLINE void join(char* out, const std::vector<std::uint32_t>& fours, std::size_t width)
{
    for (const std::uint32_t four : fours) {
        std::memcpy(out, &four, sizeof four);
        out += width;
    }
}

/// Digit by digit, for widths that no published converter has.
void write_wide(char* out, const std::vector<std::uint32_t>& raw, std::size_t width)
{
    for (std::uint32_t value : raw) {
        for (std::size_t d = width; d-- > 0; value >>= 4U) {
            out[d] = trace_text::hex_digits[value & 15U];
        }
        out += width;
    }
}

}  // namespace

HexDigits::HexDigits(SimdLevel simd) : spell_(spell(simd)), spell_byte_(spell_byte(simd)) {}

void HexDigits::append_raw(std::string& text, int bits)
{
    const std::size_t width = trace_text::n_digits(bits);
    if (width == 2) {
        pairs_.resize(raw_.size());
        spell_byte_(raw_.data(), raw_.size(), pairs_.data());
        text.append(reinterpret_cast<const char*>(pairs_.data()), 2 * pairs_.size());
        return;
    }
    const std::size_t at = text.size();
    const std::size_t end = at + raw_.size() * width;
    text.resize(end + sizeof raw_[0]);  // room for the last store
    char* const out = text.data() + at;
    if (width > 4) {
        write_wide(out, raw_, width);
    } else {
        spell_(raw_.data(), raw_.size(), 4 * (4 - static_cast<unsigned>(width)));
        if (width == 3) {
            join(out, raw_, 3);  // what published counts need, as a constant
        } else {
            join(out, raw_, width);
        }
    }
    text.resize(end);
}

}  // namespace aimc::report
