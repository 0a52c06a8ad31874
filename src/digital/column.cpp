// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/column.h"

#include "aimc/digital/digital.h"

#include <stdexcept>

namespace aimc::digital {
namespace {

/// Sum of words that carry an offset of half their range.
Word build_adder_tree(Netlist& logic, std::vector<Word> words)
{
    while (words.size() > 1) {
        std::vector<Word> sums;
        for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
            sums.push_back(logic.ripple_carry_adder(words[i], words[i + 1], logic.zero()));
        }
        if (words.size() % 2 == 1) {  // alone: half a range more of offset, by its sign
            Word wider = words.back();
            const Net top = wider.back();
            wider.back() = logic.inverter(top);
            wider.push_back(top);
            sums.push_back(wider);
        }
        words = std::move(sums);
    }
    return words.front();
}

Word sign_extended(Word word, std::size_t bits)
{
    word.resize(bits, word.back());
    return word;
}

Word one_place_up(const Word& word, Net zero)
{
    Word shifted{zero};
    shifted.insert(shifted.end(), word.begin(), word.end() - 1);
    return shifted;
}

}  // namespace

std::vector<Beat> beats_of(const config::DigitalConfig& digital, const std::int8_t* x,
                           std::size_t rows)
{
    const int at_once = digital.input_bits_per_cycle;
    const unsigned format = (1U << digital.input_bits) - 1;
    const unsigned occupied = occupied_bits(x, rows);
    std::vector<Beat> beats;
    const int n_groups = cycles_per_vector(digital);
    int last_group = n_groups;
    for (int group = n_groups - 1; group >= 0; --group) {
        if (!is_read(digital, group, occupied)) { continue; }
        // within a beat the bits lie at_once - 1 places apart already
        if (!beats.empty()) { beats.back().shift = (last_group - group - 1) * at_once + 1; }
        last_group = group;
        Beat beat;
        beat.is_first = beats.empty();
        beat.has_sign = digital.signed_inputs && group == n_groups - 1;
        beat.shift = group * at_once;  // down to the lowest bit, unless another beat follows
        for (std::size_t r = 0; r < rows; ++r) {
            const unsigned code = static_cast<unsigned>(x[r]) & format;
            const unsigned bits = (code >> (group * at_once)) & ((1U << at_once) - 1);
            beat.bits.push_back(static_cast<std::uint8_t>(bits));
        }
        beats.push_back(beat);
    }
    return beats;
}

Column::Column(const config::DigitalConfig& digital, const std::vector<std::int16_t>& weights)
    : digital_(digital), rows_(weights.size())
{
    if (weights.empty()) { throw std::invalid_argument("Column: no row"); }
    std::vector<Cells> cells;
    cells.reserve(rows_);
    for (const std::int16_t weight : weights) { cells.push_back(store(weight)); }
    for (int bit = 0; bit < digital.input_bits_per_cycle; ++bit) {
        trees_.push_back(build_tree(cells));
    }
    is_sign_ = logic_.input();
    const int bits = digital::accumulator_bits(rows_, digital);
    accumulator_in_ = logic_.inputs(bits);
    accumulator_.assign(static_cast<std::size_t>(bits), 0);
    next_ = build_accumulator_adders();
}

Column::Cells Column::store(std::int16_t weight)
{
    const int bits = digital_.weight_bits;
    Cells cells{logic_.inputs(bits), logic_.inputs(bits)};
    for (int b = 0; b < bits; ++b) {
        const bool is_set = ((static_cast<unsigned>(weight) >> b) & 1U) != 0;
        logic_.set(cells.plain[static_cast<std::size_t>(b)], is_set);
        logic_.set(cells.inverted[static_cast<std::size_t>(b)], !is_set);
    }
    return cells;
}

Column::Tree Column::build_tree(const std::vector<Cells>& weights)
{
    Tree tree;
    std::vector<Word> products;
    products.reserve(rows_);
    for (const Cells& weight : weights) {
        const Net plain = logic_.input();
        const Net inverted = logic_.input();
        logic_.set(inverted, true);
        tree.plain.push_back(plain);
        tree.inverted.push_back(inverted);
        Word product;
        for (std::size_t b = 0; b + 1 < weight.plain.size(); ++b) {
            product.push_back(logic_.nor_gate(inverted, weight.inverted[b]));
        }
        product.push_back(logic_.nand_gate(plain, weight.plain.back()));
        products.push_back(product);
    }
    tree.sum = build_adder_tree(logic_, std::move(products));
    tree.sum.back() = logic_.inverter(tree.sum.back());
    tree.held = logic_.inputs(static_cast<int>(tree.sum.size()));
    return tree;
}

Word Column::build_accumulator_adders()
{
    const int sign_tree = (digital_.input_bits - 1) % digital_.input_bits_per_cycle;
    Word sum = accumulator_in_;
    for (int bit = digital_.input_bits_per_cycle - 1; bit >= 0; --bit) {
        Word term = trees_[static_cast<std::size_t>(bit)].held;
        Net carry = logic_.zero();
        if (digital_.signed_inputs && bit == sign_tree) {  // -t is the inverted t and one more
            for (Net& t : term) { t = logic_.xor_gate(t, is_sign_); }
            carry = is_sign_;
        }
        sum = logic_.ripple_carry_adder(sum, sign_extended(term, sum.size()), carry);
        sum.pop_back();  // sums fit
        if (bit > 0) { sum = one_place_up(sum, logic_.zero()); }
    }
    return sum;
}

void Column::capture_sums()
{
    const auto shift = static_cast<std::size_t>(in_tree_register_.shift);
    for (std::size_t b = 0; b < accumulator_.size(); ++b) {
        accumulator_[b] = b >= shift && logic_.value(next_[b - shift]) ? 1 : 0;
    }
    for (const Tree& tree : trees_) {
        for (std::size_t b = 0; b < tree.sum.size(); ++b) {
            logic_.set(tree.held[b], logic_.value(tree.sum[b]));
        }
    }
}

void Column::clock(const Beat& beat)
{
    logic_.settle();
    capture_sums();
    for (std::size_t tree = 0; tree < trees_.size(); ++tree) {
        for (std::size_t r = 0; r < rows_; ++r) {
            const bool is_set = ((unsigned{beat.bits[r]} >> tree) & 1U) != 0;
            logic_.set(trees_[tree].plain[r], is_set);
            logic_.set(trees_[tree].inverted[r], !is_set);
        }
    }
    in_tree_register_ = in_input_register_;
    in_input_register_ = {beat.is_first, beat.has_sign, beat.shift};
    logic_.set(is_sign_, in_tree_register_.has_sign);
    for (std::size_t b = 0; b < accumulator_.size(); ++b) {
        logic_.set(accumulator_in_[b], !in_tree_register_.is_first && accumulator_[b] != 0);
    }
}

std::int64_t Column::accumulator() const
{
    std::int64_t value = 0;
    for (std::size_t b = 0; b < accumulator_.size(); ++b) {
        const std::int64_t bit = std::int64_t{accumulator_[b]} << b;
        value += b + 1 == accumulator_.size() ? -bit : bit;
    }
    return value;
}

std::int64_t Column::read(const std::int8_t* x)
{
    for (const Beat& beat : beats_of(digital_, x, rows_)) { clock(beat); }
    Beat rest;
    rest.bits.assign(rows_, 0);
    clock(rest);
    clock(rest);
    return accumulator();
}

std::size_t Column::tree_register_bits() const
{
    std::size_t bits = 0;
    for (const Tree& tree : trees_) { bits += tree.held.size(); }
    return bits;
}

}  // namespace aimc::digital
