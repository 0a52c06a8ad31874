// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

namespace aimc::cost {

/// What was published of one digital compute-in-memory macro, or of what it is compared with.
struct DigitalMacro {
    const char* name;      ///< chip and where it was shown
    int node_nm;           ///< CMOS node [nm]
    const char* operands;  ///< widths that the figures are of, as far as they are known
    std::optional<double> tops_per_w, tops_per_mm2;  ///< [TOPS/W], [TOPS/mm2]
    bool is_per_bit;                                 ///< the figures are per bit of an operand
    const char* tag;                                 ///< what of the publication was seen
};

/// For tables beside our own figures. Titles name the best case of a chip, often at a low supply
/// and with sparse operands: they are not comparable with one another.
const std::vector<DigitalMacro>& published_digital_macros();

/// Energy of one product and its sum; none for figures per bit or without any. [fJ]
std::optional<double> product_energy(const DigitalMacro& macro);

}  // namespace aimc::cost
