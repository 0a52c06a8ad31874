// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/curve_file.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "curve_csv.h"
#include "strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

namespace aimc::config {
namespace {

using namespace detail;
namespace fs = std::filesystem;

// Choice: 256 columns of two polarities at 4,096 points each take 42 MB
constexpr std::uintmax_t most_csv_bytes = std::uintmax_t{64} << 20U;
constexpr std::uintmax_t most_json_bytes = std::uintmax_t{1} << 20U;
constexpr double most_uA = 1e6;  ///< Choice: as adc.full_scale_uA, so that currents fit the grid

/// Pool adjacent violators: neighbours that fall are replaced by their mean until nothing falls.
void make_isotonic(Curve& curve)
{
    struct Block {
        double sum;
        std::size_t n;
        double mean() const { return sum / static_cast<double>(n); }
    };
    std::vector<Block> blocks;
    for (const CurveRow& row : curve) {
        blocks.push_back({row.code, 1});
        while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
            const Block last = blocks.back();
            blocks.pop_back();
            blocks.back() = {blocks.back().sum + last.sum, blocks.back().n + last.n};
        }
    }
    std::size_t i = 0;
    for (const Block& block : blocks) {
        for (std::size_t k = 0; k < block.n; ++k) { curve[i++].code = block.mean(); }
    }
}

/// Sorts a curve; true when its codes had to be changed.
bool finish_curve(Curve& curve, const std::string& name, NonMonotone policy, ProblemList& problems)
{
    std::sort(curve.begin(), curve.end(),
              [](const CurveRow& a, const CurveRow& b) { return a.input < b.input; });
    if (curve.size() < 2) {
        problems.add(line_name(curve.front().line),
                     name + " has one point, must have at least two");
        return false;
    }
    const auto falls = [](const CurveRow& a, const CurveRow& b) { return b.code < a.code; };
    const auto fall = std::adjacent_find(curve.begin(), curve.end(), falls);
    if (fall == curve.end()) { return false; }
    if (policy == NonMonotone::reject) {
        problems.add(
            line_name((fall + 1)->line),
            fmt::format("{} falls from code {} (line {}) to {} while its input rises; mend it "
                        "or set adc.non_monotone to isotonic",
                        name, fall->code, fall->line, (fall + 1)->code));
        return false;
    }
    make_isotonic(curve);
    return true;
}

std::vector<CurvePoint> points(const Curve& curve)
{
    std::vector<CurvePoint> out;
    for (const CurveRow& row : curve) { out.push_back({row.input, row.code}); }
    return out;
}

/// Checks what a single line cannot show, and fills file.columns.
void assemble(CurveTable& curves, NonMonotone policy, ProblemList& problems, CurveFile& file)
{
    if (curves.empty()) { problems.add("", "has no points"); }
    std::uint32_t expected = 0;
    for (auto& [column, by_polarity] : curves) {
        if (column != expected) {
            problems.add("",
                         fmt::format("has no column {}, but a column {}; columns are numbered from "
                                     "0 without gaps",
                                     expected, column));
        }
        expected = column + 1;
        for (std::size_t p = 0; p < by_polarity.size(); ++p) {
            if (by_polarity[p].empty()) { continue; }
            const auto name = fmt::format("column {} {}", column, polarity_names[p]);
            if (finish_curve(by_polarity[p], name, policy, problems)) { ++file.isotonic_columns; }
        }
        const bool has_both = !by_polarity[both].empty();
        for (const Polarity p : {pos, neg}) {
            const bool has_own = !by_polarity[p].empty();
            if (has_both && has_own) {
                problems.add(line_name(by_polarity[p].front().line),
                             fmt::format("column {} has {} points beside 'both' (line {})", column,
                                         polarity_names[p], by_polarity[both].front().line));
            } else if (!has_both && !has_own) {
                problems.add(
                    "", fmt::format("has no {} curve for column {}", polarity_names[p], column));
            }
        }
        if (problems.is_full()) { return; }
        file.columns.push_back({points(by_polarity[has_both ? both : pos]),
                                points(by_polarity[has_both ? both : neg])});
    }
}

/// NAME.json beside NAME.csv: what the curves are. Returns the SHA-256 it gives for the CSV.
std::string read_description(const std::string& path, CurveFile& file)
{
    std::vector<Problem> problems;
    const auto stop_if_wrong = [&] {
        if (!problems.empty()) { throw InputError(path, problems); }
    };
    const auto document = parse_strict(read_file(path, most_json_bytes), "", problems);
    stop_if_wrong();
    ObjectReader reader(document, "", problems);
    reader.choice("format", {"aimc-adc-curves/1"}, Need::required);
    stop_if_wrong();  // another format: its keys would all be unknown
    file.measured = reader.choice("kind", {"measured", "synthetic"}, Need::required) == "measured";
    file.chip = reader.text("chip", Need::required).value_or("");
    file.input_unit = reader.text("input_unit", Need::required).value_or("");
    const auto scale = [&](const char* key, double low, double high) {
        return reader.number(key, low, high, Need::required).value_or(1.0);
    };
    // Choice: whatever the unit; beyond these their ratio would leave the range of a double
    file.full_scale = scale("full_scale", 1e-12, 1e12);
    file.full_scale_current_uA = scale("full_scale_current_uA", 1e-3, most_uA);
    file.code_bits = static_cast<int>(reader.whole("code_bits", 1, 16, Need::required).value_or(1));
    file.t_window_ns = scale("t_window_ns", 1e-3, 1e9);
    const auto* const temperature = reader.member("temperature_C", Need::required);
    if (temperature != nullptr && !temperature->is_null()) {
        reader.number("temperature_C", -273.15, 1000.0, Need::required);
    }
    reader.text("date", Need::required);
    file.source = reader.text("source", Need::required).value_or("");
    file.licence = reader.text("licence", Need::required).value_or("");
    const auto sha256 = reader.text("sha256", Need::required).value_or("");
    if (!sha256.empty() && (sha256.size() != 64 ||
                            sha256.find_first_not_of("0123456789abcdef") != std::string::npos)) {
        reader.problem("sha256", "must be 64 lower-case hex digits");
    }
    reader.boolean("monotone", Need::optional);
    reader.text("notes", Need::optional);
    reader.finish();
    stop_if_wrong();
    return sha256;
}

}  // namespace

CurveFile load_curve_file(const std::string& csv_path, NonMonotone policy)
{
    if (fs::path(csv_path).extension() == ".json") {
        throw InputError(csv_path, "is the description; give the .csv file beside it");
    }
    const std::string csv = read_file(csv_path, most_csv_bytes);
    const std::string json_path = fs::path(csv_path).replace_extension(".json").string();
    if (std::error_code error; !fs::exists(json_path, error)) {
        throw InputError(csv_path,
                         fmt::format("needs its description {}, which is missing", json_path));
    }
    CurveFile file;
    file.name = csv_path;
    const std::string expected = read_description(json_path, file);

    ProblemList problems;
    const std::string actual = sha256_hex(csv);
    if (actual != expected) {  // first: it explains what may follow
        problems.add("", fmt::format("has sha256 {}, but {} says {}; one of the two was changed",
                                     actual, json_path, expected));
    }
    const double input_max = most_uA * file.full_scale / file.full_scale_current_uA;
    auto curves = read_curve_csv(csv, {file.code_bits, input_max}, problems);
    if (problems.empty()) { assemble(curves, policy, problems, file); }
    if (!problems.empty()) { throw InputError(csv_path, problems.take()); }
    return file;
}

}  // namespace aimc::config
