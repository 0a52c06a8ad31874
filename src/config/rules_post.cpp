// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <fmt/format.h>

#include <cmath>

// Rules between the keys of the post unit and its calibration.

namespace aimc::config::detail {
namespace {

std::string kept_fraction(const TileConfig& t)
{
    const int kept = t.nmpu.kept_fraction();
    if (kept >= 0) { return ""; }
    return fmt::format(
        "is {}; with round_bits {} it drops more than the {} fraction bits of the scale "
        "(scale_fraction - cut - round_bits is {}, must be 0 or more)",
        t.nmpu.cut, t.nmpu.round_bits, t.nmpu.scale_fraction, kept);
}

std::string scale_format(const TileConfig& t)
{
    // what recombines many bits needs scales far below 1: no bit is then spent above the fraction
    constexpr int most_below = 16;
    if (t.nmpu.scale_fraction <= t.nmpu.scale_bits + most_below) { return ""; }
    return fmt::format("is {}, must be at most scale_bits + {}, which is {}", t.nmpu.scale_fraction,
                       most_below, t.nmpu.scale_bits + most_below);
}

std::string offset_format(const TileConfig& t)
{
    if (t.nmpu.offset_fraction < t.nmpu.offset_bits) { return ""; }
    return fmt::format("is {}, must be less than offset_bits, which is {} with the sign",
                       t.nmpu.offset_fraction, t.nmpu.offset_bits);
}

std::string second_offset(const TileConfig& t)
{
    if (t.nmpu.offsets == 1 || t.nmpu.branch == Branch::polarity) { return ""; }
    return "is 2, but only nmpu.branch \"polarity\" has a second offset word";
}

std::string clip_level(const TileConfig& t)
{
    const bool clipped = t.nmpu.activation == Activation::clipped_relu;
    if (clipped && !t.nmpu.relu_clip) {
        return "is missing; nmpu.activation \"clipped_relu\" needs its upper end";
    }
    // The layers of a workload file have activations of their own and may need the level.
    if (!clipped && t.nmpu.relu_clip && t.workload.file.empty()) {
        return "would not be used; set nmpu.activation to \"clipped_relu\", or relu_clip to null";
    }
    const auto largest = signed_max(t.nmpu.out_bits);
    if (t.nmpu.relu_clip && *t.nmpu.relu_clip > largest) {
        return fmt::format("is {}, must be at most {}, the largest output of {} bits",
                           *t.nmpu.relu_clip, largest, t.nmpu.out_bits);
    }
    return "";
}

std::string ldpu_branch(const TileConfig& t)
{
    if (t.post != PostUnit::ldpu || t.nmpu.branch == Branch::polarity) { return ""; }
    return "must be \"polarity\" with post \"ldpu\": the LDPU takes both counts";
}

std::string exponent(const TileConfig& t)
{
    const bool found = t.calibration.method != CalibrationMethod::fixed || !t.chip.empty() ||
                       !t.calibration.file.empty();
    if (t.nmpu.scale_exponent || found) { return ""; }
    return "is \"calibrate\", but calibration.method \"fixed\" plays no vectors; give a number";
}

bool uses_fixed_words(const TileConfig& t)  // the LDPU's words are floating point: all fit
{
    return t.calibration.method == CalibrationMethod::fixed && t.post == PostUnit::nmpu &&
           t.chip.empty() && t.calibration.file.empty();
}

std::string fixed_scale(const TileConfig& t)
{
    const double steps = std::ldexp(1.0, t.nmpu.scale_bits) - 1.0;
    const double largest =
        std::ldexp(steps, t.nmpu.scale_exponent.value_or(0) - t.nmpu.scale_fraction);
    if (!uses_fixed_words(t) || t.calibration.fixed_scale <= largest) { return ""; }
    return fmt::format("is {}, must be at most {}, the largest scale of nmpu's format",
                       t.calibration.fixed_scale, largest);
}

std::string layers_of_a_file(const TileConfig& t)
{
    const auto& w = t.workload;
    const bool given = w.batch_norm != "none" || w.residual != "none" || w.output != TileOutput::y;
    if (w.file.empty() || !given) { return ""; }
    return "has layers of its own, which say batch_norm, residual and output themselves; "
           "workload.batch_norm, residual and output would not be used";
}

std::string folded(const TileConfig& t)
{
    const bool fixed = t.calibration.method == CalibrationMethod::fixed && t.chip.empty() &&
                       t.calibration.file.empty();
    if (!fixed || t.workload.batch_norm == "none") { return ""; }
    return fmt::format(
        "is \"{}\", but calibration.method \"fixed\" has one scale and offset for "
        "all columns; nothing to fold it into",
        t.workload.batch_norm);
}

std::string fixed_map(const TileConfig& t)
{
    const bool fixed = t.calibration.method == CalibrationMethod::fixed && t.chip.empty() &&
                       t.calibration.file.empty();
    if (!fixed || t.crossbar.g_map != GMap::column) { return ""; }
    return "is column, must be as_given or tile: with calibration.method \"fixed\" one scale "
           "serves "
           "all columns";
}

std::string fixed_offset(const TileConfig& t)
{
    const double step = std::ldexp(1.0, -t.nmpu.offset_fraction);
    const double half = std::ldexp(step, t.nmpu.offset_bits - 1);
    const double given = t.calibration.fixed_offset;
    if (!uses_fixed_words(t) || (given >= -half && given <= half - step)) { return ""; }
    return fmt::format("is {}, must be {} to {}, the range of nmpu's offset format", given, -half,
                       half - step);
}

}  // namespace

void add_post_rules(std::vector<Rule>& all)
{
    all.push_back({{"nmpu.cut", "nmpu.round_bits", "nmpu.scale_fraction"},
                   "`nmpu.cut` + `nmpu.round_bits` at most `nmpu.scale_fraction`.",
                   kept_fraction});
    all.push_back({{"nmpu.scale_fraction", "nmpu.scale_bits"},
                   "`nmpu.scale_fraction` at most `nmpu.scale_bits` + 16.",
                   scale_format});
    all.push_back({{"nmpu.offset_fraction", "nmpu.offset_bits"},
                   "`nmpu.offset_fraction` less than `nmpu.offset_bits`.",
                   offset_format});
    all.push_back({{"nmpu.offsets", "nmpu.branch"},
                   "`nmpu.offsets` 2 only with `nmpu.branch` polarity.",
                   second_offset});
    all.push_back({{"nmpu.relu_clip", "nmpu.activation", "nmpu.out_bits", "workload.file"},
                   "`nmpu.relu_clip` if and only if `nmpu.activation` is clipped_relu (allowed too "
                   "with `workload.file`, whose layers may need it), and within `nmpu.out_bits`.",
                   clip_level});
    all.push_back(
        {{"nmpu.branch", "post"}, "`nmpu.branch` is polarity if `post` is ldpu.", ldpu_branch});
    all.push_back({{"nmpu.scale_exponent", "calibration.method", "calibration.file", "chip"},
                   "",  // said together with adc.current_ratio
                   exponent});
    all.push_back(
        {{"calibration.fixed_scale", "calibration.method", "calibration.file", "chip", "post",
          "nmpu.scale_bits", "nmpu.scale_fraction", "nmpu.scale_exponent"},
         "`calibration.fixed_scale` and `fixed_offset`, if used, fit the formats of `nmpu`.",
         fixed_scale});
    all.push_back({{"crossbar.g_map", "calibration.method", "calibration.file", "chip"},
                   "`crossbar.g_map` is not column if `calibration.method` is fixed.",
                   fixed_map});
    all.push_back({{"workload.file", "workload.batch_norm", "workload.residual", "workload.output"},
                   "`workload.batch_norm`, `residual` and `output` only without `workload.file`.",
                   layers_of_a_file});
    all.push_back({{"workload.batch_norm", "calibration.method", "calibration.file", "chip"},
                   "`workload.batch_norm` is none if `calibration.method` is fixed.",
                   folded});
    all.push_back({{"calibration.fixed_offset", "calibration.method", "calibration.file", "chip",
                    "post", "nmpu.offset_bits", "nmpu.offset_fraction"},
                   "",
                   fixed_offset});
}

}  // namespace aimc::config::detail
