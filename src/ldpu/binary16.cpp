// SPDX-License-Identifier: Apache-2.0
#include "aimc/ldpu/binary16.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace aimc::ldpu {
namespace {

constexpr std::uint32_t sign_mask = 0x8000;
constexpr std::uint32_t infinity_bits = 0x7c00;
constexpr int precision = 11;      // significand bits, the hidden one included
constexpr int min_exponent = -24;  // of the last bit, and of a subnormal's last bit

constexpr Binary16 one{0x3c00};
constexpr Binary16 minus_zero{0x8000};

/// |x| = significand * 2^exponent for a finite x; significand < 2^11, exponent -24 .. 5.
struct Magnitude {
    std::uint64_t significand;
    int exponent;
};

Binary16 word(std::uint32_t bits) { return {static_cast<std::uint16_t>(bits)}; }

bool is_special(Binary16 x) { return (x.bits & infinity_bits) == infinity_bits; }

Magnitude magnitude(Binary16 x)
{
    const std::uint32_t field = (x.bits & infinity_bits) >> 10;
    const std::uint32_t hidden = field == 0 ? 0 : 0x400;
    return {hidden | (x.bits & 0x3ffu), static_cast<int>(field + (field == 0)) - 25};
}

/// round(m / 2^shift), ties to even; 1 <= shift <= 63.
std::uint64_t shift_right_half_even(std::uint64_t m, int shift)
{
    const std::uint64_t kept = m >> shift;
    const std::uint64_t dropped = m - (kept << shift);
    const std::uint64_t half = std::uint64_t{1} << (shift - 1);
    return kept + (dropped > half - (kept & 1));  // at an odd `kept` the half goes up too
}

/// The nearest word of +-m * 2^exponent; m > 0, exponent >= -78.
Binary16 round_to_word(std::uint32_t sign, std::uint64_t m, int exponent)
{
    const int length = 64 - __builtin_clzll(m);
    // Exponent of the result's last bit: 11 bits are kept, or fewer where subnormals begin.
    const int last = std::max(exponent + length - precision, min_exponent);
    const int shift = last - exponent;
    const std::uint64_t rounded = shift > 0 ? shift_right_half_even(m, shift) : m << -shift;
    // Adding the hidden bit onto the exponent field makes a carry, from subnormal to normal or
    // into the next binade, come out right without a second normalisation.
    const std::uint64_t bits = (static_cast<std::uint64_t>(last - min_exponent) << 10) + rounded;
    return word(sign | static_cast<std::uint32_t>(std::min<std::uint64_t>(bits, infinity_bits)));
}

/// fma with at least one NaN or infinity among the operands.
Binary16 fma_special(Binary16 a, Binary16 b, Binary16 c, std::uint32_t sign_product)
{
    if (is_nan(a) || is_nan(b) || is_nan(c)) { return canonical_nan; }
    if (!is_special(a) && !is_special(b)) { return c; }
    const bool zero_times_infinity = (a.bits & ~sign_mask) == 0 || (b.bits & ~sign_mask) == 0;
    const bool opposed = is_special(c) && (c.bits & sign_mask) != sign_product;
    return zero_times_infinity || opposed ? canonical_nan : word(sign_product | infinity_bits);
}

}  // namespace

Binary16 fma(Binary16 a, Binary16 b, Binary16 c)
{
    const std::uint32_t sign_product = (a.bits ^ b.bits) & sign_mask;
    const std::uint32_t sign_c = c.bits & sign_mask;
    if (is_special(a) || is_special(b) || is_special(c)) {
        return fma_special(a, b, c, sign_product);
    }
    const Magnitude ma = magnitude(a);
    const Magnitude mb = magnitude(b);
    const Magnitude mc = magnitude(c);

    // Both terms on the smaller exponent. Nothing is lost and nothing overflows, so the sum is
    // exact: a product has 22 bits at 2^-48 .. 2^10, c has 11 bits at 2^-24 .. 2^5. The product
    // moves up by at most 34 (56 bits), c by at most 53 (64 bits, and then less than
    // 2^64 - 2^53, which leaves room for the product).
    const int exponent_product = ma.exponent + mb.exponent;
    const int exponent = std::min(exponent_product, mc.exponent);
    const std::uint64_t product = (ma.significand * mb.significand)
                                  << (exponent_product - exponent);
    const std::uint64_t addend = mc.significand << (mc.exponent - exponent);

    if (sign_product == sign_c) {
        const std::uint64_t sum = product + addend;
        return sum == 0 ? word(sign_c) : round_to_word(sign_c, sum, exponent);
    }
    if (product == addend) { return word(0); }
    return product > addend ? round_to_word(sign_product, product - addend, exponent)
                            : round_to_word(sign_c, addend - product, exponent);
}

// As in the hardware unit, both are one fma: 1 and -0 are the neutral operands, in the sign of a
// zero result too.
Binary16 add(Binary16 a, Binary16 b) { return fma(a, one, b); }
Binary16 mul(Binary16 a, Binary16 b) { return fma(a, b, minus_zero); }

Binary16 from_int(std::int32_t x)
{
    if (x == 0) { return word(0); }
    const std::int64_t wide = x;  // -2^31 has a magnitude here
    return round_to_word(x < 0 ? sign_mask : 0, static_cast<std::uint64_t>(x < 0 ? -wide : wide),
                         0);
}

Binary16 from_double(double x)
{
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof x, "IEEE binary64");
    std::memcpy(&bits, &x, sizeof bits);
    const std::uint32_t sign = (bits >> 63) != 0 ? sign_mask : 0;
    const int field = static_cast<int>((bits >> 52) & 0x7ff);
    const std::uint64_t fraction = bits & 0xfffffffffffff;
    if (field == 0x7ff) { return fraction != 0 ? canonical_nan : word(sign | infinity_bits); }
    // Below 2^-25, half of the smallest word; all subnormal doubles are far below.
    if (field < 1023 - 25) { return word(sign); }
    return round_to_word(sign, fraction | (std::uint64_t{1} << 52), field - 1075);
}

double to_double(Binary16 x)
{
    std::uint64_t bits = 0;
    if (is_nan(x)) {
        bits = 0x7ff8000000000000;
    } else if (is_special(x)) {
        bits = 0x7ff0000000000000;
    } else if (const Magnitude m = magnitude(x); m.significand != 0) {
        const int top = 63 - __builtin_clzll(m.significand);  // position of the leading bit
        const int field = m.exponent + top + 1022;  // one less: the leading bit is added onto it
        bits = (static_cast<std::uint64_t>(field) << 52) + (m.significand << (52 - top));
    }
    if (!is_nan(x)) { bits |= static_cast<std::uint64_t>(x.bits & sign_mask) << 48; }
    double result = 0;
    std::memcpy(&result, &bits, sizeof result);
    return result;
}

std::int32_t to_int(Binary16 x, int bits, bool& saturated)
{
    if (bits < 2 || bits > 32) {
        throw std::invalid_argument("ldpu::to_int: bits must be 2 .. 32");
    }
    if (is_nan(x)) {
        saturated = true;
        return 0;
    }
    const auto limit = static_cast<std::int32_t>((std::uint32_t{1} << (bits - 1)) - 1);
    const Magnitude m = magnitude(x);
    const auto rounded =
        static_cast<std::int32_t>(m.exponent < 0 ? shift_right_half_even(m.significand, -m.exponent)
                                                 : m.significand << m.exponent);
    saturated = is_special(x) || rounded > limit;
    const std::int32_t result = saturated ? limit : rounded;
    return (x.bits & sign_mask) != 0 ? -result : result;
}

std::int32_t to_int(Binary16 x, int bits)
{
    bool saturated = false;
    return to_int(x, bits, saturated);
}

}  // namespace aimc::ldpu
