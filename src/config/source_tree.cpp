// SPDX-License-Identifier: Apache-2.0
#include "source_tree.h"

#include "aimc/base/files.h"

#include "config_text.h"
#include "key_table.h"
#include "strict_json.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace aimc::config::detail {
namespace {

using nlohmann::json;

std::string kind_of(const json& value)
{
    return value.is_object() ? "an object" : value.is_array() ? "a list" : shown(value);
}

class TreeReader {
public:
    TreeReader(std::string path, std::vector<Problem>& problems)
        : path_(std::move(path)), problems_(problems)
    {
        tree_.origins[""] = {path_, ""};
    }

    bool read_root(const std::string& text)
    {
        const std::string why = not_json(text);
        if (!why.empty()) {
            problems_.push_back({"", why});
            return false;
        }
        tree_.root = parse_strict(text, "", problems_);
        if (tree_.root.is_discarded()) { return false; }
        if (!tree_.root.is_object()) {
            problems_.push_back(
                {"", fmt::format("holds {}, must hold an object", kind_of(tree_.root))});
            return false;
        }
        for (const auto& section : sections()) {
            if (section.may_be_file && tree_.root.contains(section.path)) { include(section.path); }
        }
        return true;
    }

    void apply(const std::string& set)
    {
        const auto equals = set.find('=');
        const std::string path = set.substr(0, equals);
        const std::string where = "--set " + path;
        if (equals == std::string::npos || path.empty()) {
            problems_.push_back({"--set " + printable(set), "must be path.to.key=value"});
            return;
        }
        const Key* const key = find_key(path);
        const Section* const section = find_section(path);
        if (key == nullptr && section == nullptr) {
            std::vector<std::string> known;
            for (const auto& one : keys()) { known.push_back(one.path); }
            problems_.push_back(
                {printable(where), "is not a known key" + did_you_mean(printable(path), known)});
            return;
        }
        const std::string value = set.substr(equals + 1);
        if (value.find('\0') != std::string::npos || printable(value) != value) {
            problems_.push_back({where, "is not UTF-8 text"});
            return;
        }
        json* const place = make(path);
        if (place == nullptr) { return; }  // something around it is not an object: reported later
        *place = parsed(value, key);
        forget(path);
        tree_.unread.erase(path);
        tree_.origins[path] = {path_, " (from --set)"};
        if (section != nullptr && section->may_be_file) { include(path); }
    }

    SourceTree take() { return std::move(tree_); }

private:
    /// Bytes that are not UTF-8 replaced, so that a message never carries them.
    static std::string printable(const std::string& text)
    {
        const std::string dumped = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
        return json::parse(dumped).get<std::string>();
    }

    /// JSON if it is that, otherwise the text itself: nobody should have to quote quotes in a
    /// shell.
    static json parsed(const std::string& value, const Key* key)
    {
        std::vector<Problem> ignored;
        json read = parse_strict(value, "", ignored);
        const bool is_json = !read.is_discarded() && ignored.empty();
        const bool wants_text = key != nullptr && (key->is_file() || key->kind == Kind::text);
        if (!is_json || (wants_text && !read.is_string() && !read.is_null())) { return value; }
        return read;
    }

    /// A section given as a file name becomes the object in that file.
    void include(const std::string& section)
    {
        json& place = tree_.root[section];
        if (!place.is_string()) { return; }
        const std::string name = place.get<std::string>();
        const std::string file = resolve_beside(path_, name);
        const std::string where = tree_.where(section);
        const std::string why = name.empty() ? "a file without a name" : load(file, section, place);
        if (!why.empty()) { problems_.push_back({where, "names " + why}); }
        if (!place.is_object()) {
            place = json::object();
            tree_.unread.insert(section);
        }
        tree_.origins[section] = {file, " (in " + file + ")"};
    }

    /// Puts the object of a section's file into `place`. @return what is wrong with the file
    std::string load(const std::string& file, const std::string& section, json& place)
    {
        std::string why;
        const auto text = read_config_text(file, why);
        if (text) { why = not_json(*text); }
        if (!why.empty()) { return fmt::format("{}, which {}", file, why); }
        json read = parse_strict(*text, file, problems_);
        if (read.is_discarded()) { return file + ", which is not JSON (see there)"; }
        if (!read.is_object()) {
            return fmt::format("{}, which holds {}, must hold the section's object", file,
                               kind_of(read));
        }
        if (read.contains("format")) {
            const bool is_workload = section == "workload";
            return fmt::format("{}, which is a file of the format {}, not the section's object{}",
                               file, shown(read["format"]),
                               is_workload ? "; write \"workload\": {\"file\": ...}" : "");
        }
        place = std::move(read);
        return "";
    }

    json* make(const std::string& path)
    {
        json* place = &tree_.root;
        for (std::size_t from = 0; from != std::string::npos;) {
            const auto dot = path.find('.', from);
            if (!place->is_object()) { return nullptr; }
            place = &(*place)[path.substr(from, dot == std::string::npos ? dot : dot - from)];
            if (dot != std::string::npos && place->is_null()) { *place = json::object(); }
            from = dot == std::string::npos ? dot : dot + 1;
        }
        return place;
    }

    void forget(const std::string& path)  // what was said below is replaced as a whole
    {
        auto& all = tree_.origins;
        for (auto one = all.begin(); one != all.end();) {
            one = one->first.rfind(path + ".", 0) == 0 ? all.erase(one) : std::next(one);
        }
    }

    std::string path_;
    std::vector<Problem>& problems_;
    SourceTree tree_;
};

}  // namespace

const Origin& SourceTree::origin_of(const std::string& path) const
{
    for (std::string at = path; !at.empty();) {
        const auto found = origins.find(at);
        if (found != origins.end()) { return found->second; }
        const auto dot = at.rfind('.');
        at = dot == std::string::npos ? "" : at.substr(0, dot);
    }
    return origins.at("");
}

std::string SourceTree::where(const std::string& path) const
{
    return pointer(path) + origin_of(path).note;
}

std::optional<SourceTree> read_tree(const std::string& text, const std::string& path,
                                    const std::vector<std::string>& sets,
                                    std::vector<Problem>& problems)
{
    TreeReader reader(path, problems);
    if (!reader.read_root(text)) { return std::nullopt; }
    for (const auto& set : sets) { reader.apply(set); }
    return reader.take();
}

}  // namespace aimc::config::detail
