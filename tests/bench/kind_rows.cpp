// SPDX-License-Identifier: Apache-2.0
// Reads of tiles of the other kinds, without the post unit, on one thread.
#include "aimc/mvm/read_path.h"

#include "rows.h"
#include "setups.h"

#include <benchmark/benchmark.h>

#include <string>
#include <utility>

namespace aimc::bench {
namespace {

constexpr std::size_t batch = 32;  // as many as a task of the function engine

struct Row {
    Case which;
    std::string detail;           ///< part of the row's name
    int slice_bits = 0;           ///< m of a pim tile
    bool noise = true;            ///< thermal; a chip's spread of gain and offset stays
    std::size_t vectors = batch;  ///< read at a time
    std::string name(SimdLevel simd) const
    {
        return std::string("reads/") + to_string(which) + "/" + detail + "/batch_" +
               std::to_string(vectors) + "/" + aimc::to_string(simd);
    }
};

void run(benchmark::State& state, const Row& row, SimdLevel simd)
{
    const Setup& s = setup({row.which});
    config::TileConfig config = s.config;
    if (row.slice_bits > 0) { config.pim.slice_bits = row.slice_bits; }
    if (!row.noise) { config.pim.sigma_lsb = 0.0; }
    const mvm::ReadPath path(config, s.chip, simd);
    mvm::ReadPath::Scratch scratch;
    std::vector<std::int32_t> c_p(row.vectors * config.cols), c_n(c_p.size());
    const std::size_t n_inputs = s.workload.inputs.rows() / row.vectors * row.vectors;
    std::uint64_t read = 0;
    for (auto _ : state) {
        path.read_batch(s.workload.inputs.row(read % n_inputs), config.rows, row.vectors,
                        {read, false}, scratch, c_p.data(), c_n.data());
        benchmark::DoNotOptimize(c_p.data());
        benchmark::DoNotOptimize(c_n.data());
        benchmark::ClobberMemory();
        read += row.vectors;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(row.vectors) *
                            static_cast<std::int64_t>(state.iterations()));
}

void add(const Row& row, SimdLevel simd)
{
    benchmark::RegisterBenchmark(row.name(simd).c_str(), run, row, simd)->UseRealTime();
}

void add_schemes(SimdLevel simd)
{
    for (const auto& [which, group] : {std::pair{Case::pim_native, "n9"},
                                       {Case::pim_differential, "n144"},
                                       {Case::pim_bit_serial, "n144"}}) {
        for (const int m : {1, 4}) {
            const std::string detail = group + ("_m" + std::to_string(m));
            add({which, detail + "/noise", m}, simd);
            // what the noise costs, at one level
            if (simd == SimdLevel::avx2) { add({which, detail + "/no_noise", m, false}, simd); }
        }
    }
}

}  // namespace

void add_kind_rows()
{
    for (const SimdLevel simd : levels()) {
        add({Case::ams, "one_phase"}, simd);
        add_schemes(simd);
        for (const std::size_t n : {std::size_t{1}, batch}) {
            add({Case::digital, "256x256", 0, true, n}, simd);
        }
    }
}

}  // namespace aimc::bench
