// app/config/load.h
//
// The edge of the configuration: reads the real file and the real environment,
// and gives a Config or all complaints in one error.
#pragma once

#include "app/config/reader.h"

namespace meshai::app {

inline constexpr std::string_view kDefaultConfigFile = "meshai.toml";
inline constexpr std::size_t kConfigBytesMax = 4U << 20U;

/// `file` empty: ./meshai.toml if there is one, else nothing but defaults.
/// Code::Configuration, with a line per complaint as its message.
Result<Config> load_config(const std::string& file, std::vector<Setting> flags);

/// The text of a file of at most `bytes_max`; the error says why not in a clause.
Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

/// A variable of the environment.
std::optional<std::string> environment(const std::string& name);

}  // namespace meshai::app
