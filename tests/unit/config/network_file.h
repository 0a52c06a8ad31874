// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/network.h"
#include "aimc/config/npy.h"

#include "input_files.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aimc::config::testing {

template <class T>
std::string array(const std::vector<T>& values, const std::vector<std::size_t>& shape)
{
    return npy_bytes(values.data(), shape);
}
/// All weights 1.
inline std::string codes(std::size_t rows, std::size_t cols)
{
    return array(std::vector<std::int8_t>(rows * cols, 1), {rows, cols});
}
inline std::string floats(std::size_t n, float value = 1.0F)
{
    return array(std::vector<float>(n, value), {n});
}
/// A float16 file, by its bits. One axis if there is one column.
inline std::string halves(const std::vector<std::uint16_t>& bits, std::size_t cols = 1)
{
    const std::string shape =
        cols == 1 ? std::to_string(bits.size()) + ","
                  : std::to_string(bits.size() / cols) + ", " + std::to_string(cols);
    std::string dict = "{'descr': '<f2', 'fortran_order': False, 'shape': (" + shape + "), }";
    dict.append(117 - dict.size(), ' ');
    std::string out = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + dict + "\n";
    for (const auto word : bits) {
        out += static_cast<char>(word & 0xffU);
        out += static_cast<char>(word >> 8U);
    }
    return out;
}

/// An image of 3 x 8 x 8, and arrays for a convolution of 3 x 3 to 4 channels and for 2 classes.
class NetworkFile : public InputFiles {
protected:
    NetworkFile()
    {
        put("w.npy", codes(27, 4));
        put("same.npy", codes(36, 4));
        put("fc.npy", codes(4, 2));
        put("b.npy", floats(4, 0.5F));
        put("s.npy", floats(4, 0.25F));
    }

    static constexpr const char* conv =
        R"({"name": "a", "op": "conv", "input": "input", "weights": "w.npy", "weight_scale": 0.5,
            "kernel": [3, 3], "padding": [1, 1]})";
    static constexpr const char* tail =
        R"({"name": "g", "op": "global_average_pool", "input": "a"},
           {"name": "fc", "op": "linear", "input": "g", "weights": "fc.npy", "weight_scale": 1}])";

    /// Nodes in order; the last two average map "a" and give the scores.
    static std::string text(const std::string& nodes, const std::string& more = "")
    {
        return R"({"format": "aimc-network/1", "input": {"shape": [3, 8, 8], "scale": 0.5},)" +
               more + "\"nodes\": [" + nodes + ", " + tail + "}";
    }
    /// The convolution with these members in place of its own.
    static std::string conv_with(const std::string& members)
    {
        return R"({"name": "a", "op": "conv", "input": "input", )" + members + "}";
    }
    /// A node more behind the convolution.
    static std::string then(const std::string& node) { return std::string(conv) + ", " + node; }

    Network load(const std::string& json) const { return load_network(put("net.json", json)); }
    void expect_error(const std::string& what, const std::string& json,
                      std::vector<std::string> parts) const
    {
        parts.push_back(path("net.json"));
        expect_input_error(what, parts, [&] { load(json); });
    }
};

}  // namespace aimc::config::testing
