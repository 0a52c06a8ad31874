// SPDX-License-Identifier: Apache-2.0
#include "adc_measure.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace aimc::apps {
namespace {

using converters::AdcMetrics;
using converters::LineMetrics;
using converters::LineSummary;
using converters::MetricsSummary;
using converters::MinMeanMax;
using Json = nlohmann::ordered_json;

Json value(double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); }

Json to_json(const converters::Extreme& e)
{
    return {{"value", value(e.value)}, {"code", e.code < 0 ? Json(nullptr) : Json(e.code)}};
}

Json to_json(const converters::Extremes& e)
{
    return {{"min", to_json(e.min)}, {"max", to_json(e.max)}, {"largest", to_json(e.largest())}};
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

Json to_json(const MetricsSummary& s)
{
    return {{"best_fit", to_json(s.best_fit)},
            {"end_point", to_json(s.end_point)},
            {"missing_codes", to_json(s.missing_codes)},
            {"enob_static", to_json(s.enob)},
            {"not_monotone", s.not_monotone}};
}

Json to_json(const AdcMetrics& m, double nominal)
{
    return {{"best_fit", to_json(m.best_fit, nominal)},
            {"end_point", to_json(m.end_point, nominal)},
            {"data_sheet",
             {{"offset_error_lsb", value(m.data_sheet.offset)},
              {"gain_error_lsb", value(m.data_sheet.gain)},
              {"absolute_accuracy_lsb", to_json(m.data_sheet.absolute_accuracy)}}},
            {"missing_codes", m.missing_codes},
            {"enob_static", value(m.enob)}};
}

Json to_json(const converters::SineMetrics& s)
{
    return {{"middle_input", value(s.middle)},
            {"amplitude_input", value(s.amplitude)},
            {"sinad_db", value(s.sinad_dB)},
            {"enob", value(s.enob)}};
}

Json to_json(const converters::RecordedLine& r)
{
    return {{"points_inside", r.points},
            {"gain_counts_per_input", value(r.gain)},
            {"offset_counts", value(r.offset)},
            {"residual_min_counts", value(r.residual_min)},
            {"residual_max_counts", value(r.residual_max)}};
}

Json to_json(const converters::LevelLine& l)
{
    return {{"points", l.points},
            {"end_point_min_counts", value(l.end_point_min)},
            {"end_point_max_counts", value(l.end_point_max)},
            {"best_fit_min_counts", value(l.best_fit_min)},
            {"best_fit_max_counts", value(l.best_fit_max)}};
}

/// Rounded to 1e-9: half the bytes, and more digits than any curve has.
Json rounded(const std::vector<double>& values)
{
    Json list = Json::array();
    for (const double v : values) { list.push_back(value(std::round(v * 1e9) * 1e-9)); }
    return list;
}

void add_arrays(Json& json, const AdcCurve& curve, double nominal, config::Rounding rounding)
{
    std::vector<double> inputs, codes;
    for (const auto& k : curve.knots) {
        inputs.push_back(k.i_uA);
        codes.push_back(k.counts);
    }
    json["point_inputs"] = rounded(inputs);
    json["point_codes"] = rounded(codes);
    json["transition_inputs"] = rounded(converters::transition_levels(curve.knots, rounding));
    const std::pair<const char*, const LineMetrics*> lines[] = {
        {"best_fit", &curve.before.best_fit}, {"end_point", &curve.before.end_point}};
    for (const auto& [name, line] : lines) {
        const auto d = converters::deviations_from(*line, curve.knots, nominal, rounding);
        json[name + std::string("_inl_lsb")] = rounded(d.inl);
        json[name + std::string("_dnl_lsb")] = rounded(d.dnl);
    }
}

Json to_json(const AdcCurve& curve, double nominal, const AdcOptions& options)
{
    Json json{{"column", curve.column},
              {"polarity", curve.polarity},
              {"points", curve.knots.size()},
              {"first_code", curve.before.first_code},
              {"last_code", curve.before.last_code},
              {"monotone", curve.before.monotone},
              {"bits", value(curve.before.bits)},
              {"measured_lsb_input", value(curve.before.measured_lsb)}};
    json.update(to_json(curve.before, nominal));
    json["sine"] = to_json(curve.sine);
    json["recorded_points"] = to_json(curve.recorded);
    json["points_as_levels"] = to_json(curve.levels);
    json["correction"] = {{"scale", value(curve.correction.scale)},
                          {"offset_counts", value(curve.correction.offset)}};
    json["after_correction"] = to_json(curve.after, nominal);
    if (options.full) { add_arrays(json["arrays"], curve, nominal, options.rounding); }
    return json;
}

}  // namespace

std::string adc_json(const config::CurveFile& file, const AdcOptions& options)
{
    const AdcCurves all = measure(file, options);
    Json curves = Json::array();
    for (const AdcCurve& c : all.curves) { curves.push_back(to_json(c, all.nominal, options)); }
    const bool floors = options.rounding == config::Rounding::floor;
    const Json document{
        {"format", "aimc-adc-metrics/2"},
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
        {"nominal_is", options.nominal ? "given" : "mean best-fit gain of these curves"},
        {"sigma_lsb", options.sigma_lsb ? Json(*options.sigma_lsb) : Json(nullptr)},
        {"rounding", floors ? "floor" : "nearest"},
        {"missing_code_dnl", converters::missing_code_dnl},
        {"sine",
         {{"samples", converters::sine_samples},
          {"periods", converters::sine_periods},
          {"amplitude", "full scale: half a measured LSB beyond the first and last transition"},
          {"noise", "power added"}}},
        {"correction", options.as_words ? "own best-fit line, in 8-bit words of the NMPU"
                                        : "own best-fit line, real numbers"},
        {"curves", curves},
        {"summary", to_json(all.before)},
        {"summary_after_correction", to_json(all.after)}};
    const int indent = options.full ? -1 : 2;  // with arrays it is for programs
    return document.dump(indent, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace aimc::apps
