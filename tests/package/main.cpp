// SPDX-License-Identifier: Apache-2.0
// Two tiles in one simulation, driven by someone who has only our public headers. Every expected
// number can be worked out by hand: y = clip(W^T x, -127 .. 127).
#include <aimc/tile/tile.h>
#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace {

using aimc::tile::offset;
using aimc::tile::Region;
using aimc::tile::Register;

constexpr std::size_t lines = 4;
using Vector = std::array<std::int8_t, lines>;
using Result = std::array<std::int32_t, lines>;
using Weights = std::array<std::int16_t, lines * lines>;  // row-major [rows x cols]

/// The ideal tile: one count is one weight step times one input step.
aimc::config::TileConfig ideal_4x4(std::uint16_t index)
{
    aimc::config::TileConfig c;
    c.rows = c.cols = lines;
    c.index = index;
    c.device.g_max_uS = 12.7;  // 127 weight steps of 100 nS
    c.crossbar.g_map = aimc::config::GMap::as_given;
    c.crossbar.g_lsb_nS = 100.0;
    c.adc.gain_MHz_per_uA = 50000.0;  // 100 nS x 200 mV = 0.02 uA: 1 count per step and ns
    c.adc.full_scale_uA.reset();
    c.adc.count_bits = 24;
    c.nmpu.lanes = 2;
    c.nmpu.partial_bits = 32;
    return c;
}

/// A tile, and an initiator that programs it and streams vectors through it.
class Node : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<Node> reg_isock{"reg_isock"};
    tlm_utils::simple_initiator_socket<Node> x_isock{"x_isock"};
    tlm_utils::simple_target_socket<Node> y_tsock{"y_tsock"};
    sc_core::sc_signal<bool> irq{"irq"};
    sc_core::sc_signal<bool> rst_n{"rst_n", true};

    Node(const sc_core::sc_module_name& name, std::uint16_t index, const Weights& weights,
         std::vector<Vector> inputs)
        : sc_module(name),
          tile_("tile", ideal_4x4(index)),
          weights_(weights),
          inputs_(std::move(inputs))
    {
        reg_isock.bind(tile_.reg_tsock);
        x_isock.bind(tile_.x_tsock);
        tile_.y_isock.bind(y_tsock);
        tile_.irq_o(irq);
        tile_.rst_n_i(rst_n);
        y_tsock.register_b_transport(this, &Node::take);
        AIMC_HAS_PROCESS(Node);
        SC_THREAD(run);
    }

    std::vector<Result> outputs;
    unsigned refused = 0;  ///< transactions that were not answered with OK

private:
    void run()
    {
        write(offset(Register::weight_full_scale), std::vector<std::int32_t>{127});
        write(offset(Region::weights), weights_);
        for (std::uint32_t c = 0; c < lines; ++c) {  // s+ = s- = 128 / 2^7 = 1, no offset
            write(offset(Region::affine) + c * aimc::tile::affine_stride,
                  std::array<std::uint32_t, 2>{128U | 128U << 16U, 0U});
        }
        for (auto& x : inputs_) { send(x_isock, 0, x.data(), x.size()); }
    }

    template <class Words>
    void write(std::uint64_t address, Words words)
    {
        send(reg_isock, address, words.data(), words.size() * sizeof words[0]);
    }

    template <class Socket>
    void send(Socket& socket, std::uint64_t address, void* data, std::size_t length)
    {
        tlm::tlm_generic_payload trans;
        trans.set_write();
        trans.set_address(address);
        trans.set_data_ptr(static_cast<unsigned char*>(data));
        trans.set_data_length(static_cast<unsigned>(length));
        trans.set_streaming_width(static_cast<unsigned>(length));
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        socket->b_transport(trans, delay);
        wait(delay);
        refused += trans.is_response_ok() ? 0U : 1U;
    }

    void take(tlm::tlm_generic_payload& trans, sc_core::sc_time&)
    {
        const auto* y = reinterpret_cast<const std::int32_t*>(trans.get_data_ptr());
        outputs.push_back({y[0], y[1], y[2], y[3]});
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }

    aimc::tile::Tile tile_;
    Weights weights_;
    std::vector<Vector> inputs_;
};

bool check(const Node& node, const std::vector<Result>& expected)
{
    const bool good = node.refused == 0 && node.outputs == expected;
    std::printf("%s: %zu of %zu vectors, %u refused, %s\n", node.name(), node.outputs.size(),
                expected.size(), node.refused, good ? "all as expected" : "WRONG");
    return good;
}

}  // namespace

int sc_main(int, char*[])
{
    // a: column c is c + 1 times input c
    Node a("a", 0, {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4},
           {{10, -10, 5, 20}, {-127, 127, -127, 127}, {0, 0, 0, 0}});
    // b: sums and differences
    Node b("b", 1, {1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1},
           {{1, 2, 3, 4}, {100, 100, 0, 0}, {-30, -30, -30, -30}, {0, 0, 0, 1}});
    sc_core::sc_start();
    const bool good_a = check(a, {{10, -20, 15, 80}, {-127, 127, -127, 127}, {0, 0, 0, 0}});
    const bool good_b =
        check(b, {{10, -2, -4, 0}, {127, 0, 127, 0}, {-120, 0, 0, 0}, {1, -1, -1, 1}});
    return good_a && good_b ? 0 : 1;
}
