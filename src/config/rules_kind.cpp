// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/words.h"

#include "key_table.h"
#include "rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

// What keys must be together for each kind of tile.

namespace aimc::config {
namespace {

constexpr int code_limit = 127;  // int8 without -128

int bits_for(std::uint64_t largest)
{
    int bits = 0;
    for (; largest > 0; largest >>= 1U) { ++bits; }
    return std::max(bits, 1);
}

/// The largest |recombined sum|: every converter at its end, in both passes.
std::uint64_t largest_recombined(const TileConfig& t)
{
    const PimConfig& p = t.pim;
    const bool is_native = p.scheme == Scheme::native;
    const std::uint64_t code = (std::uint64_t{1} << (is_native ? p.bits - 1 : p.bits)) - 1;
    const int n_slices = (p.input_bits + p.slice_bits - 1) / p.slice_bits;
    std::uint64_t slices = 0;
    for (int l = 0; l < n_slices; ++l) { slices += std::uint64_t{1} << (l * p.slice_bits); }
    const auto n = static_cast<std::size_t>(group_size(p));
    const std::uint64_t groups = (t.rows + n - 1) / n;
    const std::uint64_t planes =
        p.scheme == Scheme::bit_serial ? std::uint64_t{1} << (p.weight_bits - 1) : 1;
    return 2 * std::max<std::uint64_t>(code, 1) * slices * groups * planes;
}

}  // namespace

int count_bits(const TileConfig& t)
{
    switch (t.kind) {
        case TileKind::analog: return t.adc.count_bits;
        case TileKind::pim: return bits_for(largest_recombined(t)) + 1;
        case TileKind::digital_cim: break;
    }
    return t.digital.weight_bits + t.digital.input_bits + bits_for(t.rows - 1);
}

int largest_weight(const TileConfig& t)
{
    switch (t.kind) {
        case TileKind::analog: return 0;
        case TileKind::pim: return static_cast<int>(signed_max(t.pim.weight_bits));
        case TileKind::digital_cim: break;
    }
    return static_cast<int>(signed_max(t.digital.weight_bits));
}

int largest_input(const TileConfig& t)
{
    switch (t.kind) {
        case TileKind::analog: return code_limit;
        case TileKind::pim: return (1 << t.pim.input_bits) - 1;
        case TileKind::digital_cim: break;
    }
    const int bits = t.digital.input_bits;
    return std::min(code_limit, (1 << (t.digital.signed_inputs ? bits - 1 : bits)) - 1);
}

namespace detail {
namespace {

constexpr int widest_count = 30;  // a count word and its sign share 32 bits

bool starts_with(const std::string& text, const std::string& start)
{
    return text.rfind(start, 0) == 0;
}

/// The kinds that look at a key, and whether there are others.
bool is_used(const std::string& path, TileKind kind)
{
    for (const char* section : {"device.", "adc.", "read.", "ageing."}) {
        if (starts_with(path, section)) { return kind == TileKind::analog; }
    }
    const bool of_cells = starts_with(path, "crossbar.") && path != "crossbar.g_map";
    if (of_cells || path == "chip") { return kind == TileKind::analog; }
    if (starts_with(path, "pim.")) { return kind == TileKind::pim; }
    if (starts_with(path, "digital.") || starts_with(path, "energy.digital.")) {
        return kind == TileKind::digital_cim;
    }
    if (starts_with(path, "energy.adc_bound.")) { return kind != TileKind::digital_cim; }
    for (const char* event :
         {"energy.adc_conversion_pJ", "energy.input_phase_pJ", "energy.array_mvm_fJ"}) {
        if (path == event) { return kind == TileKind::analog; }
    }
    return true;
}

bool some_kind_ignores(const std::string& path)
{
    return !is_used(path, TileKind::analog) || !is_used(path, TileKind::pim) ||
           !is_used(path, TileKind::digital_cim);
}

std::string bits_per_cycle(const TileConfig& t)
{
    const int bits = t.digital.input_bits_per_cycle;
    return bits == 3 ? "is 3, must be 1, 2 or 4" : "";
}

std::string signed_width(const TileConfig& t)
{
    if (t.kind != TileKind::digital_cim || !t.digital.signed_inputs || t.digital.input_bits >= 2) {
        return "";
    }
    return "is 1, but a signed input has at least 2 bits; set digital.signed_inputs to false";
}

std::string slices(const TileConfig& t)
{
    if (t.kind != TileKind::pim || t.pim.slice_bits <= t.pim.input_bits) { return ""; }
    return fmt::format("is {}, must be at most pim.input_bits, which is {}", t.pim.slice_bits,
                       t.pim.input_bits);
}

std::string native_bits(const TileConfig& t)
{
    if (t.kind != TileKind::pim || t.pim.scheme != Scheme::native || t.pim.bits >= 2) { return ""; }
    return "is 1, but the native scheme converts signed sums: at least 2";
}

std::string word_width(const TileConfig& t)
{
    if (t.kind == TileKind::analog || count_bits(t) <= widest_count) { return ""; }
    return fmt::format(
        "makes sums of {} bits, must be at most {}; fewer rows, narrower weights, "
        "inputs or converters",
        count_bits(t), widest_count);
}

std::string half_words(const TileConfig& t)
{
    constexpr int most_half_bits = 16;  // with the sign: binary16 ends at 65504, less than 2^16
    if (t.kind == TileKind::analog || t.post == PostUnit::nmpu || count_bits(t) <= most_half_bits) {
        return "";
    }
    return fmt::format("is \"ldpu\", but sums of {} bits pass the end of binary16; at most {} bits",
                       count_bits(t), most_half_bits);
}

std::string ams_line(const TileConfig& t)
{
    if (t.adc.model == AdcModel::oscillator) { return ""; }
    const auto& a = t.adc;
    const bool is_plain = a.curves == CurveSource::ideal && !a.full_scale_uA &&
                          a.sigma_lsb == 0.0 && a.input_offset_sd_uA == 0.0 &&
                          a.polarity_deadband_uA == 0.0;
    if (is_plain) { return ""; }
    return "is \"ams\", which replaces the physical errors; with it adc.curves must be ideal, "
           "adc.full_scale_uA null, and sigma_lsb, input_offset_sd_uA and polarity_deadband_uA 0";
}

std::string ams_keys(const TileConfig& t)
{
    const AmsConfig given = t.adc.ams;
    const AmsConfig plain;
    const bool changed = given.enob != plain.enob || given.n_mult != plain.n_mult ||
                         given.n_total != plain.n_total || given.fixed_share != plain.fixed_share;
    if (t.adc.model == AdcModel::ams || !changed) { return ""; }
    return "is \"oscillator\", so that adc.ams would not be used; set it to \"ams\"";
}

std::string power(const TileConfig& t)
{
    const auto& d = t.energy.digital;
    const bool wanted = d.model == DigitalEnergy::power;
    if (wanted == d.power_mW.has_value()) { return ""; }
    return wanted ? "is missing; energy.digital.model \"power\" needs it"
                  : "would not be used; set energy.digital.model to \"power\", or power_mW to null";
}

}  // namespace

void add_kind_rules(std::vector<Rule>& all)
{
    static const TileConfig plain;
    all.push_back({{"digital.input_bits_per_cycle"},
                   "`digital.input_bits_per_cycle` is 1, 2 or 4.",
                   bits_per_cycle});
    all.push_back({{"digital.input_bits", "digital.signed_inputs", "tile_kind"},
                   "`digital.input_bits` at least 2 with `digital.signed_inputs`.",
                   signed_width});
    all.push_back({{"pim.slice_bits", "pim.input_bits", "tile_kind"},
                   "`pim.slice_bits` at most `pim.input_bits`.",
                   slices});
    all.push_back({{"pim.bits", "pim.scheme", "tile_kind"},
                   "`pim.bits` at least 2 with `pim.scheme` native.",
                   native_bits});
    all.push_back({{"tile_kind", "tile.rows", "pim.scheme", "pim.weight_bits", "pim.input_bits",
                    "pim.slice_bits", "pim.group_size", "pim.bits", "digital.weight_bits",
                    "digital.input_bits"},
                   "Sums of tiles that are not analog have at most 30 bits.",
                   word_width});
    all.push_back({{"post", "tile_kind", "tile.rows", "pim.scheme", "pim.weight_bits",
                    "pim.input_bits", "pim.slice_bits", "pim.group_size", "pim.bits",
                    "digital.weight_bits", "digital.input_bits"},
                   "`post` ldpu takes sums of at most 16 bits from tiles that are not analog.",
                   half_words});
    all.push_back({{"adc.model", "adc.curves", "adc.full_scale_uA", "adc.sigma_lsb",
                    "adc.input_offset_sd_uA", "adc.polarity_deadband_uA"},
                   "`adc.model` ams only with an ideal line without ceiling and without other "
                   "errors.",
                   ams_line});
    all.push_back(
        {{"adc.model", "adc.ams.enob", "adc.ams.n_mult", "adc.ams.n_total", "adc.ams.fixed_share"},
         "`adc.ams` only with `adc.model` ams.",
         ams_keys});
    all.push_back({{"energy.digital.power_mW", "energy.digital.model"},
                   "`energy.digital.power_mW` if and only if `energy.digital.model` is power.",
                   power});
    bool is_first = true;
    for (const Key& key : keys()) {
        if (!some_kind_ignores(key.path)) { continue; }
        const char* text = is_first ? "A key that a `tile_kind` has no use for keeps its default: "
                                      "`device`, `adc`, `read`, `ageing`, `chip` and `crossbar` "
                                      "but `g_map` are of analog tiles, `pim`, `digital` and "
                                      "`energy.digital` of those kinds."
                                    : "";
        is_first = false;
        all.push_back({{key.path, "tile_kind"}, text, [&key](const TileConfig& t) -> std::string {
                           if (is_used(key.path, t.kind) || key.get(t) == key.get(plain)) {
                               return "";
                           }
                           return fmt::format("would not be used with tile_kind \"{}\"; drop it",
                                              word_of(t.kind));
                       }});
    }
}

}  // namespace detail
}  // namespace aimc::config
