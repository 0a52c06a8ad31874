// SPDX-License-Identifier: Apache-2.0
#include "compare_rows.h"

#include <fmt/format.h>

#include <initializer_list>

namespace aimc::apps {
namespace {

using Json = nlohmann::ordered_json;

/// Null for what is not there.
Json at(const Json& json, const char* pointer)
{
    const Json::json_pointer where(pointer);
    return json.contains(where) ? json.at(where) : Json(nullptr);
}

Json product(const Json& a, const Json& b)
{
    if (!a.is_number() || !b.is_number()) { return nullptr; }
    return a.get<double>() * b.get<double>();
}

Json quotient(const Json& a, const Json& b)
{
    if (!a.is_number() || !b.is_number() || b.get<double>() == 0.0) { return nullptr; }
    return a.get<double>() / b.get<double>();
}

using Run = const Compared&;

Json size_of(Run c)
{
    return fmt::format("{} x {}", at(c.config, "/tile/rows").get<std::size_t>(),
                       at(c.config, "/tile/cols").get<std::size_t>());
}

/// The time of so many cycles of this tile.  [ns]
Json in_ns(Run c, const Json& cycles)
{
    return product(cycles, quotient(at(c.config, "/clock/t_clk_ps"), 1000));
}

/// A generated workload has the name of its configuration, which says nothing here.
Json workload_of(Run c)
{
    const Json name = at(c.report, "/workload/name");
    return at(c.config, "/workload/file").is_null() ? Json("generated") : name;
}

/// Of analog and PIM tiles; a digital tile has none.
Json conversions_of(Run c)
{
    if (!at(c.report, "/digital").is_null()) { return 0; }
    const Json of_scheme = at(c.report, "/scheme/conversions");
    return of_scheme.is_null() ? at(c.report, "/adc/conversions") : of_scheme;
}

std::vector<CompareRow> heading_rows()
{
    return {{"tile_kind", "tile", [](Run c) { return at(c.config, "/tile_kind"); }},
            {"size", "rows x columns", size_of},
            {"post_unit", "post unit", [](Run c) { return at(c.config, "/post"); }}};
}

std::vector<CompareRow> time_rows()
{
    return {
        {"workload", "workload", workload_of},
        {"engine", "engine", [](Run c) { return at(c.report, "/engine"); }},
        {"mvms", "MVMs", [](Run c) { return at(c.report, "/workload/mvms"); }},
        {"latency_cycles", "latency [cycles]",
         [](Run c) { return at(c.report, "/latency/mvm_cycles/mean"); }, 1},
        {"latency_ns", "latency [ns]",
         [](Run c) { return in_ns(c, at(c.report, "/latency/mvm_cycles/mean")); }, 1},
        {"initiation_interval_cycles", "interval [cycles]",
         [](Run c) { return at(c.report, "/throughput/initiation_interval_cycles"); }, 1},
        {"mvm_per_s", "million MVM/s", [](Run c) { return at(c.report, "/throughput/mvm_per_s"); },
         3, 1e-6},
        {"tops", "TOPS", [](Run c) { return at(c.report, "/throughput/tops"); }, 3},
    };
}

std::vector<CompareRow> cost_rows()
{
    return {
        {"energy_nj", "energy per MVM [nJ]",
         [](Run c) { return at(c.report, "/energy/per_mvm_nj"); }, 3},
        {"tops_per_w", "TOPS/W", [](Run c) { return at(c.report, "/energy/tops_per_w"); }, 2},
        {"energy_tag", "energy is",
         [](Run c) {
             const std::string tag = energy_tag(c);
             return tag.empty() ? Json(nullptr) : Json(tag.substr(0, tag.find(':')));
         }},
        {"conversions_per_mvm", "conversions per MVM",
         [](Run c) { return quotient(conversions_of(c), at(c.report, "/workload/mvms")); }, 1},
    };
}

std::vector<CompareRow> accuracy_rows()
{
    return {
        {"rel_l2", "error, rel. L2 [%]", [](Run c) { return at(c.report, "/accuracy/mvm/rel_l2"); },
         3, 100.0},
        {"sqnr_db", "SQNR [dB]", [](Run c) { return at(c.report, "/accuracy/mvm/sqnr_db"); }, 1,
         1.0, "exact"},
        {"top1", "top-1 [%]", [](Run c) { return at(c.report, "/accuracy/task/top1"); }, 2},
        {"float_top1", "top-1 in float [%]",
         [](Run c) { return at(c.report, "/accuracy/task/float_top1"); }, 2},
        {"identical_share", "identical outputs [%]",
         [](Run c) { return at(c.report, "/repeatability/identical_share"); }, 2, 100.0},
        {"static_rms_lsb", "fixed error [LSB]",
         [](Run c) { return at(c.report, "/repeatability/static_rms_lsb"); }, 3},
        {"thermal_rms_lsb", "fresh noise [LSB]",
         [](Run c) { return at(c.report, "/repeatability/thermal_rms_lsb"); }, 3},
        {"host_mvm_per_s", "simulated MVM/s", [](Run c) { return at(c.report, "/host/mvm_per_s"); },
         0, 1.0, "-", true},
    };
}

/// [uJ]
Json energy_per_image(Run c)
{
    double nano_joule = 0.0;
    for (const Json& layer : at(c.report, "/results/0/layers")) {
        const Json& energy = layer.at("energy_nJ_per_image");
        nano_joule += energy.is_number() ? energy.get<double>() : 0.0;
    }
    return nano_joule > 0.0 ? Json(1e-3 * nano_joule) : Json(nullptr);
}

Json images_per_s(Run c)
{
    return quotient(1e9, in_ns(c, at(c.report, "/results/0/interval_cycles")));
}

/// Of a network: one chip, one age, one unit, which is the first result of its report.
std::vector<CompareRow> image_rows()
{
    return {
        {"network", "network", [](Run c) { return at(c.report, "/network/name"); }},
        {"engine", "engine", [](Run c) { return at(c.report, "/engine"); }},
        {"images", "images", [](Run c) { return at(c.report, "/results/0/images"); }},
        {"tiles", "tiles", [](Run c) { return at(c.report, "/plan/tiles"); }},
        {"mvms_per_image", "MVMs per image",
         [](Run c) { return at(c.report, "/plan/mvms_per_image"); }},
        {"latency_cycles", "latency per image [cycles]",
         [](Run c) { return at(c.report, "/results/0/latency_cycles"); }},
        {"latency_ns", "latency per image [us]",
         [](Run c) { return in_ns(c, at(c.report, "/results/0/latency_cycles")); }, 1, 1e-3},
        {"images_per_s", "images/s", images_per_s, 0},
        {"energy_uj", "energy per image [uJ]", energy_per_image, 2},
        {"top1", "top-1 [%]", [](Run c) { return at(c.report, "/results/0/top1"); }, 2},
        {"float_top1", "top-1 in float [%]", [](Run c) { return at(c.report, "/float/top1"); }, 2},
        {"host_images_per_s", "simulated images/s",
         [](Run c) { return at(c.report, "/host/images_per_s"); }, 0, 1.0, "-", true},
    };
}

std::vector<CompareRow> all_of(std::initializer_list<std::vector<CompareRow>> parts)
{
    std::vector<CompareRow> all;
    for (const auto& part : parts) { all.insert(all.end(), part.begin(), part.end()); }
    return all;
}

}  // namespace

const std::vector<CompareRow>& tile_rows()
{
    static const auto rows = all_of({heading_rows(), time_rows(), cost_rows(), accuracy_rows()});
    return rows;
}

const std::vector<CompareRow>& network_rows()
{
    static const auto rows = all_of({heading_rows(), image_rows()});
    return rows;
}

std::string energy_tag(Run c)
{
    const Json tag = at(c.report, "/energy/tag");
    return tag.is_string() ? tag.get<std::string>() : "";
}

}  // namespace aimc::apps
