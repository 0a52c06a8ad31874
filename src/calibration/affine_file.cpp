// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/words.h"

#include "affine_json.h"

#include <array>
#include <cmath>

namespace aimc::calibration {
namespace {

constexpr const char* affine_format = "aimc-affine/2";

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

/// What did not fit its format: of the unit that the words were made with.
void add_misfits(Json& l, const LayerCalibration& layer)
{
    if (layer.misfits.empty()) { return; }
    l["misfits_of"] = layer.fitted_for == config::PostUnit::nmpu ? "nmpu" : "ldpu";
    l["misfits"] = Json::array();
    for (const Misfit& m : layer.misfits) {
        l["misfits"].push_back({m.column, m.word, m.wanted, m.given});
    }
}

/// Words hold the batch norm that they were made with, and no other.
void check_batch_norm(const Fields& f, const Json& l, const std::string& where,
                      const config::Layer& layer)
{
    const std::string wanted = digest_of(layer.batch_norm);
    const Json given = l.value("batch_norm", Json(""));
    f.require(given == wanted, where,
              wanted.empty() ? std::string("is there, but the workload has none for this layer")
              : given == ""  ? std::string("is not there, but the workload has one for this layer")
                             : std::string("is another one than the workload's"));
}

/// So that a later run says it, too. Files of other hands may lack the list.
void read_misfits(const Fields& f, const Json& l, const std::string& where,
                  const config::Layer& shape, config::PostUnit post, LayerCalibration& layer)
{
    const char* const unit = post == config::PostUnit::nmpu ? "nmpu" : "ldpu";
    layer.fitted_for = post;
    if (!l.contains("misfits") || l.value("misfits_of", Json()) != unit) { return; }
    const Json& rows = l.at("misfits");
    f.require(rows.is_array(), where, "must be a list");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Json& row = rows[i];
        const std::string at = where + "/" + std::to_string(i);
        f.require(row.is_array() && row.size() == 4 && row[1].is_string() && row[2].is_number() &&
                      row[3].is_number() && !row[1].get<std::string>().empty(),
                  at, "must be [column, word, wanted, given]");
        const auto last = static_cast<std::int64_t>(shape.cols.size()) - 1;
        layer.misfits.push_back({static_cast<std::size_t>(f.whole(row[0], at, 0, last)),
                                 row[1].get<std::string>(), row[2].get<double>(),
                                 row[3].get<double>()});
    }
    count_misfits(layer);
}

}  // namespace

Json words_made_for(const config::TileConfig& config)
{
    static constexpr std::array<const char*, 3> branches{"polarity", "difference", "single"};
    const auto& n = config.nmpu;
    const bool one_phase = config.read.mode == config::ReadMode::one_phase;
    if (config.kind != config::TileKind::analog) {
        const auto& p = config.pim;
        Json of_kind{{"tile_kind", config::word_of(config.kind)},
                     {"branch", branches.at(static_cast<std::size_t>(n.branch))},
                     {"scale_bits", n.scale_bits},
                     {"scale_fraction", n.scale_fraction},
                     {"offset_bits", n.offset_bits},
                     {"offset_fraction", n.offset_fraction}};
        if (config.kind == config::TileKind::pim) {
            of_kind["scheme"] = config::word_of(p.scheme);
            of_kind["group_size"] = config::group_size(p);
            of_kind["weight_bits"] = p.weight_bits;
            of_kind["input_bits"] = p.input_bits;
            of_kind["slice_bits"] = p.slice_bits;
            of_kind["bits"] = p.bits;
            of_kind["range_share"] = p.range_share;
        } else {
            of_kind["weight_bits"] = config.digital.weight_bits;
            of_kind["input_bits"] = config.digital.input_bits;
        }
        return of_kind;
    }
    return {{"read_mode", one_phase ? "one_phase" : "four_phase"},
            {"branch", branches.at(static_cast<std::size_t>(n.branch))},
            {"scale_bits", n.scale_bits},
            {"scale_fraction", n.scale_fraction},
            {"offset_bits", n.offset_bits},
            {"offset_fraction", n.offset_fraction},
            {"v_read_mV", config.crossbar.v_read_mV},
            {"g_max_uS", std::round(device::g_max(config.device).si() * 1e12) / 1e6}};
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
        if (!layer.batch_norm.empty()) { l["batch_norm"] = layer.batch_norm; }
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
        add_misfits(l, layer);
        body["layers"].push_back(l);
    }
    return body;
}

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
        for (const char* residual :
             {"batch_norm", "residual_before_lsb", "residual_after_lsb", "misfits_of", "misfits"}) {
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

AffineFile affine_from(const Fields& f, const config::TileConfig& config,
                       const config::Workload& workload)
{
    AffineFile out;
    out.current_ratio = f.positive(f.at(f.json(), "current_ratio", ""), "/current_ratio");
    const auto& wanted = config.adc.current_ratio;
    f.require(!wanted || *wanted == out.current_ratio, "/current_ratio",
              "is " + Json(out.current_ratio).dump() + ", adc.current_ratio of the configuration " +
                  Json(wanted.value_or(0.0)).dump() + "; set that to \"calibrate\"");
    const Json& seed = f.at(f.json(), "device_seed", "");
    f.require(seed.is_number_unsigned(), "/device_seed", "must be a whole number from 0");
    out.device_seed = seed.get<std::uint64_t>();
    const Json& layers = f.at(f.json(), "layers", "");
    f.require(layers.is_array() && layers.size() == workload.layers.size(), "/layers",
              "must have one entry per layer of the workload, that is " +
                  std::to_string(workload.layers.size()));
    const auto& n = config.nmpu;
    const std::int64_t top = std::int64_t{1} << (n.offset_bits - 1);
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const std::string where = "/layers/" + std::to_string(l);
        LayerCalibration layer;
        const auto& wanted_layer = workload.layers[l];
        layer.words = mvm::words_for(wanted_layer);
        layer.y_lsb = f.positive(f.at(layers[l], "y_lsb", where), where + "/y_lsb");
        layer.words.scale_exponent =
            f.whole(f.at(layers[l], "scale_exponent", where), where + "/scale_exponent", 0, 4);
        layer.batch_norm = digest_of(wanted_layer.batch_norm);
        read_misfits(f, layers[l], where + "/misfits", wanted_layer, config.post, layer);
        check_batch_norm(f, layers[l], where + "/batch_norm", wanted_layer);
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

void check_format(const Fields& f, const char* expected, const Json& made_for)
{
    const Json& format = f.at(f.json(), "format", "");
    f.require(format == expected, "/format", std::string("must be \"") + expected + "\"");
    const Json& given_for = f.at(f.json(), "made_for", "");
    for (const auto& [key, value] : made_for.items()) {
        const std::string where = "/made_for/" + key;
        const Json& given = f.at(given_for, key, "/made_for");
        f.require(given == value, where,
                  "is " + given.dump() + ", the configuration has " + value.dump());
    }
}

std::string affine_json(const config::TileConfig& config,
                        const std::vector<LayerCalibration>& layers, double current_ratio)
{
    Json json;
    json["format"] = affine_format;
    json["made_for"] = words_made_for(config);
    json["device_seed"] = config.seed.device;
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

}  // namespace aimc::calibration
