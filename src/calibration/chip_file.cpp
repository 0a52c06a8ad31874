// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/chip_file.h"

#include "aimc/config/npy.h"

#include "affine_json.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace aimc::calibration {
namespace {

constexpr const char* chip_format = "aimc-chip/2";

Json chip_made_for(const config::TileConfig& config)
{
    Json json = words_made_for(config);
    json["g_lsb_nS"] = config.crossbar.g_lsb_nS;
    return json;
}

Matrix<ConductanceLsb> load_grid(const std::string& path, const config::TileConfig& config)
{
    const auto raw = config::load_npy<std::int16_t>(path);
    if (raw.rows() != config.rows || raw.cols() != config.cols) {
        throw InputError(path, "has shape " + std::to_string(raw.rows()) + " x " +
                                   std::to_string(raw.cols()) + ", the tile is " +
                                   std::to_string(config.rows) + " x " +
                                   std::to_string(config.cols));
    }
    Matrix<ConductanceLsb> grid(raw.rows(), raw.cols());
    for (std::size_t i = 0; i < raw.data().size(); ++i) {
        if (raw.data()[i] < 0) {
            throw InputError(path, "has a negative conductance at element " + std::to_string(i));
        }
        grid.data()[i].raw = raw.data()[i];
    }
    return grid;
}

std::string beside(const std::string& json_path, const char* suffix)
{
    std::filesystem::path p(json_path);
    return (p.parent_path() / (p.stem().string() + suffix)).string();
}

}  // namespace

void save_chip(const std::string& path, const config::TileConfig& config, const mvm::Chip& chip,
               const std::vector<LayerCalibration>& layers)
{
    Json json;
    json["format"] = chip_format;
    json["made_for"] = chip_made_for(config);
    json["device_seed"] = config.seed.device;
    const std::array<std::pair<const char*, const Matrix<ConductanceLsb>*>, 2> grids{
        {{"g_pos", &chip.array.g_pos}, {"g_neg", &chip.array.g_neg}}};
    for (const auto& [name, grid] : grids) {
        const std::string file = beside(path, (std::string("_") + name + ".npy").c_str());
        std::vector<std::int16_t> raw;
        for (const ConductanceLsb g : grid->data()) { raw.push_back(g.raw); }
        write_file(file, config::npy_bytes(raw.data(), {grid->rows(), grid->cols()}));
        json[name] = std::filesystem::path(file).filename().string();
    }
    json["asymmetry"] = Json::array();  // empty: none
    const auto& asymmetry = chip.array.asymmetry;
    if (std::any_of(asymmetry.begin(), asymmetry.end(), [](double a) { return a != 0.0; })) {
        json["asymmetry"] = asymmetry;
    }
    json.update(affine_body(layers, chip.current_ratio));
    write_file(path, pretty(json));
}

ChipFile load_chip(const std::string& path, const config::TileConfig& config,
                   const config::Workload& workload)
{
    const Fields f(path);
    check_format(f, chip_format, chip_made_for(config));
    ChipFile out;
    out.affine = affine_from(f, config, workload);
    for (const char* name : {"g_pos", "g_neg"}) {
        const Json& file = f.at(f.json(), name, "");
        f.require(file.is_string(), std::string("/") + name, "must be the name of a .npy file");
        auto& grid = name[2] == 'p' ? out.array.g_pos : out.array.g_neg;
        grid = load_grid(resolve_beside(path, file.get<std::string>()), config);
    }
    out.array.noise_pos = out.array.noise_neg = Matrix<std::uint16_t>(config.rows, config.cols);
    const Json& asymmetry = f.at(f.json(), "asymmetry", "");
    const bool has_one_each = asymmetry.is_array() && asymmetry.size() == config.cols;
    f.require(has_one_each || asymmetry == Json::array(), "/asymmetry",
              "must be empty or have one number per column of the tile, that is " +
                  std::to_string(config.cols));
    if (!has_one_each) { out.array.asymmetry.assign(config.cols, 0.0); }
    for (std::size_t c = 0; c < asymmetry.size(); ++c) {
        f.require(asymmetry[c].is_number(), "/asymmetry/" + std::to_string(c), "must be a number");
        out.array.asymmetry.push_back(asymmetry[c].get<double>());
    }
    return out;
}

}  // namespace aimc::calibration
