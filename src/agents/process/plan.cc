// What a program is started with: its file, its environment, its folder.
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "agents/process/posix_process.h"

namespace meshai::agents {
namespace {

namespace fs = std::filesystem;

bool is_program(const fs::path& file) {
    std::error_code failure;
    return fs::is_regular_file(file, failure) && ::access(file.c_str(), X_OK) == 0;
}

Result<std::string> make_folder(const std::string& inside) {
    std::string folder = inside + "/meshai-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr)
        return Error{Code::Unavailable, fmt::format("A working folder could not be made in \"{}\": {}.",
                                                    inside, std::generic_category().message(errno))};
    return folder;
}

}  // namespace

Result<std::string> PosixLauncher::State::resolve(const std::string& program) const {
    if (program.find('/') != std::string::npos) {
        std::error_code failure;
        // The program starts in another folder; what the operator wrote is seen from this one.
        const auto file = fs::absolute(program, failure);
        if (!failure && is_program(file)) return file.string();
        return Error{Code::Unavailable, fmt::format("\"{}\" is no program that can be run.", program)};
    }
    std::string_view folders = options.path;
    while (!folders.empty()) {
        const auto end = std::min(folders.find(':'), folders.size());
        const auto file = fs::path(folders.substr(0, end)) / program;
        folders.remove_prefix(std::min(end + 1, folders.size()));
        if (file.is_absolute() && is_program(file)) return file.string();
    }
    return Error{Code::Unavailable, fmt::format("There is no program \"{}\" in {}.", program, options.path)};
}

Result<SpawnPlan> PosixLauncher::State::plan(const Program& program, std::string& folder_to_remove) const {
    if (program.argv.empty()) return Error{Code::Unavailable, "No program is given."};
    auto file = resolve(program.argv.front());
    if (!file) return file.error();
    SpawnPlan made{
        .file = std::move(*file), .argv = program.argv, .folder = program.folder, .limits = options.limits};
    if (made.folder.empty()) {
        auto folder = make_folder(options.temporary_folder);
        if (!folder) return folder.error();
        folder_to_remove = *folder;
        made.folder = std::move(*folder);
    }
    // The server's own environment may hold its secrets; a program starts with these few.
    made.environment = {"PATH=" + options.path, "HOME=" + made.folder, "TMPDIR=" + made.folder,
                        "LANG=C.UTF-8"};
    for (const auto& [name, value] : program.environment) made.environment.push_back(name + "=" + value);
    return made;
}

}  // namespace meshai::agents
