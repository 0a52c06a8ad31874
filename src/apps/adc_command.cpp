// SPDX-License-Identifier: Apache-2.0
#include "adc_command.h"

#include "aimc/converters/adc_metrics.h"
#include "aimc/report/table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace aimc::apps {
namespace {

using converters::AdcMetrics;
using converters::CountKnot;
using converters::LineMetrics;
using converters::LineSummary;
using converters::MetricsSummary;
using converters::MinMeanMax;
using Json = nlohmann::ordered_json;

constexpr std::size_t page_width = 100;

/// One curve of a file, measured.
struct Curve {
    std::size_t column;
    const char* polarity;
    std::vector<CountKnot> knots;  ///< inputs in the file's unit
    AdcMetrics metrics;
};

struct Measured {
    std::vector<Curve> curves;
    double nominal;  ///< [counts / input unit] mean best-fit gain
    MetricsSummary summary;
};

std::vector<CountKnot> knots_of(const std::vector<config::CurvePoint>& points)
{
    std::vector<CountKnot> knots;
    knots.reserve(points.size());
    for (const auto& p : points) { knots.push_back({p.input, p.code}); }
    return knots;
}

bool are_equal(const std::vector<config::CurvePoint>& a, const std::vector<config::CurvePoint>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& p, const auto& q) {
        return p.input == q.input && p.code == q.code;
    });
}

Measured measure(const config::CurveFile& file)
{
    Measured all{};
    for (std::size_t c = 0; c < file.columns.size(); ++c) {
        const auto& column = file.columns[c];
        const bool is_shared = are_equal(column.pos, column.neg);
        all.curves.push_back({c, is_shared ? "both" : "pos", knots_of(column.pos), {}});
        if (!is_shared) { all.curves.push_back({c, "neg", knots_of(column.neg), {}}); }
    }
    std::vector<double> gains;
    for (const Curve& curve : all.curves) {
        gains.push_back(converters::measure_curve(curve.knots, 1.0, 0.0).best_fit.gain);
    }
    all.nominal = converters::min_mean_max(gains).mean;
    std::vector<AdcMetrics> metrics;
    for (Curve& curve : all.curves) {
        curve.metrics = converters::measure_curve(curve.knots, all.nominal, 0.0);
        metrics.push_back(curve.metrics);
    }
    all.summary = converters::summarise(metrics);
    return all;
}

/// "-" for what a curve does not have.
std::string number(double value, int digits)
{
    return std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, digits);
}
std::string signed_number(double value)
{
    if (std::fabs(value) < 0.005) {
        value = 0.0;  // never "-0.00"
    }
    return std::isnan(value) ? "-"
                             : fmt::format("{:+.{}f}", value, std::fabs(value) < 999.5 ? 2 : 0);
}
/// Counts per unit of input: five digits, whatever the unit.
std::string slope(double value) { return std::isnan(value) ? "-" : fmt::format("{:#.5g}", value); }
std::string code(const LineMetrics::Extreme& e)
{
    return e.code < 0 ? "-" : fmt::to_string(e.code);
}

std::vector<std::string> row(const Curve& curve, double nominal)
{
    const AdcMetrics& m = curve.metrics;
    const bool has_line = !std::isnan(m.enob);
    return {fmt::to_string(curve.column),
            curve.polarity,
            fmt::to_string(curve.knots.size()),
            slope(m.best_fit.gain * nominal),
            number(m.best_fit.gain, 3),
            signed_number(m.best_fit.offset),
            signed_number(m.best_fit.inl.value),
            code(m.best_fit.inl),
            signed_number(m.best_fit.dnl.value),
            code(m.best_fit.dnl),
            signed_number(m.end_point.inl.value),
            has_line ? fmt::to_string(m.missing_codes) : "-",
            number(m.enob, 2)};
}

std::vector<std::string> summary_row(const MetricsSummary& s, const char* name,
                                     double MinMeanMax::*which, double nominal)
{
    const LineSummary& line = s.best_fit;
    return {name,
            "",
            "",
            slope(line.gain.*which * nominal),
            number(line.gain.*which, 3),
            signed_number(line.offset.*which),
            number(line.inl.*which, 2),
            "",
            number(line.dnl.*which, 2),
            "",
            number(s.end_point.inl.*which, 2),
            number(s.missing_codes.*which, which == &MinMeanMax::mean ? 2 : 0),
            number(s.enob.*which, 2)};
}

std::string paragraph(const std::string& text)
{
    std::string lines;
    for (const auto& line : report::wrap(text, page_width)) { lines += line + '\n'; }
    return lines;
}

Json value(double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); }

Json to_json(const LineMetrics::Extreme& e)
{
    return {{"value", value(e.value)}, {"code", e.code < 0 ? Json(nullptr) : Json(e.code)}};
}

Json to_json(const LineMetrics& line, double nominal)
{
    return {{"gain_counts_per_input", value(line.gain * nominal)},
            {"gain", value(line.gain)},
            {"offset_counts", value(line.offset)},
            {"inl_lsb", to_json(line.inl)},
            {"inl_rms_lsb", value(line.inl_rms)},
            {"dnl_lsb", to_json(line.dnl)}};
}

Json to_json(const MinMeanMax& m)
{
    return {{"min", value(m.min)}, {"mean", value(m.mean)}, {"max", value(m.max)}};
}

Json to_json(const LineSummary& line)
{
    return {{"gain", to_json(line.gain)},
            {"offset_counts", to_json(line.offset)},
            {"inl_magnitude_lsb", to_json(line.inl)},
            {"inl_rms_lsb", to_json(line.inl_rms)},
            {"dnl_magnitude_lsb", to_json(line.dnl)}};
}

Json to_json(const Curve& curve, double nominal)
{
    const AdcMetrics& m = curve.metrics;
    return {{"column", curve.column},
            {"polarity", curve.polarity},
            {"points", curve.knots.size()},
            {"first_code", m.first_code},
            {"last_code", m.last_code},
            {"best_fit", to_json(m.best_fit, nominal)},
            {"end_point", to_json(m.end_point, nominal)},
            {"missing_codes", m.missing_codes},
            {"monotone", m.monotone},
            {"enob", value(m.enob)}};
}

}  // namespace

std::string adc_table(const config::CurveFile& file)
{
    const Measured all = measure(file);
    std::string text = paragraph(
        fmt::format("{} ADC curves: {}", file.measured ? "measured" : "synthetic", file.name));
    text += paragraph("chip: " + file.chip);
    text += paragraph("source: " + file.source);
    text += paragraph(fmt::format("full scale {} {} stands for {} uA; codes of {} bits over {} ns",
                                  file.full_scale, file.input_unit, file.full_scale_current_uA,
                                  file.code_bits, file.t_window_ns));
    if (file.isotonic_columns > 0) {
        text += paragraph(fmt::format("{} curves fell and were made non-decreasing (isotonic)",
                                      file.isotonic_columns));
    }
    const auto right = [](const std::string& title) { return report::Table::Column{title, true}; };
    report::Table table({right("col"),
                         {"pol"},
                         right("pts"),
                         {"counts/" + file.input_unit, true, 9},
                         right("gain"),
                         right("offset"),
                         right("INL"),
                         right("at"),
                         right("DNL"),
                         right("at"),
                         {"INL ends", true, 7},
                         {"missing codes", true, 7},
                         right("ENOB")});
    for (const Curve& curve : all.curves) { table.add(row(curve, all.nominal)); }
    table.add({});
    table.add(summary_row(all.summary, "min", &MinMeanMax::min, all.nominal));
    table.add(summary_row(all.summary, "mean", &MinMeanMax::mean, all.nominal));
    table.add(summary_row(all.summary, "max", &MinMeanMax::max, all.nominal));
    text += '\n' + table.text() + '\n';
    text += paragraph(fmt::format(
        "Static, of the counter that floors this curve; offset, INL and DNL in counts, largest "
        "magnitude and the code it is at. Best-fit line, but 'INL ends' against the end-point "
        "line. "
        "gain: relative to the mean of this table, for a curve file names no nominal gain. missing "
        "codes: DNL <= {}. min, mean and max of INL and DNL are of magnitudes.",
        converters::missing_code_dnl));
    return text;
}

std::string adc_json(const config::CurveFile& file)
{
    const Measured all = measure(file);
    Json curves = Json::array();
    for (const Curve& curve : all.curves) { curves.push_back(to_json(curve, all.nominal)); }
    const Json document{{"format", "aimc-adc-metrics/1"},
                        {"kind", file.measured ? "measured" : "synthetic"},
                        {"file", file.name},
                        {"chip", file.chip},
                        {"source", file.source},
                        {"licence", file.licence},
                        {"input_unit", file.input_unit},
                        {"full_scale", value(file.full_scale)},
                        {"full_scale_current_uA", value(file.full_scale_current_uA)},
                        {"code_bits", file.code_bits},
                        {"t_window_ns", value(file.t_window_ns)},
                        {"isotonic_curves", file.isotonic_columns},
                        {"nominal_counts_per_input", value(all.nominal)},
                        {"nominal_is", "mean best-fit gain of these curves"},
                        {"missing_code_dnl", converters::missing_code_dnl},
                        {"curves", curves},
                        {"summary",
                         {{"best_fit", to_json(all.summary.best_fit)},
                          {"end_point", to_json(all.summary.end_point)},
                          {"missing_codes", to_json(all.summary.missing_codes)},
                          {"enob", to_json(all.summary.enob)},
                          {"not_monotone", all.summary.not_monotone}}}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace aimc::apps
