// SPDX-License-Identifier: Apache-2.0
#include "compare_workload.h"

#include "aimc/base/files.h"
#include "aimc/config/workload.h"

#include <fmt/format.h>

#include <algorithm>

namespace aimc::apps {
namespace {

/// Generated vectors are a function of their number: some thousand tell two sets apart.
constexpr std::size_t most_made_vectors = 4096;
constexpr std::size_t vectors_at_a_time = 1024;

template <class T>
std::string bytes_of(const std::vector<T>& values)
{
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

template <class T>
std::string bytes_of(const Matrix<T>& values)
{
    return fmt::format("{} x {}:", values.rows(), values.cols()) +
           std::string(reinterpret_cast<const char*>(values.data().data()),
                       values.data().size() * sizeof(T));
}

std::string digest_of_inputs(const Rows<std::int8_t>& inputs, bool are_made)
{
    std::string digest = fmt::format("{} x {}", inputs.rows(), inputs.cols());
    const std::size_t n = are_made ? std::min(most_made_vectors, inputs.rows()) : inputs.rows();
    std::vector<std::int8_t> made;
    for (std::size_t k = 0; k < n; k += vectors_at_a_time) {
        const std::size_t block = std::min(vectors_at_a_time, n - k);
        const std::int8_t* x = inputs.block(k, block, made);
        digest.append(reinterpret_cast<const char*>(x), block * inputs.cols());
        digest = sha256_hex(digest);
    }
    return sha256_hex(digest);
}

/// What a layer computes beside W x.
std::string about(const config::Layer& layer)
{
    return fmt::format("{} {} {} {:a} {} {} {};", layer.rows.size(), layer.cols.size(),
                       layer.code_max, layer.weight_unit, static_cast<int>(layer.activation),
                       layer.out_shift, static_cast<int>(layer.output)) +
           bytes_of(layer.batch_norm.factor) + bytes_of(layer.batch_norm.summand);
}

}  // namespace

WorkloadDigest digest_of_workload(const config::TileConfig& config)
{
    config::Workload workload = config::workload_for(config, config::GeneratedInputs::on_demand);
    std::string weights;
    std::string residuals;
    std::string layers;
    for (const auto& layer : workload.layers) {
        weights += bytes_of(layer.weights);
        residuals += bytes_of(layer.residuals);
        layers += about(layer);
    }
    const std::string times = bytes_of(workload.arrival.n_gaps) +
                              std::string(workload.sink.ready.begin(), workload.sink.ready.end());
    const bool are_made = !workload.made_inputs.empty();
    return {{{"weights", sha256_hex(weights)},
             {"input vectors", digest_of_inputs(workload.take_inputs(), are_made)},
             {"layers (sizes, activation, normalisation, output)", sha256_hex(layers)},
             {"residuals", sha256_hex(residuals)},
             {"labels", sha256_hex(bytes_of(workload.labels))},
             {"arrival or sink", sha256_hex(times)}}};
}

std::string difference(const WorkloadDigest& first, const WorkloadDigest& other)
{
    std::string all;
    for (std::size_t i = 0; i < first.parts.size(); ++i) {
        if (first.parts[i].sha256 == other.parts[i].sha256) { continue; }
        all += (all.empty() ? "" : ", ") + std::string(first.parts[i].name);
    }
    return all;
}

}  // namespace aimc::apps
