// SPDX-License-Identifier: Apache-2.0
// Messages are typed, silent by default, and filtered with what the kernel offers.
#include "support/small_work.h"
#include "support/tile_rig.h"
#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace aimc::test {
namespace {

using sc_core::sc_report_handler;

std::map<std::string, std::vector<std::string>>& heard()
{
    static std::map<std::string, std::vector<std::string>> messages;
    return messages;
}

void listen(const sc_core::sc_report& report, const sc_core::sc_actions& actions)
{
    EXPECT_EQ(report.get_severity(), sc_core::SC_INFO);
    if ((actions & sc_core::SC_DISPLAY) != 0) {
        heard()[report.get_msg_type()].emplace_back(report.get_msg());
    }
}

constexpr std::size_t n_vectors = 3;

void play_three_vectors()
{
    StreamRig rig("rig", tiny_tile());
    Dice dice(1);
    mvm::Job job;
    job.inputs = random_inputs(n_vectors, 4, dice);
    rig.body = [&] { rig.play(job); };
    sc_report_handler::set_handler(listen);
    run_rigs({&rig});
}

TEST(TileMessages, AreSilentByDefault)
{
    play_three_vectors();
    EXPECT_TRUE(heard().empty()) << heard().begin()->first;
}

TEST(TileMessages, ComeOnePerVectorAndStageWhenDebugIsAskedFor)
{
    sc_report_handler::set_verbosity_level(sc_core::SC_DEBUG);
    play_three_vectors();
    ASSERT_EQ(heard()["/aimc/tile/crossbar"].size(), n_vectors);
    ASSERT_EQ(heard()["/aimc/tile/adc_bank"].size(), n_vectors);
    EXPECT_EQ(heard()["/aimc/tile/crossbar"][2], "read of MVM 2 starts");
    EXPECT_EQ(heard()["/aimc/tile/adc_bank"][2], "counts of MVM 2 offered");
}

TEST(TileMessages, AreFilteredByType)
{
    sc_report_handler::set_verbosity_level(sc_core::SC_DEBUG);
    sc_report_handler::set_actions("/aimc/tile/crossbar", sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    play_three_vectors();
    EXPECT_EQ(heard().count("/aimc/tile/crossbar"), 0U);
    EXPECT_EQ(heard()["/aimc/tile/adc_bank"].size(), n_vectors);
}

}  // namespace
}  // namespace aimc::test
