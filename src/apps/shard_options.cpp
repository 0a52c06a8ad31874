// SPDX-License-Identifier: Apache-2.0
#include "shard_options.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <vector>

namespace aimc::apps {
namespace {

/// None when the text is not of this form.
std::optional<ShardRange> parse_range(const std::string& text, bool has_chip)
{
    ShardRange out;
    std::vector<std::size_t*> numbers{&out.from, &out.to};
    if (has_chip) { numbers.insert(numbers.begin(), &out.chip); }
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0 && (at == end || *at++ != ':')) { return std::nullopt; }
        const auto got = std::from_chars(at, end, *numbers[i]);
        if (got.ec != std::errc{}) { return std::nullopt; }
        at = got.ptr;
    }
    return at == end && out.from < out.to ? std::optional(out) : std::nullopt;
}

}  // namespace

void add_shard_options(CLI::App& app, ShardOptions& s, bool has_chip)
{
    const std::string form = has_chip ? "CHIP:FROM:TO" : "FROM:TO";
    auto* list =
        app.add_flag("--shards", s.list, "only say what there is to run in parts, as JSON");
    const auto take = [&s, form, has_chip](const std::string& text) {
        s.range = parse_range(text, has_chip);
        if (!s.range) {
            throw CLI::ValidationError("--shard", text + " must be " + form + ", FROM below TO");
        }
    };
    auto* part = app.add_option_function<std::string>("--shard", take,
                                                      "run this part and write it into --out")
                     ->type_name(form)
                     ->excludes(list);
    app.add_option("--merge", s.merge, "folder of such parts: put them together, run nothing")
        ->type_name("FOLDER")
        ->excludes(list)
        ->excludes(part);
}

}  // namespace aimc::apps
