// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/words.h"

#include "text_parts.h"

namespace aimc::report {
namespace {

/// "Choice" of "Choice: ..."; a tag in other words stays whole.
std::string tag_word(const std::string& tag)
{
    const std::string word = tag.substr(0, tag.find(':'));
    return word == "Source" || word == "Derived" || word == "Choice" || word == "Bound" ? word
                                                                                        : tag;
}

/// What the steps of a read are called.
const char* steps_word(config::TileKind kind)
{
    switch (kind) {
        case config::TileKind::analog: return "phases";
        case config::TileKind::pim: return "evaluations";
        case config::TileKind::digital_cim: break;
    }
    return "cycles";
}

std::string energy_section(const cost::EnergyReport& e, config::TileKind kind)
{
    Table table({{"of one MVM of a tile", false, 20},
                 {"nJ", true, 9},
                 {"share", true, 7},
                 {"energy per event is from", false, 56}});
    for (const auto& [name, part] : e.parts()) {
        const bool known = part->per_mvm_nJ.has_value();
        const double energy = part->per_mvm_nJ.value_or(0.0);
        table.add(
            {name, known ? fmt::format("{:.4g}", energy) : "-",
             known && e.per_mvm_nJ > 0.0 ? fixed(100.0 * energy / e.per_mvm_nJ, 1) + " %" : "-",
             known             ? tag_word(part->tag)
             : part->is_absent ? part->tag
                               : "not published: left out"});
    }
    const bool is_known = std::isfinite(e.per_mvm_nJ);
    table.add({"total", is_known ? fmt::format("{:.4g}", e.per_mvm_nJ) : "-", "", e.tag});
    std::string left_out;
    for (const std::string& what : e.left_out) {
        left_out += (left_out.empty() ? "" : ", ") + what;
    }
    return table.text() +
           paragraph(fmt::format("{} TOPS/W at {} {} per MVM; left out: {}", fixed(e.tops_per_w, 2),
                                 fixed(e.phases_per_mvm, 2), steps_word(kind), left_out));
}

/// What conversions take at least, beside what they take as configured.
std::string bound_section(const cost::EnergyReport& e)
{
    if (!e.adc_bound) { return ""; }
    const cost::AdcBound& b = *e.adc_bound;
    Table table(
        {{"ADC of one MVM", false, 20}, {"nJ", true, 9}, {"share", true, 7}, {"", false, 56}});
    if (const auto configured = e.adc.per_mvm_nJ) {
        const auto times = e.adc_over_bound();
        table.add({"as configured", fmt::format("{:.4g}", *configured),
                   e.read_nJ > 0.0 ? fixed(100.0 * *configured / e.read_nJ, 1) + " %" : "-",
                   times ? fmt::format(
                               "{:.3g} times the bound{}", *times,
                               *times < 1.0 ? ": no converter of so many bits takes so little" : "")
                         : ""});
    }
    table.add(
        {"bound", fmt::format("{:.4g}", b.per_mvm_nJ), fixed(100.0 * b.adc_share, 1) + " %",
         fmt::format("{}: {:.4g} pJ at {:g} bit{}", config::word_of(b.model), b.conversion_pJ,
                     b.enob, b.derate > 1.0 ? fmt::format(", {:g} times derated", b.derate) : "")});
    return table.text() +
           paragraph(
               fmt::format("bound of {:.4g} fJ per product of one conversion of {}, {:.4g} fJ per "
                           "product of the whole MVM; "
                           "share: of a read without the post unit; the bound is from: {}",
                           b.mac_fJ, b.n_mult, b.mvm_mac_fJ, b.tag));
}

std::string in_words(const cost::AreaFigure& f, const char* unit)
{
    return (f.value ? fmt::format("{:g}{}", *f.value, unit) : "-") + " (" + tag_word(f.tag) + ")";
}

std::string area_section(const RunResult& r)
{
    const bool is_nmpu = r.config.post == config::PostUnit::nmpu;
    const char* const unit = is_nmpu ? "NMPU" : "LDPU";
    std::string area = "area: tile " + in_words(r.area.tile_mm2, " mm2");
    if (const auto& share = r.area.adc_share; share.value) {
        area += fmt::format(", of which ADCs and support more than {:g} % ({})",
                            100.0 * *share.value, tag_word(share.tag));
    }
    area += fmt::format("; in units of one published NMPU: {} {}", unit,
                        in_words(r.area.post_in_nmpus, ""));
    if (is_nmpu) { area += ", FP16 LDPU " + in_words(r.area.ldpu_in_nmpus, ""); }
    if (r.area.post_mm2.value) {
        area += fmt::format("; {} {}", unit, in_words(r.area.post_mm2, " mm2"));
    }
    return paragraph(area) +
           paragraph(fmt::format(
               "size of the {} (Choice: a proxy that ranks variants of one unit, not silicon): {} "
               "bits stored, {} bit products of multipliers, {} bits of adders",
               unit, grouped(r.hardware.storage_bits), grouped(r.hardware.multiplier_bit_products),
               grouped(r.hardware.adder_bits)));
}

}  // namespace

std::string cost_section(const RunResult& r)
{
    return "\nEnergy and area (what the tags stand for: report.json)\n" +
           (r.energy ? energy_section(*r.energy, r.config.kind) + bound_section(*r.energy) : "") +
           area_section(r);
}

}  // namespace aimc::report
