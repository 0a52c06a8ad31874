// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/plan.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace aimc::network {
namespace {

/// Tiles of a layer: "3", or "3-6".
std::string tiles_of(const LayerPlan& layer)
{
    std::vector<std::size_t> tiles;
    for (const Block& b : layer.blocks) { tiles.push_back(b.tile); }
    std::sort(tiles.begin(), tiles.end());
    tiles.erase(std::unique(tiles.begin(), tiles.end()), tiles.end());
    const bool in_a_row = tiles.back() - tiles.front() + 1 == tiles.size();
    if (tiles.size() > 1 && in_a_row) { return fmt::format("{}-{}", tiles.front(), tiles.back()); }
    std::string all;
    for (const std::size_t t : tiles) { all += (all.empty() ? "" : ",") + std::to_string(t); }
    return all;
}

}  // namespace

std::string plan_text(const Plan& plan, const std::string& name)
{
    std::string out = fmt::format(
        "{}: {} layers in {} blocks on {} tiles of {} x {}, {:.1f} % of the cells, {} tile MVMs "
        "per image\n",
        name, plan.layers.size(), plan.n_blocks(), plan.n_tiles, plan.tile_rows, plan.tile_cols,
        100.0 * plan.used(), plan.mvms());
    out += fmt::format("{:<18} {:>6} {:>6} {:>7} {:>9} {:>9} {:>8} {:>10}  {}\n", "layer", "rows",
                       "cols", "copies", "row tiles", "col tiles", "rows %", "MVMs/image", "tiles");
    for (const LayerPlan& l : plan.layers) {
        const double share = 100.0 * static_cast<double>(l.rows * l.copies) /
                             static_cast<double>(l.links * plan.tile_rows);
        out +=
            fmt::format("{:<18} {:>6} {:>6} {:>7} {:>9} {:>9} {:>8.1f} {:>10}  {}\n", l.name,
                        l.rows, l.cols, l.copies, l.links, l.chains, share, l.mvms(), tiles_of(l));
    }
    return out;
}

std::string plan_json(const Plan& plan, const std::string& name)
{
    using Json = nlohmann::ordered_json;
    const auto range = [](const config::Range& r) { return Json::array({r.from, r.to}); };
    Json json;
    json["format"] = "aimc-plan/1";
    json["network"] = name;
    json["tile"] = {{"rows", plan.tile_rows}, {"cols", plan.tile_cols}};
    json["tiles"] = plan.n_tiles;
    json["cells_used"] = plan.used();
    json["mvms_per_image"] = plan.mvms();
    json["layers"] = Json::array();
    for (const LayerPlan& l : plan.layers) {
        Json layer;
        layer["name"] = l.name;
        layer["rows"] = l.rows;
        layer["cols"] = l.cols;
        layer["copies"] = l.copies;
        layer["row_tiles"] = l.links;
        layer["col_tiles"] = l.chains;
        layer["mvms_per_image"] = l.mvms();
        layer["blocks"] = Json::array();
        for (const Block& b : l.blocks) {
            layer["blocks"].push_back({{"tile", b.tile},
                                       {"rows", range(b.rows)},
                                       {"cols", range(b.cols)},
                                       {"at_rows", range(b.at_rows)},
                                       {"at_cols", range(b.at_cols)}});
        }
        json["layers"].push_back(std::move(layer));
    }
    return json.dump(1) + "\n";
}

}  // namespace aimc::network
