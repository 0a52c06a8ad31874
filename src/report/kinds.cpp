// SPDX-License-Identifier: Apache-2.0
// What tiles of the other kinds have in place of crossbar and oscillator ADCs.
#include "aimc/config/words.h"
#include "aimc/cost/digital_energy.h"
#include "aimc/cost/published_macros.h"
#include "aimc/digital/digital.h"
#include "aimc/schemes/column_errors.h"
#include "aimc/schemes/scheme.h"

#include "figures.h"
#include "json_parts.h"
#include "text_parts.h"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace aimc::report {
namespace {

constexpr const char* reconstructed =
    "the schemes are reconstructed: the equations of PIM-QAT were not available";

struct Sample {
    double mean = 0.0, sd = 0.0;
};
Sample sample_of(const std::vector<double>& values)
{
    Sample s;
    const auto n = static_cast<double>(values.size());
    for (const double v : values) { s.mean += v / n; }
    for (const double v : values) { s.sd += (v - s.mean) * (v - s.mean) / (n - 1.0); }
    s.sd = n > 1.0 ? std::sqrt(s.sd) : 0.0;
    return s;
}

/// What was published of others: not of the same operands, supply or share of zeros.
std::string macros()
{
    Table table({{"published macro", false, 34},
                 {"nm", true, 4},
                 {"operands", false, 14},
                 {"TOPS/W", true, 8},
                 {"TOPS/mm2", true, 8},
                 {"what was seen of it", false, 22}});
    for (const cost::DigitalMacro& m : cost::published_digital_macros()) {
        const auto figure = [](const std::optional<double>& value) {
            return value ? fmt::format("{:g}", *value) : "-";
        };
        table.add({m.name, std::to_string(m.node_nm), m.operands, figure(m.tops_per_w),
                   figure(m.tops_per_mm2), m.tag});
    }
    return table.text();
}

Json macros_json()
{
    Json all = Json::array();
    for (const cost::DigitalMacro& m : cost::published_digital_macros()) {
        all.push_back({{"name", m.name},
                       {"node_nm", m.node_nm},
                       {"operands", m.operands},
                       {"tops_per_w", number(m.tops_per_w)},
                       {"tops_per_mm2", number(m.tops_per_mm2)},
                       {"per_bit", m.is_per_bit},
                       {"tag", m.tag}});
    }
    return all;
}

Json to_json(const Sample& s) { return {{"mean", number(s.mean)}, {"sd", number(s.sd)}}; }

}  // namespace

Json scheme_json(const RunResult& r)
{
    const config::PimConfig& p = r.config.pim;
    const auto errors = schemes::draw_column_errors(r.config);
    return {{"scheme", config::word_of(p.scheme)},
            {"definition", reconstructed},
            {"group_size", config::group_size(p)},
            {"levels", schemes::levels(p)},
            {"lossless_bits", schemes::lossless_bits(p)},
            {"bits", p.bits},
            {"lsb", number(schemes::step(p))},
            {"conversions_per_output", schemes::conversions_per_output(p, r.config.rows)},
            {"step_cycles", schemes::n_step_cycles(p)},
            {"conversions", r.adc.events.conversions},
            {"clipped", r.adc.events.over_range},
            {"column_gain", to_json(sample_of(errors.gain))},
            {"column_offset_lsb", to_json(sample_of(errors.offset))},
            {"rms_to_analog_lsb", number(schemes::rms_to_analog(p.sigma_lsb))},
            {"wrong_codes_on_centre", number(schemes::wrong_code_probability(p.sigma_lsb))},
            {"resolution_lost_bits", number(schemes::resolution_lost(p.sigma_lsb))},
            {"effective_bits", number(schemes::effective_bits(p.bits, p.sigma_lsb))},
            {"suggested_training_bits", schemes::suggested_training_bits(p.bits, p.sigma_lsb)}};
}

Json digital_json(const RunResult& r)
{
    const config::DigitalConfig& d = r.config.digital;
    const std::size_t rows = r.config.rows;
    Json json{{"cycles_per_vector", digital::cycles_per_vector(d)},
              {"latency_cycles", digital::latency(d)},
              {"tree_full_adders", digital::tree_full_adders(rows, d.weight_bits)},
              {"column_full_adders", digital::column_full_adders(rows, d)},
              {"tree_bits", digital::tree_bits(rows, d.weight_bits)},
              {"accumulator_bits", digital::accumulator_bits(rows, d)},
              {"peak_gops", number(digital::giga_operations_per_s(r.config))},
              {"published_macros", macros_json()}};
    if (!r.energy) { return json; }
    const auto energy = cost::digital_array_energy(r.config, r.energy->phases_per_mvm);
    json["array_energy"] = {{"per_mvm_nj", number(energy.per_mvm_nJ)},
                            {"mac_fj", number(energy.per_mac_fJ)},
                            {"tops_per_w", number(energy.tops_per_w)},
                            {"tag", energy.tag}};
    for (const auto& [name, part] : energy.parts()) {
        json["array_energy"]["parts"][name] = {{"per_mvm_nj", number(part->per_mvm_nJ)},
                                               {"tag", part->tag}};
    }
    return json;
}

std::string scheme_section(const RunResult& r)
{
    const config::PimConfig& p = r.config.pim;
    const auto& e = r.adc.events;
    const auto errors = schemes::draw_column_errors(r.config);
    std::string text =
        fmt::format("\nPIM scheme {} ({})\n", config::word_of(p.scheme), reconstructed);
    text += paragraph(fmt::format(
        "weights rounded to {} bits, inputs of {} bits in slices of {}, groups of {} products: a "
        "partial sum has {} levels, which need {} bits; the converter has {}, its LSB is {:.4g} "
        "steps of weight x input slice",
        p.weight_bits, p.input_bits, p.slice_bits, config::group_size(p),
        grouped(static_cast<std::uint64_t>(schemes::levels(p))), schemes::lossless_bits(p), p.bits,
        schemes::step(p)));
    text += paragraph(fmt::format(
        "{} conversions per output and pass ({} groups x {} slices x {} columns; negative inputs "
        "take a second pass), {} cycles per group and slice (Choice); {} conversions, {} clipped "
        "({})",
        schemes::conversions_per_output(p, r.config.rows), schemes::groups(p, r.config.rows),
        schemes::slices(p), schemes::physical_columns(p), schemes::n_step_cycles(p),
        grouped(e.conversions), grouped(e.over_range), percent(e.over_range, e.watched)));
    const Sample gain = sample_of(errors.gain);
    const Sample offset = sample_of(errors.offset);
    text += paragraph(fmt::format(
        "physical columns as drawn: gain {:.4f}, sd {:.4f}; offset {:.2f}, sd {:.2f} LSB; thermal "
        "noise {} LSB as configured leaves {:.2f} of {} bits, a first guess of the best resolution "
        "to train at is {}",
        gain.mean, gain.sd, offset.mean, offset.sd, p.sigma_lsb,
        schemes::effective_bits(p.bits, p.sigma_lsb), p.bits,
        schemes::suggested_training_bits(p.bits, p.sigma_lsb)));
    Table table({{"calibration", false, 12},
                 {"mean error before [LSB]", true, 12},
                 {"after", true, 8},
                 {"rho (sd / exact sd) before", true, 14},
                 {"after", true, 8}});
    for (const LayerResult& l : r.layers) {
        const CalibrationFacts& c = l.calibration;
        if (!c.done) { continue; }
        table.add({l.name, fixed(c.mean_before.mean, 3), fixed(c.mean_after.mean, 3),
                   fixed(c.rho_before.mean, 4), fixed(c.rho_after.mean, 4)});
    }
    return text + table.text() +
           paragraph(
               "before: as the design says, without any cure; rho: spread of the outputs over "
               "that of exact ones, mean over columns");
}

std::string digital_section(const RunResult& r)
{
    const config::DigitalConfig& d = r.config.digital;
    const std::size_t rows = r.config.rows;
    std::string text = "\nDigital array\n";
    text += paragraph(fmt::format(
        "{} x {} weights of {} bits, {} bits of {} inputs per cycle{}: {} cycles per vector, {} to "
        "the finished sum; {:.1f} Gop/s at most",
        rows, r.config.cols, d.weight_bits, d.input_bits_per_cycle,
        d.signed_inputs ? "signed" : "unsigned", d.skip_zero_planes ? ", empty planes skipped" : "",
        digital::cycles_per_vector(d), digital::latency(d),
        digital::giga_operations_per_s(r.config)));
    text += paragraph(fmt::format(
        "a column has {} full adders in a tree of {} bits, {} with its accumulator of {} bits",
        grouped(static_cast<std::uint64_t>(digital::tree_full_adders(rows, d.weight_bits))),
        digital::tree_bits(rows, d.weight_bits),
        grouped(static_cast<std::uint64_t>(digital::column_full_adders(rows, d))),
        digital::accumulator_bits(rows, d)));
    if (!r.energy) { return text + macros(); }
    const auto energy = cost::digital_array_energy(r.config, r.energy->phases_per_mvm);
    Table table({{"array, one MVM", false, 16}, {"nJ", true, 9}, {"from", false, 66}});
    for (const auto& [name, part] : energy.parts()) {
        if (!part->per_mvm_nJ) { continue; }
        table.add({name, fmt::format("{:.4g}", *part->per_mvm_nJ), part->tag});
    }
    table.add({"total", fmt::format("{:.4g}", energy.per_mvm_nJ), energy.tag});
    return text + table.text() + paragraph(fmt::format("{:.1f} fJ per product", energy.per_mac_fJ));
}

void add_digital(const RunResult& r, std::vector<Comparison>& rows)
{
    if (!r.energy) { return; }
    const auto energy = cost::digital_array_energy(r.config, r.energy->phases_per_mvm);
    const config::DigitalConfig& d = r.config.digital;
    const bool is_published =
        r.config.rows == 128 && r.config.cols == 128 && d.weight_bits == 8 && d.input_bits == 8;
    if (!is_published) { return; }
    const bool matched = r.t_clk_ps == 2500 && d.input_bits_per_cycle == 1;
    rows.push_back(
        {"peak of the array", fmt::format("{:.1f} Gop/s", digital::giga_operations_per_s(r.config)),
         "1638 Gop/s", "fritchman21", matched ? "set to match (consistency)" : "derived"});
    const bool is_power = r.config.energy.digital.model == config::DigitalEnergy::power;
    rows.push_back({"energy of a product, array alone", fmt::format("{:.1f} fJ", energy.per_mac_fJ),
                    "120 fJ, from 98.2 mW", "fritchman21",
                    is_power ? "set to match (consistency)" : "derived"});
}

}  // namespace aimc::report
