// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/fingerprint.h"

#include "aimc/base/files.h"

#include "key_check.h"
#include "key_table.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

namespace aimc::config {
namespace {

using nlohmann::json;

bool ends_with(const std::string& text, const std::string& end)
{
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// The members of workloads and chips that name arrays.
bool names_an_array(const std::string& key)
{
    static const std::set<std::string> all{"inputs",     "calibration_inputs", "labels", "weights",
                                           "batch_norm", "residual",           "g_pos",  "g_neg"};
    return all.count(key) > 0;
}

void add_arrays(const json& value, const std::string& file, std::vector<std::string>& all)
{
    if (!value.is_structured()) { return; }
    for (const auto& [key, part] : value.items()) {
        if (value.is_object() && part.is_string() && names_an_array(key)) {
            all.push_back(resolve_beside(file, part.get<std::string>()));
        }
        add_arrays(part, file, all);
    }
}

void add_file(const std::string& file, std::vector<std::string>& all)
{
    all.push_back(file);
    if (ends_with(file, ".json")) {
        // what is wrong with it shows when it is read for good
        const json document = json::parse(read_file(file), nullptr, false, true);
        if (!document.is_discarded()) { add_arrays(document, file, all); }
    } else if (!ends_with(file, ".npy")) {
        const std::string sidecar = std::filesystem::path(file).replace_extension(".json").string();
        std::error_code error;
        if (std::filesystem::exists(sidecar, error)) { all.push_back(sidecar); }
    }
}

}  // namespace

std::vector<std::string> input_files(const TileConfig& config)
{
    std::vector<std::string> all;
    for (const auto& key : detail::keys()) {
        if (!key.is_file()) { continue; }
        const detail::Value value = key.get(config);
        const auto* const name = std::get_if<std::string>(&value);
        if (name != nullptr && !detail::is_word(*name, key)) { add_file(*name, all); }
    }
    return all;
}

std::string analog_half(const TileConfig& config)
{
    // Not among them: nmpu.branch, which the converters look at (one signed count), and
    // nmpu.activation and nmpu.residual_fraction, which a generated workload carries.
    static const std::set<std::string> after_the_counts{"post",
                                                        "nmpu.lanes",
                                                        "nmpu.scale_bits",
                                                        "nmpu.scale_fraction",
                                                        "nmpu.scale_exponent",
                                                        "nmpu.offset_bits",
                                                        "nmpu.offset_fraction",
                                                        "nmpu.offsets",
                                                        "nmpu.cut",
                                                        "nmpu.round_bits",
                                                        "nmpu.round_mode",
                                                        "nmpu.final_round_mode",
                                                        "nmpu.out_bits",
                                                        "nmpu.overflow",
                                                        "nmpu.relu_clip",
                                                        "nmpu.partial_bits",
                                                        "nmpu.partial_fraction",
                                                        "nmpu.fill",
                                                        "ldpu.passes",
                                                        "ldpu.lanes",
                                                        "ldpu.initiation_interval",
                                                        "ldpu.fill",
                                                        "ldpu.residual_passes",
                                                        "controller.double_buffered",
                                                        "controller.input_slots",
                                                        "controller.output_slots",
                                                        "pim.n_evaluate",
                                                        "pim.n_convert",
                                                        "pim.converters",
                                                        "digital.n_pipeline"};
    std::string all;
    for (const auto& key : detail::keys()) {
        if (after_the_counts.count(key.path) == 0) {
            all += key.path + '=' + detail::text_of(key.get(config), key) + '\n';
        }
    }
    return all;
}

}  // namespace aimc::config
