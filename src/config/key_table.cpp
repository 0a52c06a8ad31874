// SPDX-License-Identifier: Apache-2.0
#include "key_table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>

namespace aimc::config::detail {
namespace {

struct TextOf {
    const Key& key;
    std::string operator()(std::monostate) const
    {
        return key.none == "null" || key.none.empty() ? "null" : '"' + key.none + '"';
    }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(const std::vector<double>& value) const
    {
        std::vector<std::string> all;
        for (const double v : value) { all.push_back(fmt::format("{}", v)); }
        return "[" + joined(all) + "]";
    }
    std::string operator()(const std::string& value) const
    {
        return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
};

template <class T>
const T* find(const std::vector<T>& all, const std::string& path)
{
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const T& one) { return one.path == path; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string Key::section() const
{
    const auto dot = path.rfind('.');
    return dot == std::string::npos ? "" : path.substr(0, dot);
}

std::string Key::leaf() const { return path.substr(path.rfind('.') + 1); }

std::string Key::tag() const { return source.substr(0, source.find(':')); }

const std::vector<Key>& keys()
{
    static const std::vector<Key> all = [] {
        std::vector<Key> list;
        add_tile_keys(list);
        add_device_keys(list);
        add_crossbar_keys(list);
        add_adc_keys(list);
        add_kind_keys(list);
        add_post_keys(list);
        add_run_keys(list);
        add_cost_keys(list);
        return list;
    }();
    return all;
}

const std::vector<Section>& sections()
{
    static const std::vector<Section> all{
        {"", false, "The configuration of one tile"},
        {"tile", false, "Size of the array"},
        {"clock", false, "The one clock; all cycles are its cycles"},
        {"read", true, "How one vector is read: phases and their cycles"},
        {"device", true, "The memory devices: from target conductance to what is read"},
        {"device.write_verify", false, "Programming with `device.programming: write_verify`"},
        {"device.faults", false, "Devices and lines that do not work"},
        {"device.polarity_asymmetry", false, "How the negative polarity reads differently"},
        {"crossbar", true, "From weights to conductances on an integer grid"},
        {"adc", true, "One current-controlled-oscillator ADC per column"},
        {"adc.ams", false, "Error of the converter with `adc.model: ams`"},
        {"adc.parametric", false, "Spread of the curves that `adc.curves: parametric` draws"},
        {"pim", true, "Partial sums and their converters, with `tile_kind: pim`"},
        {"digital", true, "Bit-serial inputs and adder trees, with `tile_kind: digital_cim`"},
        {"nmpu", true, "The fixed-point lanes behind the ADCs"},
        {"ldpu", true, "Cycles of the FP16 baseline, used with `post: ldpu`"},
        {"controller", true, "Buffers around the array"},
        {"calibration", true, "How scales and offsets are found"},
        {"ageing", true, "Time that passes during a run: the workload is read again at each age"},
        {"repeatability", false, "Reading the same vectors again, for the report"},
        {"seed", true, "Random numbers: two seeds, so that chip and read can be varied alone"},
        {"workload", true, "What the tile is asked to do"},
        {"energy", true, "Energy per event, for the report; no effect on results"},
        {"energy.adc_bound", false, "Least energy of a converter, beside the physical figures"},
        {"energy.digital", false, "Energy of the array with `tile_kind: digital_cim`"},
        {"area", true, "Areas and ratios of areas, for the report; no effect on results"},
    };
    return all;
}

const Key* find_key(const std::string& path) { return find(keys(), path); }
const Section* find_section(const std::string& path) { return find(sections(), path); }

std::vector<std::string> members_of(const std::string& section)
{
    std::vector<std::string> names;
    for (const auto& key : keys()) {
        if (key.section() == section) { names.push_back(key.leaf()); }
    }
    const std::string prefix = section.empty() ? "" : section + ".";
    for (const auto& one : sections()) {
        if (one.path.size() <= prefix.size() || one.path.rfind(prefix, 0) != 0) { continue; }
        const std::string name = one.path.substr(prefix.size());
        if (name.find('.') == std::string::npos) { names.push_back(name); }
    }
    return names;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string out;
    for (const auto& word : words) { out += (out.empty() ? "" : ", ") + word; }
    return out;
}

std::string pointer(const std::string& path)
{
    if (path.empty()) { return ""; }
    std::string out = "/" + path;
    std::replace(out.begin(), out.end(), '.', '/');
    return out;
}

std::string allowed(const Key& key)
{
    std::string out;
    switch (key.kind) {
        case Kind::integer:
            out = fmt::format("a whole number {} to {}", key.whole_low, key.whole_high);
            break;
        case Kind::number: out = fmt::format("a number {} to {}", key.low, key.high); break;
        case Kind::numbers:
            out = fmt::format("an increasing list of numbers {} to {}", key.low, key.high);
            break;
        case Kind::boolean: out = "true or false"; break;
        case Kind::choice:
            out = key.words.size() == 1 ? '"' + key.words[0] + '"' : "one of " + joined(key.words);
            break;
        case Kind::text: out = "a name of 1 to 100 characters without '/'"; break;
        case Kind::file: out = "a file name"; break;
        case Kind::word_or_file: out = joined(key.words) + " or the name of a .npy file"; break;
    }
    if (!key.none.empty()) { out += " or " + text_of(Value{}, key); }
    return out;
}

std::string text_of(const Value& value, const Key& key) { return std::visit(TextOf{key}, value); }

std::string default_text(const Key& key)
{
    if (key.path == "format") { return "required"; }
    if (key.path == "name") { return "the file's name without .json"; }
    return text_of(key.get(TileConfig{}), key);
}

}  // namespace aimc::config::detail
