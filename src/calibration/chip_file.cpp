// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/chip_file.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/config/npy.h"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <filesystem>

namespace aimc::calibration {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* affine_format = "aimc-affine/2";
constexpr const char* chip_format = "aimc-chip/2";

/// What the words of a file hold for. Another read mode or format makes other words of them.
Json words_made_for(const config::TileConfig& config)
{
    static constexpr std::array<const char*, 3> branches{"polarity", "difference", "single"};
    const auto& n = config.nmpu;
    const bool one_phase = config.read.mode == config::ReadMode::one_phase;
    return {{"read_mode", one_phase ? "one_phase" : "four_phase"},
            {"branch", branches.at(static_cast<std::size_t>(n.branch))},
            {"scale_bits", n.scale_bits},
            {"scale_fraction", n.scale_fraction},
            {"offset_bits", n.offset_bits},
            {"offset_fraction", n.offset_fraction}};
}

Json chip_made_for(const config::TileConfig& config)
{
    Json json = words_made_for(config);
    json["g_lsb_nS"] = config.crossbar.g_lsb_nS;
    json["v_read_mV"] = config.crossbar.v_read_mV;
    return json;
}

std::string hex4(ldpu::Binary16 h)
{
    static constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (int shift = 12; shift >= 0; shift -= 4) { text += digits[(h.bits >> shift) & 15]; }
    return text;
}

/// How good each column's words are, for people; nothing reads it back.
void add_residuals(Json& l, const LayerCalibration& layer)
{
    if (layer.vectors == 0) { return; }
    l["cost"] = {{"vectors", layer.vectors}, {"cycles", layer.cycles}};
    l["residual_before_lsb"] = layer.before_lsb;
    l["residual_after_lsb"] = layer.after_lsb;
}

Json affine_body(const std::vector<LayerCalibration>& layers, double current_ratio)
{
    Json body;
    body["current_ratio"] = current_ratio;
    body["layers"] = Json::array();
    for (const auto& layer : layers) {
        Json l;
        l["y_lsb"] = layer.y_lsb;
        l["scale_exponent"] = layer.words.scale_exponent;
        l["nmpu"] = Json::array();
        l["ldpu"] = Json::array();
        for (const auto& w : layer.words.nmpu) {
            l["nmpu"].push_back({w.s_p, w.s_n, w.o_p, w.o_n});
        }
        for (const auto& w : layer.words.ldpu) {
            l["ldpu"].push_back(
                {hex4(w.scale_p), hex4(w.scale_n), hex4(w.offset), hex4(w.gamma), hex4(w.beta)});
        }
        add_residuals(l, layer);
        body["layers"].push_back(l);
    }
    return body;
}

/// One table row a line keeps the file readable and its diffs small.
std::string pretty(const Json& json)
{
    std::string text = "{\n";
    for (auto it = json.begin(); it != json.end(); ++it) {
        if (it.key() == "layers") { continue; }
        text += "  " + Json(it.key()).dump() + ": " + it->dump() + ",\n";
    }
    text += "  \"layers\": [";
    const char* next_layer = "\n";
    for (const auto& layer : json["layers"]) {
        text += std::string(next_layer) + "    {\"y_lsb\": " + layer["y_lsb"].dump() +
                ", \"scale_exponent\": " + layer["scale_exponent"].dump();
        if (layer.contains("cost")) { text += ",\n     \"cost\": " + layer["cost"].dump(); }
        for (const char* residual : {"residual_before_lsb", "residual_after_lsb"}) {
            if (!layer.contains(residual)) { continue; }
            text += std::string(",\n     \"") + residual + "\": " + layer[residual].dump();
        }
        for (const char* unit : {"nmpu", "ldpu"}) {
            text += std::string(",\n     \"") + unit + "\": [";
            const char* next_row = "\n";
            for (const auto& row : layer[unit]) {
                text += next_row + std::string("      ") + row.dump();
                next_row = ",\n";
            }
            text += "]";
        }
        text += "}";
        next_layer = ",\n";
    }
    return text + "\n  ]\n}\n";
}

/// Reads JSON fields of one file with messages that name the place.
class Fields {
public:
    explicit Fields(const std::string& path) : path_(path)
    {
        try {
            json_ = Json::parse(read_file(path));
        } catch (const Json::exception& e) {
            throw InputError(path, std::string("is not JSON: ") + e.what());
        }
        require(json_.is_object(), "", "must be a JSON object");
    }
    const Json& json() const { return json_; }
    void require(bool good, const std::string& where, const std::string& message) const
    {
        if (!good) { throw InputError(path_, std::vector<Problem>{{where, message}}); }
    }
    const Json& at(const Json& in, const std::string& key, const std::string& where) const
    {
        require(in.is_object() && in.contains(key), where + "/" + key, "is missing");
        return in.at(key);
    }
    std::int32_t whole(const Json& v, const std::string& where, std::int64_t low,
                       std::int64_t high) const
    {
        const std::string allowed =
            "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high);
        // from 2^63 on get<int64_t> would give a negative number, which an offset may be
        const bool wraps = v.is_number_unsigned() && v.get<std::uint64_t>() >> 63U != 0;
        require(v.is_number_integer() && !wraps, where, allowed);
        const auto value = v.get<std::int64_t>();
        require(value >= low && value <= high, where,
                "is " + std::to_string(value) + ", " + allowed);
        return static_cast<std::int32_t>(value);
    }
    double positive(const Json& v, const std::string& where) const
    {
        require(v.is_number() && v.get<double>() > 0.0, where, "must be a number above 0");
        return v.get<double>();
    }
    ldpu::Binary16 half(const Json& v, const std::string& where) const
    {
        ldpu::Binary16 h;
        const std::string text = v.is_string() ? v.get<std::string>() : "";
        const auto end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data(), end, h.bits, 16);
        require(text.size() == 4 && parsed.ptr == end, where, "must be four hex digits");
        return h;
    }

private:
    std::string path_;
    Json json_;
};

AffineFile affine_from(const Fields& f, const config::TileConfig& config,
                       const config::Workload& workload)
{
    AffineFile out;
    out.current_ratio = f.positive(f.at(f.json(), "current_ratio", ""), "/current_ratio");
    const Json& layers = f.at(f.json(), "layers", "");
    f.require(layers.is_array() && layers.size() == workload.layers.size(), "/layers",
              "must have one entry per layer of the workload, that is " +
                  std::to_string(workload.layers.size()));
    const auto& n = config.nmpu;
    const std::int64_t top = std::int64_t{1} << (n.offset_bits - 1);
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const std::string where = "/layers/" + std::to_string(l);
        LayerCalibration layer;
        layer.y_lsb = f.positive(f.at(layers[l], "y_lsb", where), where + "/y_lsb");
        layer.words.scale_exponent =
            f.whole(f.at(layers[l], "scale_exponent", where), where + "/scale_exponent", 0, 4);
        layer.words.activation = workload.layers[l].activation;
        for (const char* unit : {"nmpu", "ldpu"}) {
            const bool is_nmpu = unit[0] == 'n';
            const std::string table = where + "/" + unit;
            const Json& rows = f.at(layers[l], unit, where);
            const std::size_t width = is_nmpu ? 4 : 5;
            f.require(
                rows.is_array() && rows.size() == config.cols, table,
                "must have one row per column of the tile, that is " + std::to_string(config.cols));
            for (std::size_t c = 0; c < rows.size(); ++c) {
                const std::string at = table + "/" + std::to_string(c);
                f.require(rows[c].is_array() && rows[c].size() == width, at,
                          "must have " + std::to_string(width) + " entries");
                if (is_nmpu) {
                    const std::int64_t most = (std::int64_t{1} << n.scale_bits) - 1;
                    layer.words.nmpu.push_back({f.whole(rows[c][0], at, 0, most),
                                                f.whole(rows[c][1], at, 0, most),
                                                f.whole(rows[c][2], at, -top, top - 1),
                                                f.whole(rows[c][3], at, -top, top - 1)});
                } else {
                    layer.words.ldpu.push_back({f.half(rows[c][0], at), f.half(rows[c][1], at),
                                                f.half(rows[c][2], at), f.half(rows[c][3], at),
                                                f.half(rows[c][4], at)});
                }
            }
        }
        out.layers.push_back(std::move(layer));
    }
    return out;
}

void check_format(const Fields& f, const char* expected, const Json& wanted)
{
    const Json& format = f.at(f.json(), "format", "");
    f.require(format == expected, "/format", std::string("must be \"") + expected + "\"");
    const Json& made_for = f.at(f.json(), "made_for", "");
    for (const auto& [key, value] : wanted.items()) {
        const std::string where = "/made_for/" + key;
        const Json& given = f.at(made_for, key, "/made_for");
        f.require(given == value, where,
                  "is " + given.dump() + ", the configuration has " + value.dump());
    }
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

std::string affine_json(const config::TileConfig& config,
                        const std::vector<LayerCalibration>& layers, double current_ratio)
{
    Json json;
    json["format"] = affine_format;
    json["made_for"] = words_made_for(config);
    json.update(affine_body(layers, current_ratio));
    return pretty(json);
}

AffineFile load_affine(const std::string& path, const config::TileConfig& config,
                       const config::Workload& workload)
{
    const Fields f(path);
    check_format(f, affine_format, words_made_for(config));
    return affine_from(f, config, workload);
}

void save_chip(const std::string& path, const config::TileConfig& config, const mvm::Chip& chip,
               const std::vector<LayerCalibration>& layers)
{
    Json json;
    json["format"] = chip_format;
    json["made_for"] = chip_made_for(config);
    const std::array<std::pair<const char*, const Matrix<ConductanceLsb>*>, 2> grids{
        {{"g_pos", &chip.array.g_pos}, {"g_neg", &chip.array.g_neg}}};
    for (const auto& [name, grid] : grids) {
        const std::string file = beside(path, (std::string("_") + name + ".npy").c_str());
        std::vector<std::int16_t> raw;
        for (const ConductanceLsb g : grid->data()) { raw.push_back(g.raw); }
        write_file(file, config::npy_bytes(raw.data(), {grid->rows(), grid->cols()}));
        json[name] = std::filesystem::path(file).filename().string();
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
    out.array.asymmetry.assign(config.cols, 0.0);
    return out;
}

}  // namespace aimc::calibration
