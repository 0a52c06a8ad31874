// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/words.h"
#include "aimc/converters/ams_error.h"
#include "aimc/report/run_result.h"
#include "aimc/report/table.h"

#include "figures.h"
#include "text_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace aimc::report {

namespace {

std::string kind_of_tile(const RunResult& r)
{
    switch (r.config.kind) {
        case config::TileKind::analog: break;
        case config::TileKind::pim: return "PIM " + config::word_of(r.config.pim.scheme);
        case config::TileKind::digital_cim: return "digital CIM";
    }
    const bool is_one_phase = r.config.read.mode == config::ReadMode::one_phase;
    const std::string read = is_one_phase ? "one-phase read" : "four-phase read";
    return r.config.adc.model == config::AdcModel::ams ? read + ", AMS error model" : read;
}

std::string heading(const RunResult& r)
{
    std::string text;
    for (const std::string& line : wrap("aimc report: " + r.config_name, page_width)) {
        text += line + '\n';
    }
    if (!r.complete) {
        text += "INCOMPLETE: the run was interrupted; figures cover what was done\n";
    }
    Table facts({{"", false, 12}, {"", false, 80}});
    facts.add({"workload", fmt::format("{}, {} MVMs", r.workload_name, grouped(r.mvms))});
    facts.add(
        {"tile", fmt::format("{} x {}, {}, {}", r.config.rows, r.config.cols, kind_of_tile(r),
                             r.config.post == config::PostUnit::nmpu ? "NMPU" : "FP16 LDPU")});
    facts.add({"engine", r.engine});
    facts.add({"seeds", fmt::format("device {}, read {}", r.device_seed, r.read_seed)});
    facts.add({"config", "sha256 " + r.config_sha256});
    std::string lines = facts.text();
    return text + lines.substr(lines.find('\n') + 1);  // without the row of empty titles
}

std::string latency(const RunResult& r)
{
    Table table({{"cycles", false, 25},
                 {"min", true, 12},
                 {"mean", true, 12},
                 {"p50", true, 12},
                 {"p99", true, 12},
                 {"max", true, 12}});
    const auto add = [&](const char* what, const IntegerSummary& s) {
        table.add({what, grouped(s.min), fixed(s.mean, 1), grouped(s.p50), grouped(s.p99),
                   grouped(s.max)});
    };
    add("MVM, input to output", r.latency);
    add("read", r.read_cycles);
    add("post-processing", r.post_cycles);
    add("wait for the sink", r.out_wait_cycles);
    double error = 0.0;
    for (const auto* s : {&r.latency, &r.read_cycles, &r.post_cycles, &r.out_wait_cycles}) {
        error = std::max(error, s->percentile_error);
    }
    const std::string note =
        error > 0.0 ? fmt::format("  percentiles of many different values: within {:.2g} %\n",
                                  100.0 * error)
                    : "";
    return fmt::format("\nLatency (clock {:g} GHz)\n", clock_ghz(r)) + table.text() + note;
}

std::string throughput(const RunResult& r)
{
    Table table({{"", false, 40}, {"", true, 20}, {"", false, 34}});
    const auto n = r.states.sum();
    const auto add = [&](const char* what, std::uint64_t cycles, const char* why) {
        table.add({what, grouped(cycles), percent(cycles, n) + ", " + why});
    };
    table.add({"total cycles", grouped(r.cycles_total), ""});
    table.add({"initiation interval",
               r.initiation_interval > 0.0 ? fixed(r.initiation_interval, 1) : "-", "cycles"});
    const auto rate = mvm_per_s(r);
    table.add({"MVMs of one tile", rate ? fixed(*rate / 1e6, 3) : "-", "million per second"});
    const auto one_tile = tops(r);
    table.add({"throughput of one tile", one_tile ? fixed(*one_tile, 3) : "-",
               fmt::format("TOPS, 2 x {} x {} per interval", r.config.rows, r.config.cols)});
    add("array: reading", r.states.reading, "at work");
    add("array: input_starved", r.states.input_starved, "no vector");
    add("array: post_busy", r.states.post_busy, "post unit busy");
    add("array: output_blocked", r.states.output_blocked, "no output slot");
    add("array: drain", r.states.drain, "after the last read");
    const std::string lines = table.text();
    return "\nThroughput\n" + lines.substr(lines.find('\n') + 1);
}

/// What else than W x a layer computes, and what leaves it.
std::string ports_note(const LayerResult& l)
{
    std::vector<std::string> parts;
    if (l.batch_norm) {
        parts.push_back(fmt::format("batch norm of W x ({} columns with G+ and G- exchanged)",
                                    l.columns_swapped));
    }
    if (l.residual_in) { parts.emplace_back("residual words added"); }
    if (l.partial_out) { parts.emplace_back("partial sums leave, instead of y"); }
    if (parts.empty()) { return ""; }
    return paragraph(fmt::format("layer {}: {}; errors are against that, exact", l.name,
                                 fmt::join(parts, ", ")));
}

std::string accuracy(const RunResult& r)
{
    Table table({{"layer", false, 16},
                 {"MVMs", true, 11},
                 {"rel. L2", true, 9},
                 {"rmse LSB", true, 8},
                 {"max LSB", true, 8},
                 {"SQNR dB", true, 7},
                 {"ENOB", true, 6},
                 {"saturated", true, 11},
                 {"ReLU", true, 11}});
    Table post({{"post unit", false, 16},
                {"", true, 11},
                {"rel. L2", true, 9},
                {"rmse LSB", true, 8},
                {"max LSB", true, 8},
                {"SQNR dB", true, 7}});
    for (const LayerResult& l : r.layers) {
        const auto rel = [](const MvmError& e) { return fixed(100.0 * e.rel_l2, 3) + " %"; };
        table.add({l.name, grouped(l.mvms), rel(l.error), fixed(l.error.rmse_lsb, 3),
                   fixed(l.error.max_abs_lsb, 2), fixed(l.error.sqnr_db(), 1, "exact"),
                   fixed(l.error.enob(), 2), grouped(l.saturated), grouped(l.relu_clipped)});
        post.add({l.name, "", rel(l.post), fixed(l.post.rmse_lsb, 3), fixed(l.post.max_abs_lsb, 2),
                  fixed(l.post.sqnr_db(), 1, "exact")});
    }
    std::string text = "\nAccuracy of the MVM against exact W x, in output LSB\n" + table.text();
    for (const LayerResult& l : r.layers) { text += ports_note(l); }
    text += "\nError of the post unit alone, against the same affine map in exact arithmetic\n" +
            post.text();
    if (r.top1) {
        text += fmt::format("\n  top-1 {} % of {} labelled vectors", fixed(*r.top1, 2),
                            grouped(r.labelled));
        if (r.float_top1) { text += fmt::format("; float {} %", fixed(*r.float_top1, 2)); }
        text += '\n';
    }
    return r.layers.empty() && !r.top1 ? "" : text;
}

std::string repeatability(const RunResult& r)
{
    if (!r.repeatability) { return ""; }
    const Repeatability& p = *r.repeatability;
    return fmt::format("\nRepeatability: the same vectors again, {} times\n", p.runs) +
           paragraph(fmt::format(
               "{} outputs of {} vectors: {} % are the same every time; before rounding, rms in "
               "output LSB: fixed error {}, new with every read {}",
               grouped(p.outputs), grouped(p.vectors), fixed(100.0 * p.identical_share, 2),
               fixed(p.static_rms_lsb, 3), fixed(p.thermal_rms_lsb, 3)));
}

std::string adc(const RunResult& r)
{
    const AdcFacts& a = r.adc;
    const converters::AdcEvents& e = a.events;
    const std::string origin = a.curves == "measured"    ? "recorded on a chip"
                               : a.curves == "synthetic" ? "no measured chip behind them"
                                                         : "ideal straight lines";
    std::string text = "\nADC\n" + paragraph("transfer curves: " + a.curves + " (" + origin + ")" +
                                             (a.file.empty() ? "" : ", " + a.file));
    text += paragraph(fmt::format(
        "{} conversions, {} counters at their end; currents of {}: {} over range ({}), {} change "
        "polarity inside the window ({}); current ratio {:g}",
        grouped(e.conversions), grouped(e.saturated),
        e.watched == e.conversions ? "all" : grouped(e.watched) + " looked at",
        grouped(e.over_range), percent(e.over_range, e.watched), grouped(e.polarity_flips),
        percent(e.polarity_flips, e.watched), a.current_ratio));
    if (r.config.adc.integration == config::Integration::charge && e.over_range > 0) {
        text += paragraph(
            "warning: integration \"charge\" does not see the ceiling that these "
            "currents pass; time_resolved does");
    }
    if (r.config.adc.model == config::AdcModel::ams) {
        const config::AmsConfig& m = r.config.adc.ams;
        text += paragraph(fmt::format(
            "in place of the converter one Gaussian error per output (Rekhi19; its equations are "
            "recalled and cross-checked): {:g} effective bits, {} products per conversion, "
            "standard deviation {:.4g} for {} products of weights and inputs in -1 .. 1, {:g} % of "
            "the variance the same at every repeat; latency and energy stay those of the tile",
            m.enob, m.n_mult,
            converters::sd_total(m.enob, m.n_mult,
                                 m.n_total.value_or(static_cast<int>(r.config.rows))),
            m.n_total.value_or(static_cast<int>(r.config.rows)), 100.0 * m.fixed_share));
    }
    Table table({{"per column", false, 40}, {"min", true}, {"mean", true}, {"max", true}});
    const auto add = [&](const char* what, const Summary& s, int decimals) {
        table.add({what, fixed(s.min, decimals), fixed(s.mean, decimals), fixed(s.max, decimals)});
    };
    add(a.file.empty() ? "gain [-]" : "gain, relative to their mean [-]", a.gain, 4);
    add("offset [counts]", a.offset, 2);
    add("INL, best fit [counts]", a.inl, 2);
    add("DNL, best fit [counts]", a.dnl, 2);
    add("missing codes", a.missing_codes, 1);
    add("calibrated MVM: slope of y on W x [-]", a.gain_after, 4);
    add("calibrated MVM: y at W x = 0 [LSB]", a.offset_after, 2);
    return text + table.text();
}

std::string array_and_converters(const RunResult& r)
{
    switch (r.config.kind) {
        case config::TileKind::analog: break;
        case config::TileKind::pim: return scheme_section(r);
        case config::TileKind::digital_cim: return digital_section(r);
    }
    return array_section(r) + adc(r);
}

std::string calibration(const RunResult& r)
{
    Table table({{"layer", false, 12},
                 {"method", false, 13},
                 {"vectors", true, 7},
                 {"cycles", true, 11},
                 {"exp. e", true, 4},
                 {"columns e>0", true, 7},
                 {"clipped s, o", true, 8},
                 {"rank def.", true, 4},
                 {"rms LSB before, after", true, 14}});
    for (const LayerResult& l : r.layers) {
        const CalibrationFacts& c = l.calibration;
        table.add({l.name, c.method, grouped(c.vectors), grouped(c.cycles),
                   std::to_string(c.scale_exponent), grouped(c.columns_needing_exponent),
                   fmt::format("{}, {}", c.scales_clipped, c.offsets_clipped),
                   grouped(c.rank_deficient),
                   c.done ? fmt::format("{}, {}", fixed(c.residual_before_lsb, 2),
                                        fixed(c.residual_after_lsb, 2))
                          : "-"});
    }
    std::string text = r.layers.empty() ? "" : "\nCalibration and what it cost\n" + table.text();
    for (const LayerResult& l : r.layers) { text += misfit_note(l.name, l.calibration.misfits); }
    return text;
}

std::string comparison(const RunResult& r)
{
    Table table({{"quantity", false, 26},
                 {"ours", false, 22},
                 {"published", false, 18},
                 {"source", false, 9},
                 {"how", false, 14}});
    for (const Comparison& c : r.comparison) {
        table.add({c.quantity, c.ours, c.published, c.source, c.how});
    }
    return r.comparison.empty() ? "" : "\nBeside published figures\n" + table.text();
}

std::string host(const RunResult& r)
{
    const HostFacts& h = r.host;
    return "\nThis computer\n" +
           paragraph(fmt::format("{:.2f} s, {:.0f} MVM/s, {} cycles/s, {} {}, simd {}, {:.0f} "
                                 "MB at most{}",
                                 h.wall_s, h.mvm_per_s,
                                 grouped(static_cast<std::uint64_t>(h.cycles_per_s)), h.threads,
                                 h.threads == 1 ? "thread" : "threads", h.simd, h.peak_rss_mb,
                                 h.date.empty() ? "" : ", " + h.date));
}

}  // namespace

std::string misfit_note(const std::string& layer, const std::vector<calibration::Misfit>& misfits)
{
    if (misfits.empty()) { return ""; }
    constexpr std::size_t shown = 4;
    std::set<std::size_t> columns;
    for (const auto& m : misfits) { columns.insert(m.column); }
    std::string text = fmt::format(
        "NOTE: layer {}: {} words in {} columns do not fit their format; the nearest that do take "
        "their place:",
        layer, grouped(misfits.size()), grouped(columns.size()));
    for (std::size_t i = 0; i < std::min(shown, misfits.size()); ++i) {
        const auto& m = misfits[i];
        text += fmt::format("{} column {} {} = {:.4g} instead of {:.4g}", i == 0 ? "" : ",",
                            m.column, m.word, m.given, m.wanted);
    }
    if (misfits.size() > shown) { text += fmt::format(", and {} more", misfits.size() - shown); }
    return paragraph(text);
}

std::string report_text(const RunResult& r)
{
    return heading(r) + latency(r) + throughput(r) + accuracy(r) + repeatability(r) +
           ageing_section(r) + array_and_converters(r) + calibration(r) + cost_section(r) +
           comparison(r) + host(r);
}

}  // namespace aimc::report
