#include "app/operator/database.h"

#include <fmt/format.h>

#include <filesystem>

#include "store/sqlite/care.h"

namespace meshai::app {
namespace {

/// The file of the store, if it is one.
Result<std::string> file_of(const Config& config) {
    const auto& path = config.store.path.value;
    if (path == kInMemory)
        return Error{Code::Configuration, "store.path is \":memory:\": there is no file to look after."};
    std::error_code failure;
    if (!std::filesystem::exists(path, failure))
        return Error{Code::NotFound, fmt::format("There is no store at {}; check store.path.", path)};
    return path;
}

std::uint64_t size_of(const std::string& path) {
    std::error_code failure;
    const auto bytes = std::filesystem::file_size(path, failure);
    return failure ? 0 : bytes;
}

}  // namespace

Result<json::object> check_database(const Config& config) {
    auto path = file_of(config);
    if (!path) return path.error();
    auto report = store::check_database(*path);
    if (!report) return report.error();
    return json::object{{"path", *path},
                        {"ok", report->findings.empty()},
                        {"bytes", size_of(*path)},
                        {"logs", report->logs},
                        {"records", report->records},
                        {"rows", report->rows},
                        {"findings", to_array(report->findings)}};
}

Result<json::object> back_up_database(const Config& config, const std::string& to) {
    auto path = file_of(config);
    if (!path) return path.error();
    if (auto copied = store::backup_database(*path, to); !copied) return copied.error();
    return json::object{{"path", *path}, {"backup", to}, {"bytes", size_of(to)}};
}

}  // namespace meshai::app
