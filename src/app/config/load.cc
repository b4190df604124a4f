#include "app/config/load.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace meshai::app {

Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return Error{Code::Configuration, fmt::format("{} is a folder, not a file", path)};
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return Error{Code::Configuration, fmt::format("{} cannot be read: {}", path, std::strerror(errno))};
    std::string text(bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > bytes_max)
        return Error{Code::Configuration, fmt::format("{} is larger than {} bytes", path, bytes_max)};
    return text;
}

std::optional<std::string> environment(const std::string& name) {
    const char* value =
        std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): read before threads start
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

Result<Config> load_config(const std::string& file, std::vector<Setting> flags) {
    Source source;
    source.flags = std::move(flags);
    source.variable = environment;
    source.read_file = [](const std::string& path) { return read_text_file(path, 64U << 10U); };

    std::error_code ignored;
    const bool is_default = file.empty();
    const std::string path = is_default ? std::string(kDefaultConfigFile) : file;
    if (!is_default || std::filesystem::exists(path, ignored)) {
        auto text = read_text_file(path, kConfigBytesMax);
        if (!text) return text.error();
        source.text = std::move(*text);
        source.folder = std::filesystem::absolute(path, ignored).parent_path().string();
    }
    auto reading = read_config(source);
    if (reading.problems.empty()) return std::move(reading.config);
    return Error{Code::Configuration, describe(reading.problems, path)};
}

}  // namespace meshai::app
