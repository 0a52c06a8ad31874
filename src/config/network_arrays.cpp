// SPDX-License-Identifier: Apache-2.0
#include "network_arrays.h"

#include "aimc/base/error.h"
#include "aimc/config/npy.h"

#include "code_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aimc::config::detail {
namespace {

template <class T>
Matrix<double> widened(const std::string& path)
{
    const auto narrow = load_npy<T>(path);
    Matrix<double> out(narrow.rows(), narrow.cols());
    std::copy(narrow.data().begin(), narrow.data().end(), out.data().begin());
    return out;
}

Matrix<double> halves(const std::string& path)
{
    const auto bits = load_npy<Half>(path);
    Matrix<double> out(bits.rows(), bits.cols());
    std::transform(bits.data().begin(), bits.data().end(), out.data().begin(), to_double);
    return out;
}

}  // namespace

Matrix<double> load_numbers(const std::string& path)
{
    const std::string dtype = inspect_npy(path).dtype;
    Matrix<double> out;
    if (dtype == "float16") {
        out = halves(path);
    } else if (dtype == "float32") {
        out = widened<float>(path);
    } else if (dtype == "float64") {
        out = load_npy<double>(path);
    } else {
        throw InputError(path,
                         fmt::format("has dtype {}, must be float16, float32 or float64", dtype));
    }
    constexpr double most = 1e9;  // Choice: what goes beyond is a slip, not a network
    for (std::size_t i = 0; i < out.data().size(); ++i) {
        const double v = out.data()[i];
        if (!(std::fabs(v) <= most)) {
            throw InputError(path, fmt::format("has {} in row {}, column {}; must be -1e9 to 1e9",
                                               v, i / out.cols(), i % out.cols()));
        }
    }
    return out;
}

NodeWeights load_node_weights(const std::string& path)
{
    const NpyInfo info = inspect_npy(path);
    if (info.shape.size() != 2) {
        throw InputError(path, "has one axis, weights are [fan-in x outputs]");
    }
    if (info.dtype == "int8") {
        const WeightCodes in = load_weights(path);
        return {in.codes, in.code_max, 0.0};
    }
    if (info.dtype.rfind("float", 0) != 0) {
        throw InputError(path, fmt::format("has dtype {}, weights are int8, float16, float32 or "
                                           "float64",
                                           info.dtype));
    }
    const Matrix<double> weights = load_numbers(path);
    const WeightCodes scaled = scaled_codes(path, weights);
    return {scaled.codes, scaled.code_max, scaled.unit / scaled.code_max};
}

}  // namespace aimc::config::detail
