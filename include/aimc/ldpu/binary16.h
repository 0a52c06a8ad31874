// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Correctly rounded IEEE 754 binary16 on plain integers: the number format of the LDPU.
///
///   const Binary16 x = fma(from_double(0.5), from_int(count), from_int(3));   // one rounding
///   const std::int32_t y = to_int(x, 8);                                      // -127 .. 127
///
/// 1 sign, 5 exponent and 10 fraction bits; 2^-24 .. 65504. Round to nearest, ties to even, with
/// subnormals and infinities; never flushed to zero.
/// Choice: our own unit, because float or double in between rounds twice and F16C is not on every
/// machine. Independent checks: MPFR at precision 11 and numpy (tests/unit/ldpu).
/// Not modelled: exception flags, signalling NaNs, NaN payloads, other rounding directions.
namespace aimc::ldpu {

/// One binary16 word, by its bits: sign 15, exponent 14..10 (bias 15), fraction 9..0.
struct Binary16 {
    std::uint16_t bits = 0;
};

/// Same word, bit for bit: +0 and -0 differ and a NaN equals itself. It compares registers and
/// traces; it is not the IEEE comparison.
constexpr bool operator==(Binary16 a, Binary16 b) { return a.bits == b.bits; }
constexpr bool operator!=(Binary16 a, Binary16 b) { return !(a == b); }

/// The one NaN that any operation here returns, whatever NaN went in.
inline constexpr Binary16 canonical_nan{0x7e00};

constexpr bool is_nan(Binary16 x) { return (x.bits & 0x7fff) > 0x7c00; }

/// -x, exact, also for zeros and infinities. Choice: a NaN comes out canonical, not negated.
constexpr Binary16 negate(Binary16 x)
{
    return is_nan(x) ? canonical_nan : Binary16{static_cast<std::uint16_t>(x.bits ^ 0x8000)};
}

/// a * b + c with one rounding.
/// Invalid (NaN): a NaN operand, 0 * inf, inf - inf. An exact zero sum is +0 unless the product
/// and c are both -0. A result that underflows keeps its sign.
/// Source: IEEE 754-2019, 5.4.1, 6.1 to 6.3, 7.2.
Binary16 fma(Binary16 a, Binary16 b, Binary16 c);

Binary16 add(Binary16 a, Binary16 b);
Binary16 mul(Binary16 a, Binary16 b);

/// Nearest binary16; exact for |x| <= 2048, infinity from 65520 on. 0 gives +0.
Binary16 from_int(std::int32_t x);

/// Nearest binary16 of a double, rounded once from the double's bits. For constants and
/// calibration; the data path never holds a double.
Binary16 from_double(double x);

/// Exact: every binary16 is a double.
double to_double(Binary16 x);

/// Nearest integer, ties to even, saturated symmetrically to +-(2^(bits - 1) - 1).
/// @param bits       width of the result, 2 .. 32
/// @param saturated  set to whether the result is not the rounded value: out of range, infinite,
///                   or NaN, which gives 0 (Choice: so that a NaN never passes uncounted)
/// @throws std::invalid_argument  bits outside 2 .. 32
std::int32_t to_int(Binary16 x, int bits, bool& saturated);
std::int32_t to_int(Binary16 x, int bits);

}  // namespace aimc::ldpu
