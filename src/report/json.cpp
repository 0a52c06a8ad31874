// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/words.h"
#include "aimc/report/run_result.h"

#include "figures.h"
#include "json_parts.h"

namespace aimc::report {

namespace {

Json to_json(const IntegerSummary& s)
{
    Json json = {{"min", s.min}, {"mean", s.mean}, {"p50", s.p50}, {"p99", s.p99}, {"max", s.max}};
    if (s.percentile_error > 0.0) { json["percentile_error"] = s.percentile_error; }
    return json;
}

Json to_json(const Summary& s)
{
    return {{"min", number(s.min)}, {"mean", number(s.mean)}, {"max", number(s.max)}};
}

Json to_json(const MvmError& e)
{
    return {{"rel_l2", number(e.rel_l2)},
            {"rmse_lsb", number(e.rmse_lsb)},
            {"max_abs_lsb", number(e.max_abs_lsb)},
            {"sqnr_db", number(e.sqnr_db())},
            {"enob", number(e.enob())}};
}

Json to_json(const CalibrationFacts& c)
{
    Json misfits = Json::array();
    for (const auto& m : c.misfits) {
        misfits.push_back({{"column", m.column},
                           {"word", m.word},
                           {"wanted", number(m.wanted)},
                           {"given", number(m.given)}});
    }
    return {
        {"done", c.done},
        {"method", c.method},
        {"vectors", c.vectors},
        {"cycles", c.cycles},
        {"scale_exponent", c.scale_exponent},
        {"columns_needing_exponent", c.columns_needing_exponent},
        {"scales_clipped", c.scales_clipped},
        {"offsets_clipped", c.offsets_clipped},
        {"misfits", misfits},
        {"rank_deficient", c.rank_deficient},
        {"residual_before_lsb", number(c.residual_before_lsb)},
        {"residual_after_lsb", number(c.residual_after_lsb)},
        {"rho", {{"before", to_json(c.rho_before)}, {"after", to_json(c.rho_after)}}},
        {"mean_error_lsb", {{"before", to_json(c.mean_before)}, {"after", to_json(c.mean_after)}}}};
}

Json to_json(const LayerResult& l)
{
    return {{"name", l.name},
            {"mvms", l.mvms},
            {"y_lsb", number(l.y_lsb)},
            {"error", to_json(l.error)},
            {"post_vs_exact", to_json(l.post)},
            {"output", l.partial_out ? "partial" : "y"},
            {"residual_in", l.residual_in},
            {"batch_norm", l.batch_norm},
            {"columns_swapped", l.columns_swapped},
            {"saturated", l.saturated},
            {"relu_clipped", l.relu_clipped},
            {"calibration", to_json(l.calibration)}};
}

Json latency(const RunResult& r)
{
    return {{"clock_ghz", clock_ghz(r)},
            {"mvm_cycles", to_json(r.latency)},
            {"stage_cycles",
             {{"read", to_json(r.read_cycles)},
              {"post", to_json(r.post_cycles)},
              {"out_wait", to_json(r.out_wait_cycles)}}}};
}

Json throughput(const RunResult& r)
{
    return {{"cycles_total", r.cycles_total},
            {"mvm_per_s", number(mvm_per_s(r))},
            {"tops", number(tops(r))},
            {"initiation_interval_cycles", number(r.initiation_interval)},
            {"states",
             {{"reading", r.states.reading},
              {"input_starved", r.states.input_starved},
              {"post_busy", r.states.post_busy},
              {"output_blocked", r.states.output_blocked},
              {"drain", r.states.drain}}}};
}

Json accuracy(const RunResult& r)
{
    Json json = Json::object();
    const LayerResult* worst = worst_layer(r);
    if (worst != nullptr) {
        json["mvm"] = to_json(worst->error);
        json["mvm"]["layer"] = worst->name;
        const bool is_nmpu = r.config.post == config::PostUnit::nmpu;
        json["post"][is_nmpu ? "nmpu_vs_exact" : "ldpu_vs_exact"] = to_json(worst->post);
    }
    if (r.top1) {
        json["task"] = {{"top1", number(*r.top1)}, {"n", r.labelled}};
        if (r.float_top1) { json["task"]["float_top1"] = number(*r.float_top1); }
    }
    return json;
}

Json to_json(const Repeatability& r)
{
    return {{"runs", r.runs},
            {"vectors", r.vectors},
            {"outputs", r.outputs},
            {"identical_share", number(r.identical_share)},
            {"static_rms_lsb", number(r.static_rms_lsb)},
            {"thermal_rms_lsb", number(r.thermal_rms_lsb)}};
}

Json adc(const AdcFacts& a)
{
    Json json = Json::object();
    json["curves"] = a.curves;
    if (!a.file.empty()) { json["file"] = a.file; }
    json.update({{"current_ratio", number(a.current_ratio)},
                 {"conversions", a.events.conversions},
                 {"watched_conversions", a.events.watched},
                 {"over_range", a.events.over_range},
                 {"polarity_flips", a.events.polarity_flips},
                 {"saturated", a.events.saturated},
                 {"gain", to_json(a.gain)},
                 {"offset", to_json(a.offset)},
                 {"inl", to_json(a.inl)},
                 {"dnl", to_json(a.dnl)},
                 {"missing_codes", to_json(a.missing_codes)},
                 {"after_correction",
                  {{"gain", to_json(a.gain_after)}, {"offset", to_json(a.offset_after)}}}});
    return json;
}

Json array(const RunResult& r)
{
    const ArrayFacts& a = r.array;
    const auto share = [](double least, double mean) {
        return Json{{"least", number(least)}, {"mean", number(mean)}};
    };
    const bool verified = r.config.device.programming == config::Programming::write_verify;
    const bool frozen = !r.config.chip.empty();
    Json json{{"conductance_clips", a.clips},
              {"programming",
               {{"mode", frozen     ? "frozen chip"
                         : verified ? "write_verify"
                                    : "statistical"},
                {"pulses", verified ? Json(a.programming.pulses) : Json(nullptr)},
                {"unconverged", verified ? Json(a.programming.unconverged) : Json(nullptr)},
                {"cycles", a.programming.cycles},
                {"cycles_are", frozen     ? "none: stored conductances"
                               : verified ? "simulated"
                                          : "at most, by max_iterations"}}},
              {"faults",
               {{"stuck_reset", a.faults.stuck_reset},
                {"stuck_set", a.faults.stuck_set},
                {"dead_rows", a.faults.dead_rows},
                {"dead_cols", a.faults.dead_cols}}}};
    if (r.config.crossbar.ir_drop != config::IrDrop::none) {
        json["ir_drop"] = share(a.ir_drop.least, a.ir_drop.mean);
        json["ir_drop"]["wire_ohm"] = r.config.crossbar.wire_ohm;
        json["ir_drop"]["first_order"] =
            share(a.ir_drop.least_first_order, a.ir_drop.mean_first_order);
        json["ir_drop"]["ladder"] = share(a.ir_drop.least_ladder, a.ir_drop.mean_ladder);
    }
    return json;
}

Json ageing(const RunResult& r)
{
    Json ages = Json::array();
    for (const AgeResult& a : r.ages) {
        const auto& u = a.upkeep;
        Json age{{"age_s", u.age_s},
                 {"calibrated", u.calibrated},
                 {"compensated", u.compensated},
                 {"vectors", u.vectors},
                 {"cycles", u.cycles},
                 {"factor", to_json(Summary{u.least_factor, u.mean_factor, u.most_factor})},
                 {"clipped", u.clipped},
                 {"current_ratio", number(u.current_ratio)},
                 {"watched_conversions", a.events.watched},
                 {"over_range", a.events.over_range},
                 {"polarity_flips", a.events.polarity_flips},
                 {"layers", Json::array()}};
        for (const LayerResult& layer : a.layers) {
            age["layers"].push_back({{"name", layer.name}, {"error", to_json(layer.error)}});
        }
        if (a.top1) { age["top1"] = number(*a.top1); }
        ages.push_back(age);
    }
    return ages;
}

Json post_unit(const RunResult& r)
{
    Json json = Json::object();
    if (r.config.post == config::PostUnit::nmpu) { json["lanes"] = r.config.nmpu.lanes; }
    json["cycles_per_vector"] = r.n_post;
    json["saturated"] = lane_sum(r, 0);
    json["relu_clipped"] = lane_sum(r, 1);
    if (!r.lanes.empty()) {
        Json saturated = Json::array(), clipped = Json::array();
        for (const auto& lane : r.lanes) {
            saturated.push_back(lane[0]);
            clipped.push_back(lane[1]);
        }
        json["per_lane"] = {{"saturated", saturated}, {"relu_clipped", clipped}};
    }
    return json;
}

Json comparison(const RunResult& r)
{
    Json rows = Json::array();
    for (const Comparison& c : r.comparison) {
        rows.push_back({{"quantity", c.quantity},
                        {"ours", c.ours},
                        {"published", c.published},
                        {"source", c.source},
                        {"how", c.how}});
    }
    return rows;
}

Json host(const HostFacts& h)
{
    return {{"wall_s", number(h.wall_s)},
            {"mvm_per_s", number(h.mvm_per_s)},
            {"cycles_per_s", number(h.cycles_per_s)},
            {"threads", h.threads},
            {"simd", h.simd},
            {"peak_rss_mb", number(h.peak_rss_mb)},
            {"date", h.date}};
}

}  // namespace

std::string report_json(const RunResult& r)
{
    Json json;
    json["format"] = "aimc-report/1";
    json["config"] = {{"name", r.config_name},
                      {"sha256", r.config_sha256},
                      {"tile_kind", config::word_of(r.config.kind)}};
    json["seed"] = {{"device", r.device_seed}, {"read", r.read_seed}};
    json["engine"] = r.engine;
    json["complete"] = r.complete;
    json["workload"] = {{"name", r.workload_name}, {"mvms", r.mvms}};
    json["latency"] = latency(r);
    json["throughput"] = throughput(r);
    json["accuracy"] = accuracy(r);
    if (r.repeatability) { json["repeatability"] = to_json(*r.repeatability); }
    switch (r.config.kind) {
        case config::TileKind::analog:
            json["adc"] = adc(r.adc);
            json["crossbar"] = array(r);
            break;
        case config::TileKind::pim: json["scheme"] = scheme_json(r); break;
        case config::TileKind::digital_cim: json["digital"] = digital_json(r); break;
    }
    if (!r.ages.empty()) { json["ageing"] = ageing(r); }
    json[r.config.post == config::PostUnit::nmpu ? "nmpu" : "ldpu"] = post_unit(r);
    json["layers"] = Json::array();
    for (const LayerResult& layer : r.layers) { json["layers"].push_back(to_json(layer)); }
    json["energy"] = energy_json(r);
    json["area"] = area_json(r);
    json["hardware"] = hardware_json(r);
    json["comparison"] = comparison(r);
    json["host"] = host(r.host);
    // a file name need not be UTF-8, and a report must not fail on it
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace aimc::report
