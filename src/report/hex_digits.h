// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace aimc::report {

/// Writes rows of numbers as the trace has them: two's complement, column 0 leftmost,
/// n_digits(bits) lower-case hex digits per value and nothing between them. Keeps its scratch
/// memory.
class HexDigits {
public:
    explicit HexDigits(SimdLevel simd = best_simd_level());

    /// @param bits  width of a value, 1 .. 32
    template <class T>
    void append(std::string& text, const std::vector<T>& values, int bits)
    {
        raw_.assign(values.begin(), values.end());
        append_raw(text, bits);
    }

private:
    void append_raw(std::string& text, int bits);

    void (*spell_)(std::uint32_t* raw, std::size_t n, unsigned shift);
    void (*spell_byte_)(const std::uint32_t* raw, std::size_t n, std::uint16_t* pairs);
    std::vector<std::uint32_t> raw_;
    std::vector<std::uint16_t> pairs_;
};

}  // namespace aimc::report
