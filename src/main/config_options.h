// main/config_options.h
//
// The options of every word that is about a server's own files: which
// configuration, and which settings over it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "app/config/load.h"

namespace meshai {

struct ConfigOptions {
    std::string file;
    std::vector<std::string> settings;  ///< "server.listen=127.0.0.1:0"

    void add_to(CLI::App& command);

    /// The configuration with the settings over it, and `flags` over both.
    Result<app::Config> load(std::vector<app::Setting> flags = {}) const;
};

}  // namespace meshai
