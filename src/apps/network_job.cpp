// SPDX-License-Identifier: Apache-2.0
#include "network_job.h"

#include "aimc/base/error.h"
#include "aimc/network/job_walk.h"
#include "aimc/testbench/cycle_engine.h"

#include "session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <unistd.h>

namespace aimc::apps {
namespace {

constexpr std::size_t ratio_vectors = 512;  // Choice: per layer, for the mirror ratios

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then)
{
    return std::chrono::duration<double>(Clock::now() - then).count();
}

/// Images done of a stage, on a terminal only.
class Progress {
public:
    Progress(bool shown, std::string what, std::size_t images)
        : shown_(shown && ::isatty(2) != 0), what_(std::move(what)), images_(images)
    {
    }
    void operator()(std::size_t done) const
    {
        if (!shown_) { return; }
        const double rate = static_cast<double>(done) / seconds_since(started_);
        fmt::print(stderr, "\r{}: {} of {} images, {:.0f} images/s, {:.0f} s left   ", what_, done,
                   images_, rate, static_cast<double>(images_ - done) / rate);
        if (done == images_) { fmt::print(stderr, "\r\033[K"); }
        std::fflush(stderr);
    }

private:
    bool shown_;
    std::string what_;
    std::size_t images_;
    Clock::time_point started_ = Clock::now();
};

class JobRun {
public:
    JobRun(const Options& options, NetworkJob& job) : options_(options), job_(job)
    {
        run_options_.threads = options.threads;
        run_options_.stop = interrupt_requested;
    }

    void run()
    {
        const auto& o = options_.network;
        if (o.wants("float") && job_.first_chip == 0) { run_float(); }
        if (!job_.complete && job_.float_answers.empty()) {
            throw Interrupted("before the first image");
        }
        for (std::size_t k = job_.first_chip; k < job_.end_chip && job_.complete; ++k) {
            if (!o.wants("ldpu") && !o.wants("nmpu")) { return; }
            try {
                run_chip(k);
            } catch (const Interrupted&) {  // while it was calibrated
                if (job_.results.empty() && job_.float_answers.empty()) { throw; }
                job_.complete = false;
            }
        }
    }

private:
    void run_float()
    {
        const auto started = Clock::now();
        run_options_.progress = Progress(!options_.quiet, "float", job_.test.images.rows());
        job_.float_answers =
            network::run_float(*job_.wiring, job_.test.images, options_.simd, run_options_);
        job_.complete = job_.float_answers.size() == job_.test.images.rows();
        if (!job_.float_answers.empty()) {
            job_.float_top1 = network::top1(job_.float_answers, job_.test.labels);
        }
        job_.float_wall_s = seconds_since(started);
    }

    void run_chip(std::size_t k)
    {
        const config::TileConfig config = config_of_chip(job_.loaded.tile, k);
        network::Tiles tiles(config, *job_.wiring, job_.layers, options_.simd, options_.threads);
        if (ratio_inputs_.empty()) {
            ratio_inputs_ = network::exact_inputs(*job_.wiring, job_.calibration.images,
                                                  ratio_vectors, options_.simd, options_.threads);
        }
        tiles.settle_current_ratios(ratio_inputs_);
        struct Unit {
            const char* name;
            config::TileConfig config;
            network::BringUp bring_up;
        };
        std::vector<Unit> units;
        for (const char* name : {"ldpu", "nmpu"}) {
            if (!options_.network.wants(name)) { continue; }
            config::TileConfig of_unit = config;
            of_unit.post =
                std::string(name) == "nmpu" ? config::PostUnit::nmpu : config::PostUnit::ldpu;
            units.push_back(
                {name, of_unit,
                 network::BringUp(of_unit, *job_.wiring, job_.layers, tiles, options_.threads)});
            units.back().bring_up.calibrate(job_.calibration.images, interrupt_requested);
        }
        std::vector<double> ages{config.device.age_s};
        ages.insert(ages.end(), config.ageing.schedule_s.begin(), config.ageing.schedule_s.end());
        for (const double age : ages) {
            if (age != ages.front()) { tiles.age_to(age); }
            for (Unit& unit : units) {
                std::string upkeep = "calibrated";
                if (age != ages.front()) { upkeep = look_after(unit.bring_up, config, age); }
                run_unit(unit.name, unit.config, k, age, upkeep, tiles, unit.bring_up);
                if (!job_.complete) { return; }
            }
        }
    }

    std::string look_after(network::BringUp& bring_up, const config::TileConfig& config, double age)
    {
        const auto& anew = config.ageing.recalibrate_s;
        if (std::find(anew.begin(), anew.end(), age) != anew.end()) {
            bring_up.calibrate(job_.calibration.images, interrupt_requested);
            return "calibrated";
        }
        bring_up.compensate();
        switch (config.ageing.compensation) {
            case config::Compensation::global: return "global";
            case config::Compensation::per_column: return "per_column";
            case config::Compensation::none: break;
        }
        return "none";
    }

    void run_unit(const std::string& name, const config::TileConfig& config, std::size_t chip,
                  double age, const std::string& upkeep, const network::Tiles& tiles,
                  const network::BringUp& bring_up)
    {
        const auto started = Clock::now();
        run_options_.progress = Progress(!options_.quiet, fmt::format("chip {} {}", chip, name),
                                         job_.test.images.rows());
        NetworkResult result;
        result.variant = name;
        result.chip = chip;
        result.age_s = age;
        result.upkeep = upkeep;
        result.words = bring_up.words();
        result.words_clipped = bring_up.clipped();
        run_options_.on_image = {};
        const auto& later = config.ageing.schedule_s;
        const auto at = std::find(later.begin(), later.end(), age);
        // every age reads with numbers of its own, as a tile that goes on reading
        const auto reads_before =
            at == later.end() ? 0 : static_cast<std::uint64_t>(at - later.begin() + 1);
        run_options_.first_number = reads_before * job_.all_images + job_.first_image;
        const std::size_t compared = network::RunOptions{}.error_images;
        run_options_.error_images = compared - std::min(compared, job_.first_image);
        if (options_.network.save_layers && chip == 0 && age == config.device.age_s) {
            keep_maps(result);
        }
        for (std::size_t t = 0; t < tiles.size(); ++t) {
            result.ratios.push_back(tiles.chip(t).current_ratio);
        }
        result.run = options_.engine == Engine::cycle
                         ? run_on_cycle_engine(config, tiles, result.words)
                         : network::run_images(config, *job_.wiring, job_.layers, tiles,
                                               result.words, job_.test.images, run_options_);
        result.top1 = network::top1(result.run.answers, job_.test.labels);
        result.wall_s = seconds_since(started);
        job_.complete = job_.complete && result.run.complete;
        // what was cut off is no match for what is whole; it counts only if there is nothing else
        const bool alone = job_.results.empty() && job_.float_answers.empty();
        if (result.run.answers.empty() || (!result.run.complete && !alone)) { return; }
        job_.results.push_back(std::move(result));
    }

    network::NetworkRun run_on_cycle_engine(const config::TileConfig& config,
                                            const network::Tiles& tiles,
                                            const std::vector<network::LayerWords>& words)
    {
        network::JobWalk walk(config, *job_.wiring, tiles, words, job_.test.images,
                              interrupt_requested);
        walk.on_image = [&](std::size_t image, const network::Walk& w) {
            if (run_options_.on_image) { run_options_.on_image(image, w); }
            run_options_.progress(image + 1);
        };
        walk.first_number = run_options_.first_number;
        testbench::run_cycle_engine(config, options_.simd, walk);
        return walk.take();
    }

    /// Every map of every image, as arrays that a third party can compare.
    void keep_maps(NetworkResult& result)
    {
        const auto& network = job_.wiring->network;
        const std::size_t images = job_.test.images.rows();
        for (const network::Step& step : job_.wiring->program.steps) {
            result.maps.push_back(
                {network.nodes[step.node].name,
                 Matrix<std::int32_t>(images, network.nodes[step.node].out.size())});
        }
        run_options_.on_image = [&result, this](std::size_t image, const network::Walk& walk) {
            for (std::size_t s = 0; s < result.maps.size(); ++s) {
                const auto map = walk.map(job_.wiring->program.steps[s].output);
                std::copy(map.begin(), map.end(), result.maps[s].values.row(image));
            }
        };
    }

    const Options& options_;
    NetworkJob& job_;
    network::RunOptions run_options_;
    std::vector<Matrix<std::int8_t>> ratio_inputs_;
};

}  // namespace

config::TileConfig config_of_chip(const config::TileConfig& tile, std::size_t chip)
{
    config::TileConfig config = tile;
    config.seed.device += chip;
    config.seed.read += chip;
    return config;
}

void run_network_job(NetworkJob& job, const Options& options)
{
    JobRun(options, job).run();
    if (job.results.empty() && job.float_answers.empty()) {
        throw Interrupted("before the first image");
    }
}

}  // namespace aimc::apps
