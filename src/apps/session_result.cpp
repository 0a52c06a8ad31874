// SPDX-License-Identifier: Apache-2.0
// From what a session saw to the files it leaves.
#include "aimc/base/files.h"
#include "aimc/calibration/chip_file.h"

#include "curve_summary.h"
#include "session.h"
#include "version.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <unistd.h>

namespace aimc::apps {
namespace {

report::Summary summary_of(const std::vector<double>& values)
{
    report::Summary s;
    if (values.empty()) { return s; }
    s.min = *std::min_element(values.begin(), values.end());
    s.max = *std::max_element(values.begin(), values.end());
    for (const double v : values) { s.mean += v / static_cast<double>(values.size()); }
    return s;
}

double rms(const std::vector<double>& values)
{
    double sum = 0.0;
    for (const double v : values) { sum += v * v; }
    return values.empty() ? 0.0 : std::sqrt(sum / static_cast<double>(values.size()));
}

}  // namespace

/// S of the MVM in the middle of what has been done of a part.
std::uint64_t Session::middle_start(const Part& part) const
{
    return part.is_whole() ? part.middle_start : start_of(config_, job_, middle_of(part.mvms));
}

void Session::summarise_times(report::RunResult& r) const
{
    std::uint64_t intervals = 0;
    std::uint64_t spans = 0;
    report::Histogram latency, read, post, out_wait;
    for (const Part& part : parts_) {
        latency.add(part.latency);
        read.add(part.read);
        post.add(part.post);
        out_wait.add(part.out_wait);
        r.phases += part.phases;
        const auto states = part.states.finish();
        r.states.reading += states.reading;
        r.states.input_starved += states.input_starved;
        r.states.post_busy += states.post_busy;
        r.states.output_blocked += states.output_blocked;
        r.states.drain += states.drain;
        r.cycles_total += part.cycles;
        if (part.mvms > 1) {
            intervals += part.mvms - 1 - middle_of(part.mvms);
            spans += part.last_start - middle_start(part);
        }
    }
    if (intervals > 0) {
        r.initiation_interval = static_cast<double>(spans) / static_cast<double>(intervals);
    }
    r.latency = latency.summary();
    r.read_cycles = read.summary();
    r.post_cycles = post.summary();
    r.out_wait_cycles = out_wait.summary();
    r.n_post = mvm::n_post_cycles(config_, !workload_.layers.back().residuals.empty());
}

report::LayerResult Session::layer_result(const Part& part) const
{
    const auto& cal = part.calibration;
    report::LayerResult layer;
    layer.name = workload_.layers[part.layer].name;
    layer.mvms = part.mvms;
    layer.y_lsb = cal.y_lsb;
    layer.error = part.error.result();
    layer.post = part.post_error.result();
    auto& c = layer.calibration;
    c.done = cal.vectors > 0;
    c.method = bring_up_.method();
    c.vectors = cal.vectors;
    c.cycles = cal.cycles;
    c.scale_exponent = cal.words.scale_exponent;
    c.columns_needing_exponent = cal.columns_needing_exponent;
    c.scales_clipped = cal.scales_clipped;
    c.offsets_clipped = cal.offsets_clipped;
    c.rank_deficient = cal.rank_deficient;
    c.misfits = cal.misfits;
    layer.partial_out = cal.words.partial_out;
    layer.residual_in = cal.words.residual_in;
    layer.batch_norm = !workload_.layers[part.layer].batch_norm.empty();
    layer.columns_swapped = workload_.layers[part.layer].batch_norm.n_swapped;
    c.residual_before_lsb = rms(cal.before_lsb);
    c.residual_after_lsb = rms(cal.after_lsb);
    c.rho_before = summary_of(cal.rho_before);
    c.rho_after = summary_of(cal.rho_after);
    c.mean_before = summary_of(cal.mean_before_lsb);
    c.mean_after = summary_of(cal.mean_after_lsb);
    for (const auto& lane : part.lanes) {
        layer.saturated += lane.overflowed();
        layer.relu_clipped += lane.relu_clipped;
    }
    return layer;
}

void Session::summarise_ages(report::RunResult& r) const
{
    for (const Part& part : parts_) {
        r.lanes.resize(std::max(r.lanes.size(), part.lanes.size()));
        for (std::size_t i = 0; i < part.lanes.size(); ++i) {
            r.lanes[i][0] += part.lanes[i].overflowed();
            r.lanes[i][1] += part.lanes[i].relu_clipped;
        }
        if (part.age == 0) { r.layers.push_back(layer_result(part)); }
        if (ages_.size() == 1 || part.mvms == 0) { continue; }
        if (part.layer == 0) {
            r.ages.emplace_back();
            r.ages.back().upkeep = upkeep_[part.age];
        }
        r.ages.back().layers.push_back(layer_result(part));
        r.ages.back().events.add(part.events);
        if (is_last_layer(part)) { r.ages.back().top1 = top1(part); }
    }
    const Part& last = parts_[workload_.layers.size() - 1];
    r.top1 = top1(last);
    if (r.top1) {
        r.labelled = last.mvms;
        if (workload_.float_top1 >= 0.0) { r.float_top1 = workload_.float_top1; }
    }
}

void Session::summarise_adc(report::RunResult& r) const
{
    r.adc.curves = chip_.curves.origin;
    r.adc.file = std::filesystem::path(config_.adc.curve_file).filename().string();
    r.adc.current_ratio = chip_.current_ratio;
    std::vector<double> gain_after, offset_after;
    for (const Part& part : parts_) {
        r.adc.events.add(part.events);
        if (part.age > 0) { continue; }
        const auto& cal = part.calibration;
        gain_after.insert(gain_after.end(), cal.gain_after.begin(), cal.gain_after.end());
        offset_after.insert(offset_after.end(), cal.offset_after.begin(), cal.offset_after.end());
    }
    r.adc.gain_after = summary_of(gain_after);
    r.adc.offset_after = summary_of(offset_after);
}

std::optional<double> Session::top1(const Part& part) const
{
    if (workload_.labels.empty() || !part.is_whole()) { return std::nullopt; }
    return 100.0 * static_cast<double>(part.right) / static_cast<double>(part.mvms);
}

report::RunResult Session::figures() const
{
    report::RunResult r;
    r.config_name = config_.name;
    r.config_sha256 = loaded_.sha256;
    r.workload_name = workload_.name;
    r.engine = options_.engine == Engine::cycle ? "cycle" : "function";
    r.device_seed = config_.seed.device;
    r.read_seed = config_.seed.read;
    r.complete = complete_;
    r.mvms = done_;
    r.config = config_;
    r.t_clk_ps = config_.t_clk_ps;
    summarise_times(r);
    summarise_ages(r);
    if (r.mvms > 0) { r.energy = cost::energy_of(config_, r.mvms, r.phases); }
    return r;
}

report::RunResult Session::result() const
{
    report::RunResult r = figures();
    r.repeatability = repeatability_;
    summarise_adc(r);
    if (config_.kind == config::TileKind::analog) {
        summarise_curves(config_, chip_, r.adc);
        const crossbar::Crossbar words(config_, chip_.array, options_.simd);
        r.array = {chip_.array.clips + words.clips(), chip_.array.ir_drop, chip_.array.programming,
                   chip_.array.faults};
    }
    r.area = cost::area_of(config_);
    r.hardware = cost::hardware_cost(config_);
    r.comparison = report::compare_with_published(r);
    r.host.wall_s = engine_s_;
    r.host.mvm_per_s = engine_s_ > 0 ? static_cast<double>(done_) / engine_s_ : 0.0;
    r.host.cycles_per_s = engine_s_ > 0 ? static_cast<double>(r.cycles_total) / engine_s_ : 0.0;
    r.host.threads = options_.engine == Engine::cycle ? 1 : options_.threads;
    r.host.simd = to_string(options_.simd);
    r.host.peak_rss_mb = peak_rss_mb();
    r.host.date = today();
    return r;
}

std::string Session::manifest() const
{
    nlohmann::ordered_json m;
    m["format"] = "aimc-manifest/1";
    m["version"] = version;
    m["command"] = options_.argv_line;
    m["config"] = {{"path", loaded_.path}, {"sha256", loaded_.sha256}, {"set", loaded_.sets}};
    m["seed"] = {{"device", config_.seed.device}, {"read", config_.seed.read}};
    m["complete"] = complete_;
    nlohmann::ordered_json inputs = nlohmann::ordered_json::object();
    for (const auto& file :
         {config_.workload.file, config_.adc.curve_file, config_.chip, config_.calibration.file,
          config_.device.table, config_.device.faults.file}) {
        if (!file.empty()) {
            inputs[std::filesystem::path(file).filename().string()] = sha256_hex(read_file(file));
        }
    }
    m["inputs_sha256"] = inputs;
    m["compiler"] = __VERSION__;
    m["fp_policy"] = "-ffp-contract=off, no -ffast-math; integers from the conductance grid on";
    return m.dump(2) + "\n";
}

std::string Session::write_results(const report::RunResult& r)
{
    const std::string out = out_folder();
    const std::string text = report::report_text(r);
    add_empty_arrays();
    streams_.flush();
    arrays_.flush();
    // of another run in this folder: they would pass for this one's
    for (const char* old : {"report.json", "y.npy", "counts.npy", "partial.npy"}) {
        std::error_code ignored;
        std::filesystem::remove(out + "/" + old, ignored);
    }
    arrays_.commit();
    if (options_.save_chip) {
        std::vector<calibration::LayerCalibration> layers;
        for (std::size_t l = 0; l < workload_.layers.size(); ++l) {
            layers.push_back(parts_[l].calibration);
        }
        calibration::save_chip(out + "/chip.json", config_, chip_, layers);
    }
    write_file(out + "/effective_config.json", loaded_.effective_json);
    write_file(out + "/manifest.json", manifest());
    write_file(out + "/report.txt", text);
    streams_.commit();
    write_file(out + "/report.json",
               report::report_json(r));  // last: its presence says all is there
    if (::isatty(2) != 0 && !options_.quiet && done_ >= 64) { fmt::print(stderr, "\r\033[K"); }
    return text + fmt::format("\nfiles: {}/\n", out);
}

}  // namespace aimc::apps
