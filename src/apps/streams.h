// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/load.h"
#include "aimc/report/trace.h"
#include "aimc/report/vcd.h"

#include "options.h"
#include "outputs.h"
#include "part.h"

#include <memory>
#include <string>
#include <vector>

namespace aimc::apps {

/// Trace and waves of a run, one file per part, written while it runs.
class RunStreams {
public:
    RunStreams(const config::LoadedConfig& loaded, const Options& options, bool several_parts);

    /// Keeps the trace of one part instead of writing files (sim check).
    void keep_trace(std::size_t part) { kept_part_ = part; }
    const std::string& kept_trace() const { return kept_trace_; }

    void open(std::size_t index, const Part& part);
    void add(const mvm::MvmRecord& record);
    void close(const Part& part);
    void flush();   ///< what can fail, fails here
    void commit();  ///< files appear under their names

private:
    const config::LoadedConfig& loaded_;
    const Options& options_;
    bool several_;
    std::size_t kept_part_ = ~std::size_t{0};
    std::string kept_trace_;
    std::unique_ptr<report::TraceWriter> trace_;
    std::unique_ptr<StreamFile> trace_file_;
    std::unique_ptr<report::VcdWriter> vcd_;
    std::unique_ptr<StreamFile> vcd_file_;
    std::vector<std::unique_ptr<StreamFile>> finished_;  ///< committed when the run is whole
};

}  // namespace aimc::apps
