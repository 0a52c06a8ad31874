// SPDX-License-Identifier: Apache-2.0
#include "code_arrays.h"

#include "aimc/base/error.h"
#include "aimc/base/exact_math.h"
#include "aimc/config/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace aimc::config::detail {
namespace {

void require_axes(const std::string& path, const NpyInfo& info, std::size_t axes,
                  const char* meaning)
{
    if (info.shape.size() != axes) {
        throw InputError(path, fmt::format("has shape {}, must be {}", info.shape, meaning));
    }
}

/// -128 has no counterpart: neither a weight nor an input may be stronger one way than the other.
void refuse_minus_128(const std::string& path, const Matrix<std::int8_t>& codes, const char* line)
{
    const auto& data = codes.data();
    const auto found = std::find(data.begin(), data.end(), std::int8_t{-128});
    if (found == data.end()) { return; }
    const auto at = static_cast<std::size_t>(found - data.begin());
    throw InputError(
        path, fmt::format("has {} codes of -128, the first in {} {}, {} {}; codes are "
                          "-127 to 127 (np.maximum(x, -127))",
                          std::count(found, data.end(), std::int8_t{-128}), line, at / codes.cols(),
                          line[0] == 'v' ? "row" : "column", at % codes.cols()));
}

template <class Float>
WeightCodes scale(const std::string& path, const Matrix<Float>& weights)
{
    WeightCodes out{Matrix<std::int16_t>(weights.rows(), weights.cols()), 32767, 1.0};
    double largest = 0.0;
    for (std::size_t i = 0; i < weights.data().size(); ++i) {
        const auto w = static_cast<double>(weights.data()[i]);
        if (!std::isfinite(w)) {
            throw InputError(path, fmt::format("has {} in row {}, column {}; weights are finite", w,
                                               i / weights.cols(), i % weights.cols()));
        }
        largest = std::max(largest, std::fabs(w));
    }
    if (largest == 0.0) { return out; }  // all zero: nothing to scale
    out.unit = largest;
    for (std::size_t i = 0; i < weights.data().size(); ++i) {
        const double share = static_cast<double>(weights.data()[i]) / largest;
        out.codes.data()[i] = static_cast<std::int16_t>(round_half_even(share * 32767.0));
    }
    return out;
}

template <class Integer>
std::vector<std::uint8_t> to_labels(const std::string& path)
{
    const auto values = load_npy<Integer>(path);
    std::vector<std::uint8_t> out;
    for (const auto value : values.data()) {
        const std::int64_t label = value;
        if (label < 0 || label > 255) {
            throw InputError(
                path, fmt::format("has label {} at {}; labels are 0 to 255", label, out.size()));
        }
        out.push_back(static_cast<std::uint8_t>(label));
    }
    return out;
}

}  // namespace

std::string code_not_taken(const Matrix<std::int8_t>& inputs, InputCodes taken)
{
    const auto& codes = inputs.data();
    const auto found = std::find_if(codes.begin(), codes.end(), [taken](std::int8_t code) {
        return code < taken.least || code > taken.largest;
    });
    if (found == codes.end()) { return ""; }
    const auto at = static_cast<std::size_t>(found - codes.begin());
    return fmt::format("has code {} in vector {}, row {}; the tile takes {} to {}", *found,
                       at / inputs.cols(), at % inputs.cols(), taken.least, taken.largest);
}

WeightCodes scaled_codes(const std::string& path, const Matrix<double>& weights)
{
    return scale(path, weights);
}

WeightCodes load_weights(const std::string& path)
{
    const NpyInfo info = inspect_npy(path);
    require_axes(path, info, 2, "[rows x cols]");
    if (info.dtype == "float32") { return scale(path, load_npy<float>(path)); }
    if (info.dtype == "float64") { return scale(path, load_npy<double>(path)); }
    if (info.dtype != "int8") {
        throw InputError(
            path, fmt::format("has dtype {}, weights are int8, float32 or float64", info.dtype));
    }
    const auto codes = load_npy<std::int8_t>(path);
    refuse_minus_128(path, codes, "row");
    WeightCodes out{Matrix<std::int16_t>(codes.rows(), codes.cols()), 127, 1.0};
    std::copy(codes.data().begin(), codes.data().end(), out.codes.data().begin());
    return out;
}

Matrix<std::int8_t> load_inputs(const std::string& path)
{
    require_axes(path, inspect_npy(path), 2, "[vectors x rows]");
    auto inputs = load_npy<std::int8_t>(path);
    refuse_minus_128(path, inputs, "vector");
    return inputs;
}

BatchNorm load_batch_norm(const std::string& path)
{
    const NpyInfo info = inspect_npy(path);
    require_axes(path, info, 2, "[2 x cols], factor and summand");
    if (info.shape[0] != 2) {
        throw InputError(path, fmt::format("has {} rows, must be [2 x cols]: factor and summand",
                                           info.shape[0]));
    }
    Matrix<double> all(2, info.shape[1]);
    if (info.dtype == "float32") {
        const auto narrow = load_npy<float>(path);
        std::copy(narrow.data().begin(), narrow.data().end(), all.data().begin());
    } else if (info.dtype == "float64") {
        all = load_npy<double>(path);
    } else {
        throw InputError(path, fmt::format("has dtype {}, must be float32 or float64", info.dtype));
    }
    constexpr double most = 1e9;  // Choice: what goes beyond is a slip, not a network
    for (std::size_t i = 0; i < all.data().size(); ++i) {
        const double v = all.data()[i];
        if (!(std::fabs(v) <= most)) {
            throw InputError(path, fmt::format("has {} in row {}, column {}; must be -1e9 to 1e9",
                                               v, i / all.cols(), i % all.cols()));
        }
    }
    return {{all.row(0), all.row(0) + all.cols()}, {all.row(1), all.row(1) + all.cols()}};
}

Matrix<std::int16_t> load_residuals(const std::string& path)
{
    require_axes(path, inspect_npy(path), 2, "[vectors x cols]");
    return load_npy<std::int16_t>(path);
}

std::vector<std::uint8_t> load_labels(const std::string& path)
{
    const NpyInfo info = inspect_npy(path);
    require_axes(path, info, 1, "[vectors], one axis");
    if (info.dtype == "uint8") { return to_labels<std::uint8_t>(path); }
    if (info.dtype == "int8") { return to_labels<std::int8_t>(path); }
    if (info.dtype == "int16") { return to_labels<std::int16_t>(path); }
    if (info.dtype == "int32") { return to_labels<std::int32_t>(path); }
    throw InputError(path,
                     fmt::format("has dtype {}, labels are whole numbers (uint8)", info.dtype));
}

}  // namespace aimc::config::detail
