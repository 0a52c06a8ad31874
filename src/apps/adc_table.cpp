// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/table.h"

#include "adc_measure.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>

namespace aimc::apps {
namespace {

using converters::AdcMetrics;
using converters::Extreme;
using converters::LineMetrics;
using converters::MinMeanMax;
using Text = std::string (*)(double);

constexpr const char* legend =
    "at: the code. The two end codes are left out. gain: relative to nominal. INL is positive "
    "where the count runs ahead of the line. missing codes: best-fit DNL <= {} (IEEE 1241; many "
    "tools use -1). Data-sheet errors are against the ideal counter of nominal gain, positive "
    "where the curve reads too much: offset at the first transition, gain at the last once that "
    "offset is removed, accuracy the largest of any transition. ENOB static: n - 0.5 log2(1 + 12 "
    "(INL_rms^2 + sigma^2)), best fit, n = log2(codes in use). SINAD and ENOB sine: a full-scale "
    "sine (peaks half an LSB beyond the first and the last transition) through the static curve, "
    "{} samples of {} periods, ENOB = (SINAD - 1.76)/6.02.";

/// One column of a block: a figure of every curve, how to write it, and whether its least, mean and
/// largest say something.
struct Field {
    report::Table::Column column;
    std::function<double(const AdcCurve&)> value;
    Text text;
    bool is_summarised = true;
};
using Fields = std::vector<Field>;

/// "-" for what a curve does not have; never "-0.00".
std::string fixed(double v, const char* plain, const char* zero)
{
    if (std::isnan(v)) { return "-"; }
    return std::fabs(v) < 0.005 ? zero : fmt::format(fmt::runtime(plain), v);
}
std::string number(double v) { return fixed(v, "{:.2f}", "0.00"); }
std::string ratio(double v) { return std::isnan(v) ? "-" : fmt::format("{:.3f}", v); }
std::string whole(double v) { return std::isnan(v) ? "-" : fmt::format("{:.0f}", v); }
std::string with_sign(double v)
{
    return std::fabs(v) < 999.5 || std::isnan(v) ? fixed(v, "{:+.2f}", "+0.00")
                                                 : fmt::format("{:+.0f}", v);
}
/// Five digits, whatever the unit.
std::string slope(double v) { return std::isnan(v) ? "-" : fmt::format("{:#.5g}", v); }
std::string yes_or_no(double v) { return v != 0.0 ? "yes" : "no"; }

Field field(std::string title, std::size_t width, Text text,
            std::function<double(const AdcCurve&)> value, bool is_summarised = true)
{
    return {{std::move(title), true, width}, std::move(value), text, is_summarised};
}

/// A figure and the code where it is.
void add(Fields& fields, const char* title, const std::function<Extreme(const AdcCurve&)>& pick)
{
    fields.push_back(field(title, 8, with_sign, [=](const auto& c) { return pick(c).value; }));
    const auto code = [=](const AdcCurve& c) {
        const Extreme e = pick(c);
        return e.code < 0 ? std::nan("") : double(e.code);
    };
    fields.push_back(field("at", 5, whole, code, false));
}

double largest(const converters::Extremes& e) { return std::fabs(e.largest().value); }

double has_line(const AdcCurve& c, double value)
{
    return std::isnan(c.before.enob) ? c.before.enob : value;
}

Fields line_fields(LineMetrics AdcMetrics::*line)
{
    using C = const AdcCurve&;
    Fields f;
    f.push_back(field("gain", 6, ratio, [=](C c) { return (c.before.*line).gain; }));
    f.push_back(field("offset", 7, with_sign, [=](C c) { return (c.before.*line).offset; }));
    add(f, "INL min", [=](C c) { return (c.before.*line).inl.min; });
    add(f, "INL max", [=](C c) { return (c.before.*line).inl.max; });
    f.push_back(field("INL rms", 6, number, [=](C c) { return (c.before.*line).inl_rms; }));
    add(f, "DNL min", [=](C c) { return (c.before.*line).dnl.min; });
    add(f, "DNL max", [=](C c) { return (c.before.*line).dnl.max; });
    return f;
}

Fields data_sheet_fields(const std::string& unit)
{
    using C = const AdcCurve&;
    Fields f;
    const auto add_one = [&](std::string title, std::size_t width, Text text, double (*pick)(C)) {
        f.push_back(field(std::move(title), width, text, pick));
    };
    add_one("LSB [" + unit + "]", 11, slope, [](C c) { return c.before.measured_lsb; });
    add_one("offset error", 7, with_sign, [](C c) { return c.before.data_sheet.offset; });
    add_one("gain error", 7, with_sign, [](C c) { return c.before.data_sheet.gain; });
    add(f, "absolute accuracy", [](C c) { return c.before.data_sheet.absolute_accuracy; });
    add_one("missing codes", 7, whole, [](C c) { return has_line(c, c.before.missing_codes); });
    const auto is_monotone = [](C c) { return double(c.before.monotone); };
    f.push_back(field("mono- tonic", 5, yes_or_no, is_monotone, false));
    add_one("ENOB static", 6, number, [](C c) { return c.before.enob; });
    add_one("SINAD [dB]", 5, number, [](C c) { return c.sine.sinad_dB; });
    add_one("ENOB sine", 5, number, [](C c) { return c.sine.enob; });
    return f;
}

Fields recorded_fields(const std::string& unit)
{
    using C = const AdcCurve&;
    Fields f;
    const auto add_one = [&](std::string title, Text text,
                             double (*pick)(const converters::RecordedLine&)) {
        f.push_back(field(std::move(title), 9, text, [=](C c) { return pick(c.recorded); }));
    };
    f.push_back(field("points", 7, whole, [](C c) { return double(c.knots.size()); }));
    add_one("inside", whole, [](const auto& r) { return double(r.points); });
    add_one("counts/" + unit, slope, [](const auto& r) { return r.gain; });
    add_one("offset", with_sign, [](const auto& r) { return r.offset; });
    add_one("residual min", with_sign, [](const auto& r) { return r.residual_min; });
    add_one("residual max", with_sign, [](const auto& r) { return r.residual_max; });
    return f;
}

Fields correction_fields()
{
    using M = const AdcMetrics&;
    Fields f;
    const auto add_pair = [&](const char* title, Text text, double (*pick)(M)) {
        f.push_back(field(title, 8, text, [=](const auto& c) { return pick(c.before); }));
        f.push_back(field("after", 8, text, [=](const auto& c) { return pick(c.after); }));
    };
    add_pair("gain", ratio, [](M m) { return m.best_fit.gain; });
    add_pair("offset", with_sign, [](M m) { return m.best_fit.offset; });
    add_pair("|INL|", number, [](M m) { return largest(m.best_fit.inl); });
    add_pair("|DNL|", number, [](M m) { return largest(m.best_fit.dnl); });
    add_pair("accuracy", with_sign, [](M m) { return m.data_sheet.absolute_accuracy.value; });
    return f;
}

std::string block(const std::string& title, const AdcCurves& all, const Fields& fields)
{
    std::vector<report::Table::Column> columns{{"col", true}, {"pol"}};
    std::vector<MinMeanMax> spread;
    for (const Field& f : fields) {
        columns.push_back(f.column);
        std::vector<double> values;
        for (const AdcCurve& c : all.curves) { values.push_back(f.value(c)); }
        spread.push_back(converters::min_mean_max(values));
    }
    report::Table table(columns);
    for (const AdcCurve& c : all.curves) {
        std::vector<std::string> row{fmt::to_string(c.column), c.polarity};
        for (const Field& f : fields) { row.push_back(f.text(f.value(c))); }
        table.add(row);
    }
    if (all.curves.size() == 1) { return '\n' + report::page_lines(title) + '\n' + table.text(); }
    table.add({});
    const std::pair<const char*, double MinMeanMax::*> rows[] = {
        {"min", &MinMeanMax::min}, {"mean", &MinMeanMax::mean}, {"max", &MinMeanMax::max}};
    for (const auto& [name, which] : rows) {
        std::vector<std::string> row{name, ""};
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const bool is_mean_of_wholes = which == &MinMeanMax::mean && fields[i].text == whole;
            const Text text = is_mean_of_wholes ? number : fields[i].text;
            row.push_back(fields[i].is_summarised ? text(spread[i].*which) : "");
        }
        table.add(row);
    }
    return '\n' + report::page_lines(title) + '\n' + table.text();
}

std::string heading(const config::CurveFile& file)
{
    std::string text = report::page_lines(
        fmt::format("{} ADC curves: {}", file.measured ? "measured" : "synthetic", file.name));
    text += report::page_lines("chip: " + file.chip);
    text += report::page_lines("source: " + file.source);
    text += report::page_lines(fmt::format(
        "full scale {} {} stands for {} uA; codes of {} bits over {} ns", file.full_scale,
        file.input_unit, file.full_scale_current_uA, file.code_bits, file.t_window_ns));
    if (file.isotonic_columns > 0) {
        text += report::page_lines(fmt::format(
            "{} curves fell and were made non-decreasing (isotonic)", file.isotonic_columns));
    }
    return text;
}

/// What the figures stand on.
std::string basis(const config::CurveFile& file, const AdcCurves& all, const AdcOptions& o)
{
    std::string text = report::page_lines(fmt::format(
        "nominal: {} counts/{}, {}", slope(all.nominal), file.input_unit,
        o.nominal ? "as given" : "mean best-fit gain of these curves (a curve file names none)"));
    text += report::page_lines(
        o.sigma_lsb ? fmt::format("noise: {} LSB rms, its power added to the ENOB and the SINAD",
                                  *o.sigma_lsb)
                    : "noise: none given (--sigma-lsb); a curve file has none");
    text += report::page_lines(o.rounding == config::Rounding::floor
                                   ? "counter: floors, code k begins at k counts"
                                   : "counter: rounds to nearest, code k begins at k - 0.5 counts");
    return text;
}

}  // namespace

std::string adc_table(const config::CurveFile& file, const AdcOptions& options)
{
    const AdcCurves all = measure(file, options);
    std::string text = heading(file) + basis(file, all, options);
    Fields best = line_fields(&AdcMetrics::best_fit);
    text += block("Best-fit line (independently based), counts:", all, best);
    text +=
        block("End-point line (terminal based), counts:", all, line_fields(&AdcMetrics::end_point));
    text += block("Data sheet and resolution, counts unless said:", all,
                  data_sheet_fields(file.input_unit));
    text += block("Recorded points strictly inside the code range, least-squares line:", all,
                  recorded_fields(file.input_unit));
    text += block(fmt::format("Before and after affine correction by each curve's best-fit line{}:",
                              options.as_words ? ", as NMPU words (scale 8 bit, offset 8 bit)"
                                               : ", as real numbers"),
                  all, correction_fields());
    text +=
        '\n' + report::page_lines(fmt::format(legend, converters::missing_code_dnl,
                                              converters::sine_samples, converters::sine_periods));
    return text;
}

}  // namespace aimc::apps
