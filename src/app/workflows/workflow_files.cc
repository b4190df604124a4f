#include "app/workflows/workflow_files.h"

#include <fmt/format.h>

#include "app/config/load.h"
#include "base/signal.h"
#include "workflow/check.h"
#include "workflow/text.h"

namespace meshai::app {
namespace {

std::vector<workflow::Problem> one_problem(std::string place, std::string what) {
    return {{std::move(place), std::move(what)}};
}

std::string lines_of(const std::vector<workflow::Problem>& problems) {
    std::string text;
    for (const auto& problem : problems) text += (text.empty() ? "" : "; ") + workflow::to_text(problem);
    return text;
}

std::string stem_of(const std::string& name) {
    return name.substr(0, name.rfind('.'));
}

}  // namespace

WorkflowFiles::WorkflowFiles(std::string folder, mesh::WorkflowLibrary& library, Clock& clock, Log& log)
    : folder_(std::move(folder)), library_(library), clock_(clock), log_(log) {}

Async<void> WorkflowFiles::run() {
    while (co_await pause(clock_, kFolderPeriod)) look();
}

void WorkflowFiles::look() {
    const auto now = stamps();
    // A folder that is away for a moment, as while it is moved, takes no workflow with it.
    if (!now || !take(*now)) return;
    judge();
    give();
}

/// The files that there are; nothing where the folder cannot be read.
std::optional<WorkflowFiles::Stamps> WorkflowFiles::stamps() {
    Stamps found;
    std::error_code error;
    std::string complaint;
    for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end;
         at.increment(error)) {
        const auto name = at->path().filename().string();
        // Editors keep their own copies beside a file, with a dot in front.
        if (name.starts_with('.') || !workflow::language_of(name)) continue;
        std::error_code gone;
        if (!at->is_regular_file(gone) || gone) continue;
        const Stamp stamp{at->last_write_time(gone), at->file_size(gone)};
        if (!gone) found.emplace(name, stamp);
        if (found.size() <= kWorkflowFilesMax) continue;
        found.erase(std::prev(found.end()));
        complaint = fmt::format("has more than {} files; the others are left out", kWorkflowFilesMax);
    }
    if (error) complaint = error.message();
    if (complaint != complaint_ && !complaint.empty())
        log_.error("the folder of workflows cannot be read", {{"folder", folder_}, {"why", complaint}});
    complaint_ = complaint;
    if (error) return std::nullopt;
    return found;
}

/// Reads what is new or different; whether anything was.
bool WorkflowFiles::take(const Stamps& now) {
    bool has_changed =
        std::erase_if(files_, [&now](const auto& one) { return !now.contains(one.first); }) > 0;
    for (const auto& [name, stamp] : now) {
        const auto [at, is_new] = files_.try_emplace(name);
        if (!is_new && at->second.stamp == stamp) continue;
        at->second.stamp = stamp;
        read(name, at->second);
        has_changed = true;
    }
    return has_changed;
}

void WorkflowFiles::read(const std::string& name, File& file) {
    file.newest.reset();
    file.problems.clear();
    file.told.clear();
    const auto path = (std::filesystem::path(folder_) / name).string();
    const auto text = read_text_file(path, workflow::kTextBytesMax);
    if (!text) {
        file.problems = one_problem("", text.error().message);
        return;
    }
    auto definition = workflow::read_text(*text, *workflow::language_of(name));
    if (!definition) {
        file.problems = std::move(definition.error());
        return;
    }
    if (definition->name.empty()) definition->name = stem_of(name);
    if (!workflow::is_id(definition->name)) {
        file.problems = one_problem(
            "name", "is missing, and the file's name is none: use 1 to 64 of a-z, 0-9, '_' and '-'");
        return;
    }
    file.newest = std::move(*definition);
}

/// Files may run each other, so that all are judged again when one has changed.
void WorkflowFiles::judge() {
    for (auto& [name, file] : files_) {
        const auto problems = problems_of(name, file);
        tell(name, file, problems);
        if (!problems.empty() || file.good == file.newest) continue;
        file.good = file.newest;
        file.good_since = clock_.wall();
    }
}

std::vector<workflow::Problem> WorkflowFiles::problems_of(const std::string& name, const File& file) const {
    if (!file.newest) return file.problems;
    for (const auto& [other, its] : files_)
        if (other < name && its.newest && its.newest->name == file.newest->name)
            return one_problem("name", fmt::format("is the name in {}, too", other));
    workflow::Known known;
    known.workflow = [this](std::string_view call) -> std::optional<workflow::Definition> {
        const auto wanted = call.substr(0, call.find('@'));
        for (const auto& [other, its] : files_)
            if (its.newest && its.newest->name == wanted) return its.newest;
        // Nobody's tenant: what the product has.
        const auto kept = library_.find(TenantId{}, call);
        return kept ? std::optional(kept->definition) : std::nullopt;
    };
    return workflow::check(*file.newest, known);
}

void WorkflowFiles::tell(const std::string& name, File& file,
                         const std::vector<workflow::Problem>& problems) {
    const auto text = lines_of(problems);
    if (!text.empty() && text != file.told)
        log_.error("a file of a workflow is wrong",
                   {{"file", name},
                    {"problems", text},
                    {"now", file.good ? "what it said before goes on" : "it is left out"}});
    file.told = text;
}

void WorkflowFiles::give() {
    std::map<std::string, mesh::Kept> by_name;
    // A name that has moved to another file is that one's: what is good now goes before what was.
    for (const bool is_newest : {true, false})
        for (const auto& [name, file] : files_)
            if (file.good && (file.good == file.newest) == is_newest)
                by_name.try_emplace(file.good->name, mesh::Kept{*file.good, mesh::WorkflowSource::File, name,
                                                                file.good_since});
    std::vector<mesh::Kept> all;
    for (auto& [name, kept] : by_name) all.push_back(std::move(kept));
    log_.info("workflows were read", {{"folder", folder_}, {"workflows", all.size()}});
    library_.set_files(std::move(all));
}

}  // namespace meshai::app
