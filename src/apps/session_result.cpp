// SPDX-License-Identifier: Apache-2.0
// From what a session saw to the files it leaves.
#include "aimc/base/files.h"
#include "aimc/calibration/chip_file.h"
#include "aimc/config/npy.h"
#include "aimc/converters/adc_metrics.h"

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

/// The bytes of y: int8 when the words are that narrow.
std::string y_bytes(const std::vector<std::int32_t>& y, std::size_t n, std::size_t cols, int bits)
{
    if (bits <= 8) {
        const std::vector<std::int8_t> narrow(y.begin(), y.end());
        return config::npy_bytes(narrow.data(), {n, cols});
    }
    return config::npy_bytes(y.data(), {n, cols});
}

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

void Session::summarise_layers(report::RunResult& r) const
{
    std::uint64_t intervals = 0;
    std::uint64_t spans = 0;
    for (std::size_t l = 0; l < data_.size(); ++l) {
        const LayerData& d = data_[l];
        const auto& cal = layers_[l];
        const auto states = d.states.finish();
        r.states.reading += states.reading;
        r.states.input_starved += states.input_starved;
        r.states.post_busy += states.post_busy;
        r.states.output_blocked += states.output_blocked;
        r.states.drain += states.drain;
        r.cycles_total += d.cycles;
        if (d.mvms > 1) {
            // from the middle on: the first reads fill the banks and start sooner
            const std::size_t middle = (d.starts.size() - 1) / 2;
            intervals += d.starts.size() - 1 - middle;
            spans += d.starts.back() - d.starts[middle];
        }
        report::LayerResult layer;
        layer.name = workload_.layers[l].name;
        layer.mvms = d.mvms;
        layer.y_lsb = cal.y_lsb;
        layer.error = d.error.result();
        layer.post = d.post.result();
        auto& c = layer.calibration;
        c.done = cal.vectors > 0;
        c.method = calibration_method_;
        c.vectors = cal.vectors;
        c.cycles = cal.cycles;
        c.scale_exponent = cal.words.scale_exponent;
        c.columns_needing_exponent = cal.columns_needing_exponent;
        c.scales_clipped = cal.scales_clipped;
        c.offsets_clipped = cal.offsets_clipped;
        c.rank_deficient = cal.rank_deficient;
        c.residual_before_lsb = rms(cal.before_lsb);
        c.residual_after_lsb = rms(cal.after_lsb);
        r.lanes.resize(std::max(r.lanes.size(), d.lanes.size()));
        for (std::size_t i = 0; i < d.lanes.size(); ++i) {
            layer.saturated += d.lanes[i].saturated;
            layer.relu_clipped += d.lanes[i].relu_clipped;
            r.lanes[i][0] += d.lanes[i].saturated;
            r.lanes[i][1] += d.lanes[i].relu_clipped;
        }
        r.layers.push_back(layer);
    }
    if (intervals > 0) {
        r.initiation_interval = static_cast<double>(spans) / static_cast<double>(intervals);
    }
}

void Session::summarise_curves(report::AdcFacts& facts) const
{
    if (!chip_.curves.has_ceiling) {  // straight lines that never end: nothing to measure
        facts.gain = {1.0, 1.0, 1.0};
        return;
    }
    const int n_window = config_.read.n_window;
    const double nominal = config_.adc.gain_MHz_per_uA * 1e-3 * n_window *
                           static_cast<double>(config_.t_clk_ps) * 1e-3;
    double top = 0.0;
    for (const auto& column : chip_.curves.columns) {
        top = std::max({top, column.pos.back().rate * n_window, column.neg.back().rate * n_window});
    }
    constexpr double most_codes = 65536.0;  // beyond it a code-by-code table says nothing
    if (top > most_codes) { return; }
    std::vector<converters::AdcMetrics> metrics;
    const auto measure_one = [&](const std::vector<converters::Knot>& curve, double offset) {
        metrics.push_back(
            converters::measure_curve(converters::counts_over_window(curve, offset, n_window),
                                      nominal, config_.adc.sigma_lsb));
    };
    for (const auto& column : chip_.curves.columns) {
        measure_one(column.pos, column.offset_pos);
        if (config_.read.mode == config::ReadMode::one_phase) {
            measure_one(column.neg, column.offset_neg);
        }
    }
    const auto all = converters::summarise(metrics);
    const auto& fit = all.best_fit;
    const auto plain = [](const converters::MinMeanMax& m) {
        return report::Summary{m.min, m.mean, m.max};
    };
    facts.gain = plain(fit.gain);
    facts.offset = plain(fit.offset);
    facts.inl = plain(fit.inl);
    facts.dnl = plain(fit.dnl);
    facts.missing_codes = plain(all.missing_codes);
}

void Session::summarise_adc(report::RunResult& r) const
{
    r.adc.curves = chip_.curves.origin;
    r.adc.file = std::filesystem::path(config_.adc.curve_file).filename().string();
    r.adc.current_ratio = chip_.current_ratio;
    std::vector<double> gain_after, offset_after;
    for (std::size_t l = 0; l < data_.size(); ++l) {
        const auto& e = data_[l].events;
        r.adc.conversions += e.conversions;
        r.adc.over_range += e.over_range;
        r.adc.polarity_flips += e.polarity_flips;
        r.adc.saturated += e.saturated;
        const auto& cal = layers_[l];
        gain_after.insert(gain_after.end(), cal.gain_after.begin(), cal.gain_after.end());
        offset_after.insert(offset_after.end(), cal.offset_after.begin(), cal.offset_after.end());
    }
    summarise_curves(r.adc);
    r.adc.gain_after = summary_of(gain_after);
    r.adc.offset_after = summary_of(offset_after);
    r.conductance_clips = chip_.array.clips;
}

void Session::summarise_task(report::RunResult& r) const
{
    if (workload_.labels.empty() || layer_ != data_.size()) { return; }
    const LayerData& last = data_.back();
    const std::size_t classes = workload_.layers.back().cols.size();
    std::uint64_t right = 0;
    for (std::size_t k = 0; k < last.mvms; ++k) {
        const auto first = last.y.begin() + static_cast<std::ptrdiff_t>(k * classes);
        const auto best = std::max_element(first, first + static_cast<std::ptrdiff_t>(classes));
        right += static_cast<std::size_t>(best - first) == workload_.labels[k];
    }
    r.labelled = last.mvms;
    r.top1 = 100.0 * static_cast<double>(right) / static_cast<double>(last.mvms);
    if (workload_.float_top1 >= 0.0) { r.float_top1 = workload_.float_top1; }
}

report::RunResult Session::result() const
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
    r.latency = report::summarise(latency_);
    r.read_cycles = report::summarise(read_);
    r.post_cycles = report::summarise(post_);
    r.out_wait_cycles = report::summarise(wait_);
    r.n_post = mvm::n_post_cycles(config_);
    summarise_layers(r);
    summarise_adc(r);
    summarise_task(r);
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
         {config_.workload.file, config_.adc.curve_file, config_.chip, config_.calibration.file}) {
        if (!file.empty()) {
            inputs[std::filesystem::path(file).filename().string()] = sha256_hex(read_file(file));
        }
    }
    m["inputs_sha256"] = inputs;
    m["compiler"] = __VERSION__;
    m["fp_policy"] = "-ffp-contract=off, no -ffast-math; integers from the conductance grid on";
    return m.dump(2) + "\n";
}

std::string Session::write_results()
{
    const std::string out = out_folder();
    const report::RunResult r = result();
    const std::string text = report::report_text(r);
    const auto n_last = workload_.layers.back().cols.size();
    const LayerData& last = data_.back();
    for (auto& file : finished_) { file->flush(); }
    write_file(out + "/y.npy", y_bytes(last.y, last.mvms, n_last, config_.nmpu.out_bits));
    for (std::size_t l = 0; l < data_.size(); ++l) {
        const auto cols = workload_.layers[l].cols.size();
        const auto path = [&](const std::string& name) {
            const std::string full = out + "/" + name;
            return data_.size() == 1 ? full : layer_path(full, layer_name(l));
        };
        if (options_.save_counts) {
            write_file(path("counts.npy"),
                       config::npy_bytes(data_[l].counts.data(), {data_[l].mvms, 2, cols}));
        }
        if (options_.save_partial) {
            write_file(path("partial.npy"),
                       config::npy_bytes(data_[l].partial.data(), {data_[l].mvms, cols}));
        }
    }
    if (options_.save_chip) { calibration::save_chip(out + "/chip.json", chip_, layers_); }
    write_file(out + "/effective_config.json", loaded_.effective_json);
    write_file(out + "/manifest.json", manifest());
    write_file(out + "/report.txt", text);
    for (auto& file : finished_) { file->commit(); }
    write_file(out + "/report.json",
               report::report_json(r));  // last: its presence says all is there
    if (::isatty(2) != 0 && !options_.quiet && done_ >= 64) { fmt::print(stderr, "\r\033[K"); }
    return text + fmt::format("\nfiles: {}/\n", out);
}

}  // namespace aimc::apps
