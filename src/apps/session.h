// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/calibrate.h"
#include "aimc/config/load.h"
#include "aimc/config/workload.h"
#include "aimc/mvm/job.h"
#include "aimc/mvm/timing.h"
#include "aimc/report/run_result.h"
#include "aimc/report/trace.h"
#include "aimc/report/vcd.h"

#include "options.h"
#include "outputs.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace aimc::apps {

/// One run of `sim`: the workload layer by layer, whichever engine executes it. Collects what the
/// report, the trace, the waves and the result arrays need.
class Session : public mvm::JobRunner {
public:
    Session(const config::LoadedConfig& loaded, const Options& options);

    // JobRunner
    const device::CellTargets& targets() const override { return targets_; }
    void bring_up(mvm::Chip& chip) override;
    bool next_job(mvm::Job& job) override;
    void on_record(const mvm::MvmRecord& record) override;
    void on_events(const converters::AdcEvents& events,
                   const std::vector<mvm::LaneCounters>& lanes) override;
    bool stop_requested() const override;

    /// Writes every file of the run. @return the report, for the terminal
    std::string write_results();
    bool complete() const { return complete_; }
    /// Refuses a results folder that cannot be written before hours are spent (exit 5).
    void require_writable_out() const;
    /// Keeps the trace of one layer instead of writing a file (sim check).
    void keep_trace(std::size_t layer) { kept_layer_ = layer; }
    std::vector<std::string> layer_names() const;
    const std::string& kept_trace() const { return kept_trace_; }
    const std::vector<calibration::LayerCalibration>& layers() const { return layers_; }
    double current_ratio() const { return chip_.current_ratio; }

private:
    struct LayerData {
        std::vector<std::int32_t> y, partial, counts;  ///< row-major, layer columns only
        report::ErrorMeter error, post;
        std::uint64_t mvms = 0;
        mvm::StateAccount states;
        std::uint64_t cycles = 0;
        std::vector<std::uint64_t> starts;  ///< S of every MVM
        converters::AdcEvents events;
        std::vector<mvm::LaneCounters> lanes;
    };
    std::string out_folder() const;
    std::string layer_name(std::size_t layer) const;
    void open_streams();
    void close_streams();
    void measure(const mvm::MvmRecord& record, LayerData& data);
    void show_progress();
    report::RunResult result() const;
    void summarise_layers(report::RunResult& r) const;
    void summarise_curves(report::AdcFacts& facts) const;
    void summarise_adc(report::RunResult& r) const;
    void summarise_task(report::RunResult& r) const;
    std::string manifest() const;

    config::LoadedConfig loaded_;
    const config::TileConfig& config_;
    Options options_;
    config::Workload workload_;
    device::CellTargets targets_;
    mvm::Chip chip_;
    std::vector<calibration::LayerCalibration> layers_;
    std::string calibration_method_;

    bool running_ = false;                        ///< a layer has been started
    std::size_t layer_ = 0;                       ///< the one that runs; layers_.size() when done
    Matrix<std::int8_t> inputs_;                  ///< [n x layer rows] of the layer that runs
    std::vector<LayerData> data_;                 ///< per layer
    std::unique_ptr<mvm::PostProcessor> linear_;  ///< without activation, for the error
    std::uint64_t reads_ = 0;
    std::vector<std::uint64_t> latency_, read_, post_, wait_;
    bool complete_ = true;
    std::optional<std::size_t> kept_layer_;
    std::string kept_trace_;

    std::unique_ptr<report::TraceWriter> trace_;
    std::unique_ptr<StreamFile> trace_file_;
    std::unique_ptr<report::VcdWriter> vcd_;
    std::unique_ptr<StreamFile> vcd_file_;
    std::vector<std::unique_ptr<StreamFile>> finished_;  ///< committed when the run is whole
    std::chrono::steady_clock::time_point started_, shown_;
    std::uint64_t done_ = 0;
    double engine_s_ = 0.0;
};

/// Ctrl-C from now on asks sessions to finish the MVM in flight.
void catch_interrupts();
/// Whether that has happened.
bool interrupt_requested();

}  // namespace aimc::apps
