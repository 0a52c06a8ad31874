// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/network.h"

#include "strict_json.h"

#include <map>
#include <string>
#include <vector>

namespace aimc::config::detail {

/// Reads the nodes of a network one after another, works out their shapes, and loads their arrays.
class NodeReader {
public:
    /// @param path  of the network file
    NodeReader(std::string path, Network& network, std::vector<Problem>& problems);
    /// Appends one node; problems go to the list.
    void read(const nlohmann::json& value);

private:
    void read_inputs(ObjectReader& reader, NetworkNode& node);
    void read_input(ObjectReader& reader, const std::string& key, const nlohmann::json& name,
                    NetworkNode& node);
    void read_window(ObjectReader& reader, NetworkNode& node);
    void read_padding_value(ObjectReader& reader, NetworkNode& node);
    void read_shortcut(ObjectReader& reader, NetworkNode& node);
    void read_arrays(ObjectReader& reader, NetworkNode& node);
    void read_step(ObjectReader& reader, NetworkNode& node, double step);
    /// @param rows  that the array must have when it is a matrix; 1: any shape of n numbers
    std::vector<double> numbers(ObjectReader& reader, const std::string& key, std::size_t n,
                                std::size_t rows = 1);
    void set_shape(ObjectReader& reader, NetworkNode& node);
    MapShape slid_over(ObjectReader& reader, const NetworkNode& node) const;
    const MapShape& input_shape(const NetworkNode& node) const;

    std::string path_;
    Network& network_;
    std::vector<Problem>& problems_;
    std::map<std::string, std::size_t> maps_;  ///< name -> map
};

}  // namespace aimc::config::detail
