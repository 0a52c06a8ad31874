// SPDX-License-Identifier: Apache-2.0
#include "text_parts.h"

namespace aimc::report {

std::string array_section(const RunResult& r)
{
    const ArrayFacts& a = r.array;
    std::string text = "\nArray\n";
    if (!r.config.chip.empty()) {
        text += paragraph(
            "a frozen chip: stored conductances, read without noise; the keys of "
            "device say nothing about it");
    }
    if (r.config.chip.empty() && r.config.device.model != config::DeviceModel::ideal) {
        const bool verified = r.config.device.programming == config::Programming::write_verify;
        text += paragraph(verified
                              ? fmt::format("programmed and verified: {} pulses, {} cells outside "
                                            "the margin, {} cycles",
                                            grouped(a.programming.pulses),
                                            grouped(a.programming.unconverged),
                                            grouped(a.programming.cycles))
                              : fmt::format("programmed by statistics; on a chip at most {} cycles",
                                            grouped(a.programming.cycles)));
    }
    text += paragraph(fmt::format("{} conductances clipped to the grid", grouped(a.clips)));
    const auto& f = a.faults;
    if (f.stuck_reset + f.stuck_set + f.dead_rows + f.dead_cols > 0) {
        text +=
            paragraph(fmt::format("faults: {} devices stuck at RESET, {} at SET, {} dead rows, "
                                  "{} dead columns",
                                  grouped(f.stuck_reset), grouped(f.stuck_set),
                                  grouped(f.dead_rows), grouped(f.dead_cols)));
    }
    if (r.config.crossbar.ir_drop != config::IrDrop::none) {
        const auto& d = a.ir_drop;
        const bool ladder = r.config.crossbar.ir_drop == config::IrDrop::ladder;
        text += paragraph(fmt::format(
            "IR drop ({}, {} ohm per row): of a cell's current at least {:.2f} %, on average "
            "{:.2f} % reach the converter; {} would say {:.2f} and {:.2f} %",
            ladder ? "ladder" : "first order", r.config.crossbar.wire_ohm, 100.0 * d.least,
            100.0 * d.mean, ladder ? "first order" : "the ladder",
            100.0 * (ladder ? d.least_first_order : d.least_ladder),
            100.0 * (ladder ? d.mean_first_order : d.mean_ladder)));
        constexpr double far_apart = 0.02;
        if (!ladder && std::fabs(d.mean_first_order - d.mean_ladder) > far_apart) {
            text += paragraph("warning: first_order is beyond its range here; ladder is exact");
        }
    }
    return text;
}

std::string ageing_section(const RunResult& r)
{
    Table table({{"age [s]", true, 10},
                 {"layer", false, 12},
                 {"rel. L2", true, 9},
                 {"rmse LSB", true, 8},
                 {"top-1 %", true, 7},
                 {"done", false, 11},
                 {"vectors", true, 7},
                 {"cycles", true, 9},
                 {"factor", true, 13},
                 {"clipped", true, 7}});
    for (const AgeResult& a : r.ages) {
        const auto& u = a.upkeep;
        const char* done = u.calibrated ? "calibrated" : u.compensated ? "compensated" : "-";
        std::string factor = "-";
        if (u.compensated) {
            factor = u.least_factor == u.most_factor
                         ? fixed(u.mean_factor, 4)
                         : fmt::format("{:.3f}..{:.3f}", u.least_factor, u.most_factor);
        }
        for (std::size_t l = 0; l < a.layers.size(); ++l) {
            const LayerResult& layer = a.layers[l];
            const bool first = l == 0;
            const bool last = l + 1 == a.layers.size();
            table.add({first ? fmt::format("{}", u.age_s) : "", layer.name,
                       fixed(100.0 * layer.error.rel_l2, 3) + " %", fixed(layer.error.rmse_lsb, 3),
                       last && a.top1 ? fixed(*a.top1, 2) : "", first ? done : "",
                       first ? grouped(u.vectors) : "", first ? grouped(u.cycles) : "",
                       first ? factor : "", first ? grouped(u.clipped) : ""});
        }
    }
    return r.ages.empty() ? "" : "\nAgeing: the workload again at each age\n" + table.text();
}

}  // namespace aimc::report
