// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/load.h"

#include "aimc/base/files.h"

#include "config_text.h"
#include "effective.h"
#include "key_reader.h"
#include "rules.h"
#include "source_tree.h"

#include <algorithm>

namespace aimc::config {
namespace {

void check_rules(const detail::ReadKeys& read, const detail::SourceTree& tree,
                 std::vector<Problem>& problems)
{
    for (const auto& rule : detail::rules()) {
        const bool known = std::none_of(rule.keys.begin(), rule.keys.end(), [&](const auto& key) {
            return read.broken.count(key) != 0;
        });
        const std::string message = known ? rule.check(read.tile) : "";
        if (!message.empty()) { problems.push_back({tree.where(rule.keys.front()), message}); }
    }
}

}  // namespace

LoadedConfig load_config(const std::string& path, const std::vector<std::string>& sets)
{
    std::string why;
    const auto text = detail::read_config_text(path, why);
    if (!text) { throw ConfigError(path, why); }
    return parse_config(*text, path, sets);
}

LoadedConfig parse_config(const std::string& text, const std::string& path,
                          const std::vector<std::string>& sets)
{
    std::vector<Problem> problems;
    const auto tree = detail::read_tree(text, path, sets, problems);
    if (!tree) { throw ConfigError(path, problems); }
    detail::ReadKeys read = detail::read_keys(*tree, problems);
    check_rules(read, *tree, problems);
    if (!problems.empty()) { throw ConfigError(path, problems); }
    if (read.tile.name.empty()) { read.tile.name = detail::name_from(path); }

    LoadedConfig loaded;
    loaded.tile = read.tile;
    loaded.path = path;
    loaded.sets = sets;
    loaded.effective_json = effective_json(read, detail::FileNames::absolute);
    loaded.sha256 = sha256_hex(effective_json(read, detail::FileNames::as_given));
    loaded.explained = explained(read);
    return loaded;
}

}  // namespace aimc::config
