// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/npy.h"

#include "aimc/base/error.h"

#include "messages.h"
#include "npy_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>
#include <type_traits>

// xtensor's load_npy is not used: it reads truncated files and absurd shapes, and once the header
// has been checked here, reading the elements is one call.
namespace aimc::config {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "elements are copied as they are stored");

/// Choice: 1e9 elements, a hundred times the largest data set we use; anything above is a mistake.
constexpr std::uint64_t max_elements = 1'000'000'000;
constexpr std::uint64_t max_header = 65536;  ///< [bytes] numpy's own is 128 for these arrays

struct DType {
    const char* name;
    const char* descr;
    std::uint64_t bytes;
};
constexpr std::array<DType, 7> dtypes{{{"int8", "|i1", 1},
                                       {"uint8", "|u1", 1},
                                       {"int16", "<i2", 2},
                                       {"int32", "<i4", 4},
                                       {"float16", "<f2", 2},
                                       {"float32", "<f4", 4},
                                       {"float64", "<f8", 8}}};

template <class T>
const DType& dtype_of()
{
    constexpr bool is_float = std::is_floating_point_v<T> || std::is_same_v<T, Half>;
    constexpr char kind = is_float ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
    const auto is_same = [](const DType& t) { return t.descr[1] == kind && t.bytes == sizeof(T); };
    return *std::find_if(dtypes.begin(), dtypes.end(), is_same);  // T is one of those below
}

const DType& find_dtype(const std::string& path, const std::string& descr)
{
    for (const auto& type : dtypes) {
        const bool one_byte =
            type.bytes == 1 && descr.size() == 3 && std::strchr("|<>", descr[0]) != nullptr;
        if (descr == type.descr || (one_byte && descr.substr(1) == type.descr + 1)) { return type; }
        if (descr == std::string(">") + (type.descr + 1)) {
            throw InputError(path, fmt::format("is big endian (dtype {}); convert it with "
                                               "x.astype('{}')",
                                               descr, type.descr));
        }
    }
    throw InputError(path, fmt::format("has dtype '{}', can be int8, uint8, int16, int32, float16, "
                                       "float32 or float64 (convert with x.astype(...))",
                                       detail::printable(descr)));
}

/// Opens for reading; says what the file system says.
std::ifstream open(const std::string& path, std::uint64_t& size)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const auto status = fs::status(path, error);
    if (fs::is_directory(status)) { throw InputError(path, "is a folder, not a file"); }
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        throw InputError(path, "is not a regular file (its size must be known)");
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) { throw InputError(path, fmt::format("cannot be read: {}", std::strerror(errno))); }
    size = fs::file_size(path, error);
    if (error) { throw InputError(path, "cannot be read: " + error.message()); }
    return in;
}

std::string read_exactly(std::ifstream& in, std::uint64_t n, const std::string& path)
{
    std::string bytes(n, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(n));
    const auto got = in.gcount();
    if (got != static_cast<std::streamsize>(n)) {
        throw InputError(path,
                         fmt::format("is truncated: its header ends after {} of {} bytes", got, n));
    }
    return bytes;
}

/// Reads up to the first element.
NpyInfo read_header(std::ifstream& in, std::uint64_t file_size, const std::string& path)
{
    if (file_size == 0) { throw InputError(path, "is empty, not a .npy file"); }
    const std::string start = read_exactly(in, std::min<std::uint64_t>(file_size, 8), path);
    if (start.substr(0, 6) != std::string("\x93NUMPY").substr(0, start.size())) {
        throw InputError(path, "is not a .npy file: it does not start with \\x93NUMPY");
    }
    if (start.size() < 8) { throw InputError(path, "is truncated in its first 8 bytes"); }
    const auto byte = [](char c) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(c));
    };
    const auto major = byte(start[6]);
    const auto minor = byte(start[7]);
    if ((major != 1 && major != 2) || minor != 0) {
        throw InputError(path,
                         fmt::format("is .npy version {}.{}, can be 1.0 or 2.0", major, minor));
    }
    const std::size_t length_bytes = major == 1 ? 2 : 4;
    const std::string length = read_exactly(in, length_bytes, path);
    std::uint64_t header_size = 0;
    for (std::size_t i = length_bytes; i-- > 0;) {
        header_size = header_size << 8U | byte(length[i]);
    }
    if (header_size > max_header) {
        throw InputError(path, fmt::format("has a header of {} bytes, at most {} are read",
                                           header_size, max_header));
    }
    const std::string text = read_exactly(in, header_size, path);
    const detail::NpyHeader header = detail::parse_npy_header(path, text);

    const DType& type = find_dtype(path, header.descr);
    const std::size_t axes = header.shape.size();
    if (axes < 1 || axes > 2) {
        throw InputError(path, fmt::format("has {} axes, can have 1 or 2", axes));
    }
    if (header.fortran_order) {
        throw InputError(path,
                         "is in Fortran order (column by column); convert it with "
                         "np.save(name, np.ascontiguousarray(x))");
    }
    std::uint64_t elements = 1;
    for (const auto n : header.shape) {
        if (n == 0) {
            throw InputError(path, fmt::format("has shape {}, no elements", header.shape));
        }
        if (n > max_elements / elements) {  // before the product can overflow
            throw InputError(path, fmt::format("has shape {}, more than {} elements", header.shape,
                                               max_elements));
        }
        elements *= n;
    }
    NpyInfo info{
        type.name, {header.shape.begin(), header.shape.end()}, 8 + length_bytes + header_size};
    const std::uint64_t expected = info.data_offset + elements * type.bytes;
    if (file_size != expected) {
        throw InputError(
            path,
            fmt::format("{}: it has {} bytes, {} of shape {} need {} + {} of header",
                        file_size < expected ? "is truncated" : "has trailing bytes", file_size,
                        type.name, header.shape, elements * type.bytes, info.data_offset));
    }
    return info;
}

}  // namespace

NpyInfo inspect_npy(const std::string& path)
{
    std::uint64_t size = 0;
    std::ifstream in = open(path, size);
    return read_header(in, size, path);
}

template <class T>
Matrix<T> load_npy(const std::string& path)
{
    std::uint64_t size = 0;
    std::ifstream in = open(path, size);
    const NpyInfo info = read_header(in, size, path);
    const std::string expected = dtype_of<T>().name;
    if (info.dtype != expected) {
        throw InputError(path,
                         fmt::format("has dtype {0}, must be {1} (convert with x.astype(np.{1}))",
                                     info.dtype, expected));
    }
    const bool one_axis = info.shape.size() == 1;
    Matrix<T> out(one_axis ? 1 : info.shape[0], info.shape[one_axis ? 0 : 1]);
    const auto bytes = static_cast<std::streamsize>(out.data().size() * sizeof(T));
    in.read(reinterpret_cast<char*>(out.data().data()), bytes);
    if (in.gcount() != bytes) { throw InputError(path, "cannot be read to its end"); }
    return out;
}

template <class T>
std::string npy_header(const std::vector<std::size_t>& shape)
{
    std::string header =
        fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                    dtype_of<T>().descr, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
    constexpr std::size_t before = 10;                       // magic, version, length
    header.append(63 - (before + header.size()) % 64, ' ');  // elements start at a multiple of 64
    header += '\n';
    std::string out("\x93NUMPY\x01\x00", 8);
    out += static_cast<char>(header.size() & 0xffU);
    out += static_cast<char>(header.size() >> 8U);
    return out + header;
}

template <class T>
std::string npy_bytes(const T* data, const std::vector<std::size_t>& shape)
{
    std::size_t elements = 1;
    for (const auto n : shape) { elements *= n; }
    std::string out = npy_header<T>(shape);
    out.append(reinterpret_cast<const char*>(data), elements * sizeof(T));
    return out;
}

double to_double(Half half)
{
    const int exponent = half.bits >> 10U & 0x1fU;
    const double fraction = half.bits & 0x3ffU;
    double size = std::ldexp(fraction, -24);
    if (exponent == 31) {
        size = fraction == 0 ? std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
    } else if (exponent > 0) {
        size = std::ldexp(1024.0 + fraction, exponent - 25);
    }
    return half.bits >> 15U != 0 ? -size : size;
}

#define AIMC_NPY_INSTANTIATE(T)                                          \
    template Matrix<T> load_npy<T>(const std::string&);                  \
    template std::string npy_header<T>(const std::vector<std::size_t>&); \
    template std::string npy_bytes<T>(const T*, const std::vector<std::size_t>&);
AIMC_NPY_INSTANTIATE(std::int8_t)
AIMC_NPY_INSTANTIATE(std::int16_t)
AIMC_NPY_INSTANTIATE(std::int32_t)
AIMC_NPY_INSTANTIATE(std::uint8_t)
AIMC_NPY_INSTANTIATE(float)
AIMC_NPY_INSTANTIATE(double)
template Matrix<Half> load_npy<Half>(const std::string&);
#undef AIMC_NPY_INSTANTIATE

}  // namespace aimc::config
