// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/calibration/chip_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <unistd.h>

namespace aimc::apps {
namespace {

volatile std::sig_atomic_t interrupted = 0;  // the one thing a signal handler may touch

constexpr std::uint64_t mvms_between_looks =
    64;  // a look at the clock costs more than an MVM's share

}  // namespace

void catch_interrupts()
{
    // the first signal asks, the second one ends
    for (const int signal : {SIGINT, SIGTERM}) {
        std::signal(signal, [](int which) {
            interrupted = 1;
            std::signal(which, SIG_DFL);
        });
    }
}

bool interrupt_requested() { return interrupted != 0; }

Session::Session(const config::LoadedConfig& loaded, const Options& options)
    : loaded_(loaded),
      config_(loaded_.tile),
      options_(options),
      workload_(config::workload_for(config_)),
      targets_(calibration::cell_targets(config_, workload_)),
      inputs_(workload_.inputs),
      data_(workload_.layers.size()),
      started_(std::chrono::steady_clock::now()),
      shown_(started_)
{
    if (config_.calibration.vectors == config::CalibrationVectors::representative &&
        workload_.calibration_inputs.empty()) {
        throw InputError(
            config_.workload.file,
            "has no calibration_inputs; calibration.vectors \"representative\" needs them");
    }
    for (const auto& layer : workload_.layers) {
        if (layer.activation == config::Activation::clipped_relu && !config_.nmpu.relu_clip) {
            throw ConfigError(
                loaded_.path,
                std::vector<Problem>{{"/nmpu/relu_clip", "is missing; layer \"" + layer.name +
                                                             "\" has activation clipped_relu"}});
        }
    }
}

void Session::bring_up(mvm::Chip& chip)
{
    const auto started = std::chrono::steady_clock::now();
    const auto adopt = [&](calibration::AffineFile affine) {
        layers_ = std::move(affine.layers);
        chip.current_ratio = affine.current_ratio;
    };
    if (!config_.chip.empty()) {
        auto frozen = calibration::load_chip(config_.chip, config_, workload_);
        chip.array = std::move(frozen.array);
        chip.curves = mvm::curves_for(config_, chip.array);
        adopt(std::move(frozen.affine));
        calibration_method_ = "frozen chip";
    } else if (!config_.calibration.file.empty()) {
        adopt(calibration::load_affine(config_.calibration.file, config_, workload_));
        calibration_method_ = "file";
    } else if (config_.calibration.method == config::CalibrationMethod::fixed) {
        layers_ = calibration::fixed_words(config_, workload_);
        calibration_method_ = "fixed";
    } else {
        layers_ = calibration::calibrate(config_, chip, workload_, options_.simd);
        calibration_method_ = "least_squares";
    }
    chip_ = chip;
    // Time spent here is not the engine's.
    started_ += std::chrono::steady_clock::now() - started;
}

std::string Session::layer_name(std::size_t layer) const
{
    const std::string& name = workload_.layers[layer].name;
    return name.empty() ? std::to_string(layer) : name;
}

std::vector<std::string> Session::layer_names() const
{
    std::vector<std::string> names;
    for (std::size_t l = 0; l < workload_.layers.size(); ++l) { names.push_back(layer_name(l)); }
    return names;
}

std::string Session::out_folder() const
{
    return options_.out.empty() ? "out/" + config_.name : options_.out;
}

void Session::require_writable_out() const { apps::require_writable(out_folder()); }

bool Session::next_job(mvm::Job& job)
{
    if (running_) {
        close_streams();
        // what a stopped run has not computed is not there
        complete_ = complete_ && data_[layer_].mvms == inputs_.rows();
        if (!complete_) { return false; }
        const auto& layer = workload_.layers[layer_];
        const auto& done = data_[layer_];
        if (++layer_ == workload_.layers.size()) { return false; }
        Matrix<std::int8_t> next(done.mvms, layer.cols.size());
        for (std::size_t i = 0; i < next.data().size(); ++i) {
            next.data()[i] = calibration::next_code(done.y[i], layer.out_shift);
        }
        inputs_ = std::move(next);
    }
    running_ = true;
    const auto& layer = workload_.layers[layer_];
    job.words = layers_[layer_].words;
    job.inputs = calibration::on_word_lines(inputs_, layer.rows, config_.rows);
    job.arrival = workload_.arrival;
    job.sink = workload_.sink;
    job.first_read = reads_;
    reads_ += inputs_.rows();
    mvm::PostWords words = job.words;
    words.activation = config::Activation::identity;
    linear_ = std::make_unique<mvm::PostProcessor>(config_, words);
    open_streams();
    return true;
}

void Session::open_streams()
{
    const bool several = workload_.layers.size() > 1;
    const auto name = [&](const std::string& path) {
        if (!several) { return path; }
        return layer_path(path, layer_name(layer_));
    };
    if (!options_.trace.empty() || kept_layer_ == layer_) {
        report::TraceHeader header;
        header.config = loaded_.path;
        header.mvms = inputs_.rows();
        header.device_seed = config_.seed.device;
        header.read_seed = config_.seed.read;
        header.sets = loaded_.sets;
        header.config_sha256 = loaded_.sha256;
        header.chip = std::filesystem::path(config_.chip).filename().string();
        header.partial_output = options_.save_partial;
        trace_ = std::make_unique<report::TraceWriter>(header, config_, layers_[layer_].words);
        if (!options_.trace.empty()) {
            trace_file_ = std::make_unique<StreamFile>(name(options_.trace));
        }
    }
    if (!options_.vcd.empty()) {
        vcd_ = std::make_unique<report::VcdWriter>(
            config_, report::VcdSelection{options_.vcd_scope, options_.vcd_from, options_.vcd_to});
        vcd_file_ = std::make_unique<StreamFile>(name(options_.vcd));
    }
}

void Session::close_streams()
{
    const bool whole = data_[layer_].mvms == inputs_.rows();
    if (trace_) {
        const std::string rest = trace_->finish(whole);
        if (trace_file_) {
            trace_file_->append(rest);
            finished_.push_back(std::move(trace_file_));
        } else {
            kept_trace_ += rest;
        }
        trace_.reset();
    }
    if (vcd_) {
        vcd_file_->append(vcd_->finish());
        finished_.push_back(std::move(vcd_file_));
        vcd_.reset();
    }
}

void Session::on_record(const mvm::MvmRecord& record)
{
    LayerData& data = data_[layer_];
    const auto& t = record.times;
    latency_.push_back(t.out - t.in);
    read_.push_back(t.counts - t.start);
    post_.push_back(t.done - t.post);
    wait_.push_back(t.out - t.done);
    data.states.add(t);
    data.cycles = t.out;
    data.starts.push_back(t.start);
    ++data.mvms;
    ++done_;
    measure(record, data);
    if (trace_) {
        trace_->add(record);
        if (trace_file_) {
            trace_file_->append(trace_->take());
        } else {
            kept_trace_ += trace_->take();
        }
    }
    if (vcd_) {
        vcd_->add(record);
        vcd_file_->append(vcd_->take());
    }
    if (done_ % mvms_between_looks == 0) { show_progress(); }
}

void Session::measure(const mvm::MvmRecord& record, LayerData& data)
{
    const auto& layer = workload_.layers[layer_];
    const auto& cal = layers_[layer_];
    const auto& v = record.values;
    const std::size_t first = layer.cols.from;
    const std::size_t n = layer.cols.size();
    thread_local std::vector<std::int64_t> ideal;
    thread_local std::vector<std::int32_t> y, partial;
    thread_local std::vector<mvm::LaneCounters> unused;
    ideal.resize(n);
    y.resize(config_.cols);
    partial.resize(config_.cols);
    calibration::ideal_product(layer, inputs_.row(record.mvm), ideal.data());
    linear_->process(v.c_p.data(), v.c_n.data(), nullptr, y.data(), partial.data(), unused);
    const auto top = static_cast<double>(signed_max(config_.nmpu.out_bits));
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t c = first + i;
        const double ref = std::clamp(static_cast<double>(ideal[i]) / cal.y_lsb, -top, top);
        data.error.add(y[c], ref);
        double exact = 0.0;
        if (config_.post == config::PostUnit::nmpu) {
            const auto& w = cal.words.nmpu[c];
            const auto& f = config_.nmpu;
            const int fraction = f.scale_fraction - cal.words.scale_exponent;
            const double offset = std::ldexp(w.o_p - w.o_n, -f.offset_fraction);
            const double s_p = std::ldexp(w.s_p, -fraction);
            const double s_n = f.branch == config::Branch::polarity ? std::ldexp(w.s_n, -fraction)
                               : f.branch == config::Branch::difference ? s_p
                                                                        : 0.0;
            exact = s_p * v.c_p[c] - s_n * v.c_n[c] + offset;
        } else {
            const auto& w = cal.words.ldpu[c];
            exact = ldpu::to_double(w.scale_p) * v.c_p[c] - ldpu::to_double(w.scale_n) * v.c_n[c] +
                    ldpu::to_double(w.offset);
            exact = ldpu::to_double(w.gamma) * exact + ldpu::to_double(w.beta);
        }
        data.post.add(y[c], std::clamp(exact, -top, top));
    }
    const auto keep = [&](std::vector<std::int32_t>& to, const std::vector<std::int32_t>& from) {
        to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(first),
                  from.begin() + static_cast<std::ptrdiff_t>(first + n));
    };
    keep(data.y, v.y);
    if (options_.save_partial) { keep(data.partial, v.partial); }
    if (options_.save_counts) {
        keep(data.counts, v.c_p);
        keep(data.counts, v.c_n);
    }
}

void Session::on_events(const converters::AdcEvents& events,
                        const std::vector<mvm::LaneCounters>& lanes)
{
    data_[layer_].events = events;
    data_[layer_].lanes = lanes;
    const auto now = std::chrono::steady_clock::now();
    engine_s_ = std::chrono::duration<double>(now - started_).count();
}

bool Session::stop_requested() const { return interrupted != 0; }

void Session::show_progress()
{
    const auto now = std::chrono::steady_clock::now();
    if (options_.quiet || now - shown_ < std::chrono::milliseconds(500) || ::isatty(2) == 0) {
        return;
    }
    shown_ = now;
    const double seconds = std::chrono::duration<double>(now - started_).count();
    const double rate = static_cast<double>(done_) / seconds;
    const std::uint64_t all = workload_.inputs.rows() * workload_.layers.size();
    fmt::print(
        stderr, "\r{} of {} MVMs, {:.0f} MVM/s, simulated {:.1f} us, {:.0f} s left   ", done_, all,
        rate,
        static_cast<double>(data_[layer_].cycles) * static_cast<double>(config_.t_clk_ps) * 1e-6,
        static_cast<double>(all - done_) / rate);
    std::fflush(stderr);
}

}  // namespace aimc::apps
