// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/load.h"

#include "key_table.h"
#include "rules.h"

#include <fmt/format.h>

#include <algorithm>

// configs/README.md, from the key table.

namespace aimc::config {
namespace {

constexpr const char* intro = R"(# Configuration of one tile

This page is generated from the table that the reader itself uses (`src/config/key_table.h`); a test
compares the two. `tile/` holds configurations to start from.

* A configuration is JSON with `"format": "aimc-config/1"`. Comments (`//` and `/* */`) are allowed.
  Whatever is left out has the default below.
* Nothing is guessed: unknown and repeated keys, wrong types, fractions where whole numbers are wanted
  and values out of range are errors, all reported at once with their place (exit code 2).
* A section marked *or a file* may be given as a file name instead of an object; that file holds the
  bare object. A file name is always relative to the file that names it, also in such a section file.
* `--set path.to.key=value` changes one key from the command line; dots separate the names, later ones
  win. The value is JSON, or else text (`--set adc.curves=file`). File names given with `--set` are
  relative to the *configuration*, not to the current folder, so that the same arguments mean the same
  wherever they are typed; absolute names are fine.
* `sim explain` prints a configuration as understood, `sim schema` a JSON Schema for editors.
* The hash of a configuration is that of all its values with file names as given, so that it is the
  same on every machine.

Each default has a tag. `Source:` a publication says so; `Derived:` arithmetic on published numbers;
`Choice:` ours, because nobody published it. *Second-hand notes* and *machine-made summary* mean that
not the publication itself was read but a text about it. A value other than the default has no tag.
)";

constexpr const char* sources = R"(
## Sources

| Key | What |
|---|---|
| Khaddam22 | Khaddam-Aljameh et al., HERMES core, IEEE JSSC 57(4) 1027, 2022 |
| LeGallo23 | Le Gallo et al., A 64-core mixed-signal in-memory compute chip, Nature Electronics 6, 680, 2023 (arXiv 2212.02872) |
| Ferro24 | Ferro et al., near-memory processing unit (NMPU), ISCAS 2024 (arXiv 2402.07549); only the abstract and summaries were available |
| Singh25 | on the design of AIMC tiles, Nature Electronics, 2025; second-hand notes only |
| aihwkit | IBM/aihwkit, commit 4545f11b: `inference/noise/hermes.py`, `simulator/tiles/analog_mvm_irdrop_t.py` |
)";

std::string escaped(std::string text)  // a bar would end the table's cell
{
    for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
        text.insert(at, "\\");
    }
    return text;
}

std::string section_text(const detail::Section& section)
{
    std::string rows;
    for (const auto& key : detail::keys()) {
        if (key.section() != section.path) { continue; }
        rows +=
            fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", key.leaf(), escaped(allowed(key)),
                        key.unit, default_text(key), escaped(key.source), escaped(key.meaning));
    }
    if (rows.empty()) { return ""; }
    return fmt::format(
        "\n## {}\n\n{}{}.\n\n"
        "| Key | Allowed | Unit | Default | Where the default is from | Meaning |\n"
        "|---|---|---|---|---|---|\n{}",
        section.path.empty() ? "Top level" : '`' + section.path + '`', section.meaning,
        section.may_be_file ? " (an object or a file)" : "", rows);
}

}  // namespace

std::string config_readme()
{
    std::string out = intro;
    for (const auto& section : detail::sections()) { out += section_text(section); }
    out += "\n## Rules between keys\n\n";
    for (const auto& rule : detail::rules()) {
        if (!rule.text.empty()) { out += "* " + rule.text + "\n"; }
    }
    return out + sources;
}

}  // namespace aimc::config
