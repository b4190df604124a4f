#include "mesh/library/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mesh/library/row.h"
#include "workflow/predefined.h"

namespace meshai::mesh {
namespace {

constexpr Duration kPutWaitMax = std::chrono::seconds(10);

/// "name@3" in its parts; no version: the newest.
struct Wanted {
    std::string_view name;
    std::optional<int> version{};
};

std::optional<Wanted> wanted_of(std::string_view call) {
    const auto at = call.find('@');
    if (at == std::string_view::npos) return Wanted{call};
    int version = 0;
    const auto text = call.substr(at + 1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return Wanted{call.substr(0, at), version};
}

bool is_same(const workflow::Definition& a, const workflow::Definition& b) {
    auto left = a;
    left.version = b.version;
    return left == b;
}

int newest_of(const std::vector<KeptWorkflow>& shelf) {
    return shelf.empty() ? 0 : shelf.back()->definition.version.value_or(0);
}

}  // namespace

std::string_view source_name(WorkflowSource source) {
    switch (source) {
        case WorkflowSource::Predefined:
            return "predefined";
        case WorkflowSource::File:
            return "file";
        case WorkflowSource::Tenant:
            return "tenant";
    }
    return "predefined";
}

WorkflowLibrary::WorkflowLibrary(store::Engine& engine, Clock& clock, Log& log)
    : engine_(engine), clock_(clock), log_(log) {
    for (auto& definition : workflow::predefined()) {
        if (!definition.version) definition.version = 1;
        const auto name = definition.name;
        predefined_[name] = {std::make_shared<const Kept>(Kept{std::move(definition)})};
    }
}

Async<Status> WorkflowLibrary::load() {
    auto tenants = co_await engine_.tenants();
    if (!tenants) co_return tenants.error();
    for (const auto& tenant : *tenants) {
        std::string after;
        for (;;) {
            auto rows = co_await engine_.scan(tenant, store::Table::Workflows, "", after, store::kScanRowsMax,
                                              store::Order::Ascending);
            if (!rows) co_return rows.error();
            if (rows->empty()) break;
            after = rows->back().key;
            std::lock_guard lock(mutex_);
            for (const auto& row : *rows) {
                if (!is_version_key(row.key)) continue;
                auto kept = decode_row_of_workflow(row.value);
                if (!kept) {
                    // One that cannot be read must not keep the server from starting.
                    log_.error(
                        "a workflow cannot be read from the store",
                        {{"tenant", tenant.value}, {"workflow", row.key}, {"cause", kept.error().cause}});
                    continue;
                }
                // Versions of one name come in order: so are their keys.
                auto& shelf = of_tenants_[tenant][kept->definition.name];
                shelf.push_back(std::make_shared<const Kept>(std::move(*kept)));
            }
        }
    }
    co_return Status{};
}

void WorkflowLibrary::set_files(std::vector<Kept> files) {
    std::lock_guard lock(mutex_);
    Shelves shelves;
    for (auto& file : files) {
        file.source = WorkflowSource::File;
        const auto name = file.definition.name;
        auto& shelf = shelves[name];
        if (const auto before = files_.find(name); before != files_.end()) shelf = before->second;
        if (!shelf.empty() && is_same(shelf.back()->definition, file.definition)) continue;
        file.definition.version = newest_of(shelf) + 1;
        shelf.push_back(std::make_shared<const Kept>(std::move(file)));
        if (shelf.size() > static_cast<std::size_t>(kVersionsKept)) shelf.erase(shelf.begin());
    }
    files_ = std::move(shelves);
}

Async<Result<KeptWorkflow>> WorkflowLibrary::put(TenantId tenant, Subject by,
                                                 workflow::Definition definition) {
    const auto name = definition.name;
    if (name.empty()) co_return Error{Code::InvalidArgument, "name: a workflow that is kept needs one."};
    auto head = co_await engine_.get(tenant, store::Table::Workflows, name);
    if (!head) co_return head.error();
    int newest = 0;
    if (*head) {
        auto said = decode_head((*head)->value);
        if (!said) co_return said.error();
        newest = *said;
    }
    {
        std::lock_guard lock(mutex_);
        const auto& shelves = of_tenants_[tenant];
        if (!shelves.contains(name) && shelves.size() >= kWorkflowsPerTenantMax)
            co_return Error{Code::ResourceExhausted,
                            fmt::format("A tenant keeps at most {} workflows.", kWorkflowsPerTenantMax)};
    }
    definition.version = newest + 1;
    auto kept = std::make_shared<const Kept>(
        Kept{std::move(definition), WorkflowSource::Tenant, by.value, clock_.wall()});
    store::Unit unit{tenant, {}, {}};
    unit.puts.push_back(
        {store::Table::Workflows, name, *head ? (*head)->version : 0, encode_head(newest + 1)});
    unit.puts.push_back({store::Table::Workflows, version_key(name, newest + 1), 0, encode_row(*kept)});
    if (newest >= kVersionsKept)
        unit.puts.push_back({store::Table::Workflows, version_key(name, newest + 1 - kVersionsKept),
                             store::kAnyVersion, std::nullopt});
    auto done = co_await engine_.commit(std::move(unit), clock_.in(kPutWaitMax));
    if (!done && done.error().code == Code::Conflict)
        co_return Error{Code::Conflict, "Somebody else changed the workflow at the same moment; try again."};
    if (!done) co_return done.error();
    std::lock_guard lock(mutex_);
    auto& shelf = of_tenants_[tenant][name];
    shelf.push_back(kept);
    std::ranges::sort(shelf, {}, [](const KeptWorkflow& one) { return *one->definition.version; });
    if (shelf.size() > static_cast<std::size_t>(kVersionsKept)) shelf.erase(shelf.begin());
    co_return kept;
}

Async<Status> WorkflowLibrary::remove(TenantId tenant, std::string name) {
    Shelf shelf;
    {
        std::lock_guard lock(mutex_);
        const auto mine = of_tenants_.find(tenant);
        const auto found = mine == of_tenants_.end() ? Shelves::const_iterator{} : mine->second.find(name);
        if (mine != of_tenants_.end() && found != mine->second.end()) shelf = found->second;
        if (shelf.empty() && (files_.contains(name) || predefined_.contains(name)))
            co_return Error{Code::PermissionDenied,
                            fmt::format("The workflow \"{}\" is not one that you put here.", name)};
    }
    if (shelf.empty()) co_return Error{Code::NotFound, "No such workflow."};
    // The row with the newest number stays: a name that comes again goes on counting, so that
    // "name@3" never means two things.
    store::Unit unit{tenant, {}, {}};
    for (const auto& kept : shelf)
        unit.puts.push_back({store::Table::Workflows, version_key(name, *kept->definition.version),
                             store::kAnyVersion, std::nullopt});
    if (auto done = co_await engine_.commit(std::move(unit), clock_.in(kPutWaitMax)); !done) co_return done;
    std::lock_guard lock(mutex_);
    of_tenants_[tenant].erase(name);
    co_return Status{};
}

const WorkflowLibrary::Shelf* WorkflowLibrary::shelf_of(const TenantId& tenant, std::string_view name) const {
    const auto in = [name](const Shelves& shelves) -> const Shelf* {
        const auto found = shelves.find(name);
        return found == shelves.end() ? nullptr : &found->second;
    };
    if (const auto mine = of_tenants_.find(tenant); mine != of_tenants_.end())
        if (const auto* shelf = in(mine->second)) return shelf;
    if (const auto* shelf = in(files_)) return shelf;
    return in(predefined_);
}

KeptWorkflow WorkflowLibrary::find(const TenantId& tenant, std::string_view call) const {
    const auto wanted = wanted_of(call);
    if (!wanted) return nullptr;
    std::lock_guard lock(mutex_);
    const auto* shelf = shelf_of(tenant, wanted->name);
    if (!shelf || shelf->empty()) return nullptr;
    if (!wanted->version) return shelf->back();
    for (const auto& kept : *shelf)
        if (kept->definition.version == wanted->version) return kept;
    return nullptr;
}

std::vector<KeptWorkflow> WorkflowLibrary::list(const TenantId& tenant) const {
    std::lock_guard lock(mutex_);
    std::map<std::string, KeptWorkflow, std::less<>> newest;
    const auto add = [&newest](const Shelves& shelves) {
        for (const auto& [name, shelf] : shelves)
            if (!shelf.empty()) newest.try_emplace(name, shelf.back());
    };
    if (const auto mine = of_tenants_.find(tenant); mine != of_tenants_.end()) add(mine->second);
    add(files_);
    add(predefined_);
    std::vector<KeptWorkflow> all;
    for (auto& [name, kept] : newest) all.push_back(std::move(kept));
    return all;
}

std::vector<KeptWorkflow> WorkflowLibrary::versions(const TenantId& tenant, std::string_view name) const {
    std::lock_guard lock(mutex_);
    const auto* shelf = shelf_of(tenant, name);
    if (!shelf) return {};
    return {shelf->rbegin(), shelf->rend()};
}

}  // namespace meshai::mesh
