// SPDX-License-Identifier: Apache-2.0
// Tiles that are not analog, at their doors: sums by registers alone, input codes that a kind does
// not take, and MODE bits of parts that it does not have.
#include "support/front_door.h"
#include "support/kind_tiles.h"
#include "support/tile_rig.h"
#include "support/vector_initiator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace aimc::test {
namespace {

using tile::offset;
using tile::Region;
using tile::Register;
namespace f = tile::fields;

/// A tile with a processor at its registers and a source at its vector socket.
struct DoorRig : TileRig {
    explicit DoorRig(const config::TileConfig& config) : TileRig("rig", config), door(cpu, config)
    {
        source.x_isock.bind(x_checker.tsock);
        y_checker.isock.bind(sink.y_tsock);
        cpu.isock.bind(tile.reg_tsock);
    }
    void enable()
    {
        cpu.set(Register::control, put(f::control_enable, 1) | put(f::control_output_to_bank, 1));
        cpu.set(Register::irq_enable, put(f::irq_output_ready, 1) | put(f::irq_doorbell_error, 1));
    }
    /// Rings with these codes in the bank; true if the tile takes them.
    bool rings(const std::vector<std::int8_t>& x)
    {
        cpu.set(Register::irq_status, mask(f::irq_doorbell_error));
        door.send(x.data());
        const bool refused = get(f::irq_doorbell_error, cpu.get(Register::irq_status)) == 1;
        EXPECT_EQ(irq.read(), refused) << "the interrupt line says the same";
        return !refused;
    }
    tlm::tlm_response_status send(const std::vector<std::int8_t>& x)
    {
        VectorInitiator::Transfer transfer;
        transfer.x = x;
        source.send(transfer);
        source.wait_for(transfer);
        return transfer.status;
    }
    std::uint64_t n_taken() { return controller().counters().mvms_in; }

    VectorInitiator source{"source"};
    testbench::VectorSink sink{"sink", sc_core::sc_time(1, sc_core::SC_NS)};
    LtPort cpu{"cpu"};
    FrontDoor<LtPort> door;
};

TEST(KindDoors, WeightsByRegistersAndADoorbellGiveTheExactSums)
{
    config::TileConfig c = tiny_digital();
    c.rows = 5;
    c.cols = 3;
    DoorRig rig(c);
    Dice dice(3);
    const device::CellTargets targets = random_targets(c, dice);
    const Matrix<std::int8_t> x = inputs_of(c, 20, dice);
    mvm::PostWords words = random_words(c, dice);
    words.activation = config::Activation::identity;
    for (auto& w : words.nmpu) { w = {128, 128, 0, 0}; }  // one LSB per count
    rig.body = [&] {
        rig.door.program(targets);
        rig.door.load(words);
        rig.enable();
        for (std::size_t k = 0; k < x.rows(); ++k) {
            ASSERT_TRUE(rig.rings({x.row(k), x.row(k) + c.rows}));
            sc_core::wait(rig.irq.posedge_event());
            const auto out = rig.door.fetch();
            rig.cpu.set(Register::irq_status, mask(f::irq_output_ready));
            for (std::size_t col = 0; col < c.cols; ++col) {
                int sum = 0;
                for (std::size_t r = 0; r < c.rows; ++r) {
                    sum += targets.codes(WordLine{r}, BitLine{col}) * x.row(k)[r];
                }
                EXPECT_EQ(out.partial[col], sum * 4) << "two fraction bits";
                EXPECT_EQ(out.y[col], std::clamp(sum, -127, 127));
            }
        }
    };
    run_rigs({&rig});
}

/// Codes at an end are taken at both doors, one step beyond it at neither, in any place.
void takes_codes(const config::TileConfig& c, int least, int largest)
{
    DoorRig rig(c);
    Dice dice(4);
    const auto targets = random_targets(c, dice);
    const auto words = random_words(c, dice);
    rig.body = [&] {
        rig.program(targets, words);
        rig.sink.start({}, 0, {});
        for (std::size_t place = 0; place < c.rows; ++place) {
            for (const int code : {least, largest, least - 1, largest + 1}) {
                std::vector<std::int8_t> x(c.rows, 0);
                x[place] = static_cast<std::int8_t>(code);
                const bool takes = code == least || code == largest;
                const std::uint64_t before = rig.n_taken();
                const auto t = sc_core::sc_time_stamp();
                EXPECT_EQ(rig.send(x),
                          takes ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE)
                    << code << " at line " << place;
                if (!takes) { EXPECT_EQ(sc_core::sc_time_stamp(), t) << "refused at once"; }
                EXPECT_EQ(rig.n_taken(), before + (takes ? 1 : 0));
                rig.cycles(500);
                rig.enable();
                EXPECT_EQ(rig.rings(x), takes) << code << " by the doorbell";
                rig.cycles(500);
                EXPECT_EQ(rig.n_taken(), before + (takes ? 2 : 0));
                if (takes) { rig.door.fetch(); }
                rig.cpu.set(Register::irq_status, mask(f::irq_output_ready));
                rig.cpu.set(Register::control, 0);
            }
        }
    };
    run_rigs({&rig});
}

TEST(KindDoors, FourBitPimTakesMagnitudesUpTo15)
{
    takes_codes(tiny_pim(config::Scheme::native), -15, 15);
}

TEST(KindDoors, OneBitPimTakesASignAndABit)
{
    config::TileConfig c = tiny_pim(config::Scheme::differential);
    c.pim.input_bits = c.pim.slice_bits = 1;
    takes_codes(c, -1, 1);
}

TEST(KindDoors, DigitalTakesEveryCodeButTheOneWithoutAMagnitude)
{
    takes_codes(tiny_digital(), -127, 127);  // both steps beyond an end are -128 as a byte
}

TEST(KindDoors, NarrowDigitalTakesItsTwosComplementButForTheLowestCode)
{
    config::TileConfig c = tiny_digital();
    c.digital.input_bits = 4;
    takes_codes(c, -7, 7);
}

TEST(KindDoors, UnsignedDigitalRefusesNegativeCodes)
{
    config::TileConfig c = tiny_digital();
    c.digital.signed_inputs = false;
    takes_codes(c, 0, 127);
}

/// MODE bits and currents of oscillators: they read 0 and change nothing.
void has_no_oscillators(const config::TileConfig& c)
{
    DoorRig rig(c);
    Dice dice(5);
    mvm::Job job;
    job.words = random_words(c, dice);
    job.inputs = inputs_of(c, 1, dice);
    const auto targets = random_targets(c, dice);
    rig.body = [&] {
        rig.door.program(targets);
        rig.door.load(job.words);
        const std::uint32_t mode = rig.cpu.get(Register::mode);
        rig.cpu.set(Register::mode, mode | mask(f::mode_adc_test));
        EXPECT_EQ(rig.cpu.get(Register::mode), mode) << "adc_test stays 0";
        rig.cpu.set(Register::curve_select, mask(f::curve_nominal));
        EXPECT_EQ(rig.cpu.get(Register::curve_select), 0U) << "nominal stays 0";
        rig.cpu.write(offset(Region::test_currents), std::vector<std::uint32_t>(c.cols, 1000));
        rig.enable();
        ASSERT_TRUE(rig.rings({job.inputs.row(0), job.inputs.row(0) + c.rows}));
        rig.cycles(500);
        EXPECT_EQ(rig.door.fetch().y, Expected(c, targets).of(job)[0].values.y);
    };
    run_rigs({&rig});
}

TEST(KindDoors, DigitalHasNoTestCurrentsAndNoCurves) { has_no_oscillators(tiny_digital()); }

TEST(KindDoors, PimHasNoTestCurrentsAndNoCurves)
{
    has_no_oscillators(tiny_pim(config::Scheme::differential));
}

}  // namespace
}  // namespace aimc::test
