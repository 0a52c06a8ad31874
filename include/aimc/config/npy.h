// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aimc::config {

/// What a .npy file says of itself, checked before any element is read: magic, version, dtype,
/// C order, and file size = header + elements.
struct NpyInfo {
    std::string dtype;  ///< "int8", "int16", "int32", "uint8", "float16", "float32", "float64"
    std::vector<std::size_t> shape;  ///< one or two axes
    std::size_t data_offset = 0;     ///< [bytes]
};
NpyInfo inspect_npy(const std::string& path);

/// An element of a float16 file, by its bits.
struct Half {
    std::uint16_t bits = 0;
};
double to_double(Half half);  ///< exact

/// Loads a one- or two-axis array (one axis: a matrix of one row). Throws InputError that names the
/// file, what was found and what is expected when dtype or layout is wrong.
template <class T>
Matrix<T> load_npy(const std::string& path);

/// (Half is read only.)
/// The bytes of a .npy version 1.0 file (C order, little endian). shape has 1 to 3 axes.
template <class T>
std::string npy_bytes(const T* data, const std::vector<std::size_t>& shape);

/// What such a file starts with; the elements follow. 128 bytes long for up to three axes of fewer
/// than 10^14 elements, so that the number of rows may be set right afterwards.
template <class T>
std::string npy_header(const std::vector<std::size_t>& shape);

}  // namespace aimc::config
