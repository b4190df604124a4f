// app/config/reader.h
//
// From the text of meshai.toml, the environment and the flags to a Config, with
// every mistake found, not only the first. Pure: the file and the environment
// come in as texts and functions, so that a test needs neither.
#pragma once

#include <functional>
#include <optional>

#include "app/config/config.h"
#include "app/config/document.h"

namespace meshai::app {

/// A value given on the command line: {"server.listen", "127.0.0.1:0", "--listen"}.
struct Setting {
    std::string key;
    std::string text;
    std::string origin;
};

/// What a configuration is read from.
struct Source {
    std::string text;    ///< of the file; may be empty
    std::string folder;  ///< of the file; relative paths of the file belong to it
    std::vector<Setting> flags{};
    std::function<std::optional<std::string>(const std::string& name)> variable{};
    std::function<Result<std::string>(const std::string& path)> read_file{};
};

struct Reading {
    Config config;
    std::vector<Problem> problems;  ///< none: the configuration is good
};

/// The file, then variables (MESHAI_SERVER_LISTEN for server.listen) over it, then flags over those.
Reading read_config(const Source& source);

/// One line per problem: `meshai.toml:14: agents.writer.url: …`
std::string describe(const std::vector<Problem>& problems, std::string_view file_name);

}  // namespace meshai::app
