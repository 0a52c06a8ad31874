// SPDX-License-Identifier: Apache-2.0
#include "recorder.h"

#include "aimc/report/trace.h"
#include "aimc/report/vcd.h"

#include <utility>

namespace aimc::bench {
namespace {

constexpr std::uint64_t window_cycles = 1000;  // some eight reads: what one looks at in a viewer

template <class Writer>
class Writing : public Recorder {
public:
    template <class... Arguments>
    explicit Writing(Arguments&&... arguments) : writer_(std::forward<Arguments>(arguments)...)
    {
    }
    void add(const mvm::MvmRecord& record) override
    {
        writer_.add(record);
        count(writer_.take().size());
    }
    void finish() override { count(writer_.finish().size()); }

private:
    Writer writer_;
};

}  // namespace

const char* to_string(Output output)
{
    switch (output) {
        case Output::none: return "bare";
        case Output::trace: return "trace";
        case Output::vcd_window: return "vcd_window";
        case Output::vcd_full: return "vcd_full";
    }
    return "?";
}

std::unique_ptr<Recorder> recorder_for(Output output, const Setup& setup)
{
    using Trace = Writing<report::TraceWriter>;
    using Vcd = Writing<report::VcdWriter>;
    switch (output) {
        case Output::none: break;
        case Output::trace:
            return std::make_unique<Trace>(report::TraceHeader{}, setup.config, setup.words);
        case Output::vcd_window:
            return std::make_unique<Vcd>(setup.config, report::VcdSelection{"*", 0, window_cycles});
        case Output::vcd_full: return std::make_unique<Vcd>(setup.config, report::VcdSelection{});
    }
    return nullptr;
}

}  // namespace aimc::bench
