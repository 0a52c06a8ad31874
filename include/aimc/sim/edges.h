// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/systemc.h"

#include <cstdint>

namespace aimc::sim {

/// The edges of a clock that nobody has to toggle: edge n is at n * t_clk. Stages sleep between
/// events and only ask which edge it is.
class Edges {
public:
    explicit Edges(const sc_core::sc_time& t_clk) : t_clk_(t_clk) {}

    const sc_core::sc_time& t_clk() const { return t_clk_; }
    /// The edge at or after now.
    std::uint64_t now() const
    {
        const auto t = sc_core::sc_time_stamp().value();
        return (t + t_clk_.value() - 1) / t_clk_.value();
    }
    bool on_edge() const { return sc_core::sc_time_stamp().value() % t_clk_.value() == 0; }
    /// How long it is until an edge that is not in the past.
    sc_core::sc_time until(std::uint64_t edge) const
    {
        return sc_core::sc_time::from_value(edge * t_clk_.value() -
                                            sc_core::sc_time_stamp().value());
    }

private:
    sc_core::sc_time t_clk_;
};

/// Verbose message of a type such as "/aimc/tile/adc_bank", built only when somebody listens.
template <class Text>
void debug_report(const char* type, Text&& text)
{
    if (sc_core::sc_report_handler::get_verbosity_level() >= sc_core::SC_DEBUG) {
        SC_REPORT_INFO_VERB(type, text().c_str(), sc_core::SC_DEBUG);
    }
}

}  // namespace aimc::sim
