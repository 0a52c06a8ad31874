// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/fixed_point.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The checked configuration of one tile. Whoever holds a TileConfig holds valid numbers: the
/// reader (config/load.h) has refused everything else. Units are those of the JSON keys, given in
/// brackets; the key table (src/config/key_table.cpp) carries range, default, source and meaning of
/// each.
namespace aimc::config {

enum class TileKind { analog, pim, digital_cim };
enum class Scheme { native, differential, bit_serial };
enum class AdcModel { oscillator, ams };
enum class BoundModel { none, ams, survey, linear };
enum class Survey { until_2018, until_2025 };
enum class DigitalEnergy { gates, per_mac, power };
enum class Node { nm_28, nm_14 };
enum class ReadMode { one_phase, four_phase };
enum class DeviceModel { ideal, hermes, pcm_like, table };
enum class Programming { statistical, write_verify };
enum class ExponentAt { target, programmed };
enum class ReadNoise { none, per_column, per_segment, per_cell };
enum class IrDrop { none, first_order, ladder };
enum class Compensation { none, global, per_column };
enum class GMap { as_given, tile, column };
enum class CurveSource { ideal, parametric, file };
enum class Rounding { floor, nearest };
enum class Integration { time_resolved, charge };
enum class FewCurves { reject, repeat };
enum class NonMonotone { reject, isotonic };
enum class PostUnit { nmpu, ldpu };
enum class Branch { polarity, difference, single };
enum class Activation { identity, relu, clipped_relu };
enum class TileOutput { y, partial };
enum class CalibrationMethod {
    least_squares,
    fixed,
    nominal,
    batch_norm,
    least_squares_batch_norm
};
enum class CalibrationVectors { random_signed, representative };

struct ReadConfig {
    ReadMode mode = ReadMode::one_phase;
    int n_window = 128;  ///< [cycles] integration window of one phase
    int n_settle = 2;    ///< [cycles] reset and settle after each phase
    std::optional<int>
        n_overhead;  ///< [cycles] after the last phase; none: 3 one-phase, 1 four-phase
    bool skip_empty_phases = false;
};

/// How cells are programmed and verified, one word line and polarity at a time.
struct WriteVerifyConfig {
    double margin_counts = 5.0;     ///< [counts] a cell this close to its target is accepted
    int max_iterations = 30;        ///< pulses per cell at most
    double counts_at_g_max = 80.0;  ///< [counts] of one device at the end of its range, verifying
    double pulse_sd = 1.0;          ///< [-] spread after one pulse / spread of the model
    int n_verify = 1170;            ///< [cycles] of one verifying read
    int n_pulse = 1000;             ///< [cycles] of one programming pulse
};

/// Devices and lines that do not work: drawn at these rates with seed.device, or listed in a file.
struct FaultConfig {
    std::string file;               ///< aimc-faults/1; empty: none listed
    double stuck_reset_rate = 0.0;  ///< [-] of all devices: conductance 0
    double stuck_set_rate = 0.0;    ///< [-] of all devices: conductance set_ratio * g_max
    double set_ratio = 4.5;         ///< [-] SET conductance / g_max of one device
    double dead_row_rate = 0.0;     ///< [-] word lines that never drive
    double dead_col_rate = 0.0;     ///< [-] bit lines that are open
};

struct DeviceConfig {
    DeviceModel model = DeviceModel::ideal;
    std::string table;  ///< aimc-device-table/1, model table only
    int devices_per_polarity = 2;
    std::optional<double> g_max_uS;   ///< [uS] none: the largest of the model (ideal: 25)
    std::optional<double> t_read_ns;  ///< [ns] of the read-noise law; none: the model's own
    Programming programming = Programming::statistical;
    WriteVerifyConfig write_verify;
    FaultConfig faults;
    bool programming_noise = true;
    bool drift = true;
    ExponentAt drift_exponent_at = ExponentAt::target;
    ReadNoise read_noise = ReadNoise::per_column;
    /// Whether verifying reads are noisy; none: as other reads. Not a key: the error budget turns
    /// the reads quiet without programming another array.
    std::optional<bool> verify_noise;
    double frozen_share = 0.0;  ///< [-] share of the read-noise variance that stays constant
    double age_s = 0.0;         ///< [s] time since programming was verified (t_0)
    double polarity_asymmetry_mean = 0.0;  ///< [-] G- reads as G- * (1 + asymmetry)
    double polarity_asymmetry_sd = 0.0;    ///< [-] per column
};

struct CrossbarConfig {
    GMap g_map = GMap::tile;
    double g_lsb_nS = 4.0;     ///< [nS] step of the integer conductance grid
    double v_read_mV = 200.0;  ///< [mV]
    IrDrop ir_drop = IrDrop::none;
    double wire_ohm = 0.15;  ///< [ohm] bit-line wire between two neighbouring rows
};

struct ParametricCurves {
    double gain_sd = 0.0709;            ///< [-]
    double gain_limit = 0.21;           ///< [-] gains are cut at 1 -+ this
    double offset_sd_counts = 2.0;      ///< [counts] free-running counts per conversion
    double s_shape_counts = 2.0;        ///< [counts] largest deviation of the S-shape
    double polarity_correlation = 0.5;  ///< [-] of the gain errors of a column's two polarities
    int segments = 8;                   ///< straight pieces per curve
};

/// The analog/mixed-signal error model: one Gaussian at the neuron's output in place of the ADC.
struct AmsConfig {
    double enob = 10.0;          ///< [bit] of one conversion
    int n_mult = 8;              ///< products that are summed before one conversion
    std::optional<int> n_total;  ///< products of a neuron; none: the rows that are read
    double fixed_share = 0.0;    ///< [-] share of the variance that is the same at every repeat
};

struct AdcConfig {
    AdcModel model = AdcModel::oscillator;
    AmsConfig ams;
    CurveSource curves = CurveSource::ideal;
    std::string curve_file;  ///< as seen from the working folder (the reader resolves it)
    FewCurves few_curves = FewCurves::reject;
    NonMonotone non_monotone = NonMonotone::reject;
    double gain_MHz_per_uA = 35.0;  ///< [MHz/uA] nominal, ideal and parametric curves
    std::optional<double> full_scale_uA =
        94.0;  ///< [uA] the oscillator's ceiling; none: no ceiling
    std::optional<double> current_ratio =
        1.0;  ///< [-] input mirror ratio; none: set at calibration
    int count_bits = 12;
    /// Bits kept below one count: 0 in every tile; the error budget looks finer than a counter.
    int count_fraction = 0;
    Rounding rounding = Rounding::floor;
    Integration integration = Integration::time_resolved;
    double sigma_lsb = 0.0;             ///< [counts] thermal noise, fresh per conversion
    double polarity_deadband_uA = 0.0;  ///< [uA]
    double input_offset_sd_uA = 0.0;    ///< [uA] input-referred offset current per column
    ParametricCurves parametric;
};

/// A tile that sums a group of products in the analog domain and converts each partial sum: the
/// processing-in-memory (PIM) schemes.
struct PimConfig {
    Scheme scheme = Scheme::native;
    int weight_bits = 4;            ///< b_w, signed, symmetric
    int input_bits = 4;             ///< b_i, of the magnitude
    int slice_bits = 4;             ///< m, of the DAC
    std::optional<int> group_size;  ///< N, products per conversion; none: 9 native, else 144
    int bits = 7;                   ///< b_PIM, of the converter
    double range_share = 1.0;       ///< [-] of the largest partial sum that the converter spans
    double gain_sd = 0.0;           ///< [-] per column
    double offset_sd_lsb = 0.0;     ///< [LSB of the converter] per column
    double sigma_lsb = 0.0;         ///< [LSB of the converter] thermal noise, fresh per conversion
    int n_evaluate = 4;             ///< [cycles] drive and settle, per group and slice
    std::optional<int> n_convert;   ///< [cycles] per conversion; none: bits + 1
    int converters = 1;             ///< per output
};

/// A digital compute-in-memory tile: bit-serial inputs, an adder tree per column.
struct DigitalConfig {
    int weight_bits = 8;           ///< w, two's complement
    int input_bits = 8;            ///< b_i; two's complement with signed_inputs
    int input_bits_per_cycle = 1;  ///< 1, 2 or 4
    bool signed_inputs = true;
    bool skip_zero_planes = false;  ///< leave out cycles in which no input has a bit
    int n_pipeline = 2;             ///< [cycles] from the last bit to the sum
};

struct NmpuConfig {
    int lanes = 64;
    Branch branch = Branch::polarity;
    int scale_bits = 8;
    int scale_fraction = 7;
    std::optional<int> scale_exponent = 0;  ///< e; none: set at calibration
    int offset_bits = 8;
    int offset_fraction = 1;
    int offsets = 1;  ///< offset words per column, branch polarity: o_p alone, or o_p and o_n
    int cut = 5;
    int round_bits = 0;
    RoundMode round_mode = RoundMode::rnd_conv;
    RoundMode final_round_mode = RoundMode::rnd_conv;
    int out_bits = 8;
    OverflowMode overflow = OverflowMode::sat_sym;
    Activation activation = Activation::identity;
    std::optional<int> relu_clip;  ///< [LSB] of clipped_relu
    int residual_fraction = 0;
    int partial_bits = 16;
    int partial_fraction = 2;
    int n_fill = 3;  ///< [cycles] operand fetch, multiply/align, combine/round/activate

    /// Fraction bits kept after the cut and the rounding (k of the data path).
    int kept_fraction() const { return scale_fraction - cut - round_bits; }
};

struct LdpuConfig {
    int passes = 3;
    int lanes = 4;
    int n_initiation_interval = 5;  ///< [cycles]
    int n_fill = 13;                ///< [cycles]
    int residual_passes = 1;        ///< further passes when residuals are added
};

struct ControllerConfig {
    bool double_buffered = true;
    int input_slots = 1;
    int output_slots = 2;
};

struct CalibrationConfig {
    CalibrationMethod method = CalibrationMethod::least_squares;
    CalibrationVectors vectors = CalibrationVectors::random_signed;
    int count = 2048;
    double percentile = 99.9;   ///< [%] of |Wx| that maps to the largest output code
    double fixed_scale = 1.0;   ///< [-] method fixed: s_p = s_n
    double fixed_offset = 0.0;  ///< [LSB] method fixed
    std::string file;           ///< affine tables of an earlier calibration; empty: calibrate
};

/// Time that passes during a run: the whole workload is read again at each age.
struct AgeingConfig {
    std::vector<double> schedule_s;  ///< [s] increasing, after device.age_s; empty: one age
    Compensation compensation = Compensation::none;  ///< of drift, at each age but the first
    int probe_vectors = 256;                         ///< played for a compensation
    std::vector<double> recalibrate_s;  ///< [s] ages of the schedule at which words are made anew
};

/// Whether the same vectors give the same outputs when they are read again.
struct RepeatabilityConfig {
    int runs = 4;      ///< reads of each vector; below 2: not measured
    int vectors = 16;  ///< the first of each layer
};

struct SeedConfig {
    std::uint64_t device = 1;  ///< the chip you got
    std::uint64_t read = 1;    ///< this read
};

struct WorkloadConfig {
    std::string file;                      ///< aimc-workload/1; empty: generated as below
    int mvms = 64;                         ///< generated vectors
    std::string weights = "normal";        ///< normal | uniform | a .npy file
    std::string inputs = "random_signed";  ///< random_signed | a .npy file
    std::string batch_norm = "none";       ///< none | random | a .npy file
    std::string residual = "none";         ///< none | random | a .npy file
    TileOutput output = TileOutput::y;     ///< what leaves the tile: y, or partial sums
};

/// What converters must take at least, by the model that `model` names.
struct AdcBoundConfig {
    BoundModel model = BoundModel::none;
    std::optional<double> enob;          ///< [bit] none: adc.ams.enob, pim.bits, or adc.count_bits
    std::optional<int> n_mult;           ///< products per conversion; none: as the tile converts
    double derate = 1.0;                 ///< [-] real converters take so many times the bound
    Survey survey = Survey::until_2018;  ///< data of the survey envelope
    double vdd_V = 0.9;                  ///< [V] of the linear model
};

/// Energy of the digital tile.
struct DigitalEnergyConfig {
    DigitalEnergy model = DigitalEnergy::gates;
    Node node = Node::nm_28;              ///< CMOS node
    std::optional<double> gate_fJ;        ///< [fJ] one-bit product; none: by node
    std::optional<double> full_adder_fJ;  ///< [fJ] none: by node
    std::optional<double> register_fJ;    ///< [fJ] per bit; none: by node
    double toggle_rate = 0.5;             ///< [-]
    std::optional<double> mac_8b_fJ;      ///< [fJ] model per_mac, 8 x 8 bit; none: by node
    std::optional<double> power_mW;       ///< [mW] model power
};

/// Energy per event. The defaults give the totals of the 64-core chip, which leave the LDPU out.
struct EnergyConfig {
    double adc_conversion_pJ = 34.1;       ///< [pJ] per column and phase
    double input_phase_pJ = 17.18;         ///< [pJ] per word line and phase
    double array_mvm_fJ = 4.6;             ///< [fJ] per cell and MVM
    std::optional<double> nmpu_column_pJ;  ///< [pJ] per column and MVM; none: not known
    std::optional<double> ldpu_column_pJ;  ///< [pJ] the same of the LDPU
    AdcBoundConfig adc_bound;
    DigitalEnergyConfig digital;
};

struct AreaConfig {
    std::optional<double> tile_mm2 = 0.634;  ///< [mm2] none: not known
    double adc_share = 0.4;                  ///< [-] of the tile; a lower bound
    double ldpu_in_nmpus = 505.0;            ///< [-] LDPU of the tile / one NMPU
    std::optional<double> nmpu_um2;          ///< [um2] one lane; none: not known
};

struct TileConfig {
    std::string name;  ///< for reports; default: the file's name without .json
    TileKind kind = TileKind::analog;
    std::size_t rows = 256;   ///< word lines
    std::size_t cols = 256;   ///< bit lines
    std::uint16_t index = 0;  ///< which tile of a system: its random numbers are its own
    std::int64_t t_clk_ps = 1000;
    PostUnit post = PostUnit::nmpu;
    std::string chip;  ///< frozen chip (aimc-chip/2); empty: program the weights
    ReadConfig read;
    DeviceConfig device;
    CrossbarConfig crossbar;
    AdcConfig adc;
    PimConfig pim;
    DigitalConfig digital;
    NmpuConfig nmpu;
    LdpuConfig ldpu;
    ControllerConfig controller;
    CalibrationConfig calibration;
    AgeingConfig ageing;
    RepeatabilityConfig repeatability;
    SeedConfig seed;
    WorkloadConfig workload;
    EnergyConfig energy;
    AreaConfig area;
};

/// Phases of one MVM before any is skipped. [-]
constexpr int n_phases(ReadMode mode) { return mode == ReadMode::four_phase ? 4 : 1; }

/// Products per conversion (N): what is given, else what the ideal-PIM study of the schemes used.
inline int group_size(const PimConfig& pim)
{
    return pim.group_size.value_or(pim.scheme == Scheme::native ? 9 : 144);
}
/// Cycles of one conversion: what is given, else a bit per cycle and one to sample.
inline int n_convert(const PimConfig& pim) { return pim.n_convert.value_or(pim.bits + 1); }
/// Bits of the words that a tile of this kind hands to its post unit: counters of an analog tile,
/// recombined or accumulated sums (a sign apart) of the others.
int count_bits(const TileConfig& tile);
/// The largest |weight| of a kind that stores whole numbers; 0: an analog tile.
int largest_weight(const TileConfig& tile);
/// The largest |input code| that a tile takes: 127, or less with narrow inputs.
int largest_input(const TileConfig& tile);
/// Whether a tile of this kind takes negative input codes.
inline bool takes_negative_inputs(const TileConfig& tile)
{
    return tile.kind != TileKind::digital_cim || tile.digital.signed_inputs;
}

/// Conductance of the largest weight: what is given, else the end of the model's range. A table
/// has its range in its file and gives 0 here. [uS]
double g_max_uS(const DeviceConfig& device);
/// End of the range that a model was fitted on, if it has one that the configuration knows. [uS]
std::optional<double> fitted_g_max_uS(const DeviceConfig& device);

/// Cycles after the last phase: what is given, else what the published TOPS leave. [cycles]
inline int n_overhead(const ReadConfig& read)
{
    return read.n_overhead.value_or(read.mode == ReadMode::one_phase ? 3 : 1);
}

}  // namespace aimc::config
