// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aimc::config::detail {

/// The dictionary in front of the elements, as written; what it means is judged by inspect_npy.
struct NpyHeader {
    std::string descr;  ///< "<f4": byte order, kind, bytes
    bool fortran_order = false;
    std::vector<std::uint64_t> shape;
};

/// Parses the Python literal {'descr': '|i1', 'fortran_order': False, 'shape': (3, 4), } strictly:
/// exactly these keys, once each, and nothing behind. Throws InputError naming `path`.
NpyHeader parse_npy_header(const std::string& path, const std::string& text);

}  // namespace aimc::config::detail
