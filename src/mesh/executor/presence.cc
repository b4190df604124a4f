#include "mesh/executor/presence.h"

#include <set>

namespace meshai::mesh {
namespace {

/// Servers belong to no client's tenant.
const TenantId kServersTenant{"_system"};
constexpr std::string_view kPrefix = "server/";

std::string key_of(const std::string& name) {
    return std::string(kPrefix) + name;
}

}  // namespace

Async<Status> Presence::renew() {
    store::Unit unit{kServersTenant, {}, {}};
    unit.puts.push_back({store::Table::Runs, key_of(name_), store::kAnyVersion, std::string("{}")});
    co_return co_await engine_.commit(std::move(unit), clock_.in(kPresencePeriod));
}

Async<Result<std::vector<Presence::Server>>> Presence::gone() {
    std::vector<Server> gone;
    std::set<std::string> present;
    std::string after;
    for (;;) {
        const auto rows = co_await engine_.scan(kServersTenant, store::Table::Runs, std::string(kPrefix),
                                                after, store::kScanRowsMax, store::Order::Ascending);
        if (!rows) co_return rows.error();
        if (rows->empty()) break;
        after = rows->back().key;
        const auto now = clock_.now();
        for (const auto& row : *rows) {
            const auto name = row.key.substr(kPrefix.size());
            if (name == name_) continue;
            present.insert(name);
            auto& seen = others_.try_emplace(name, Seen{row.version, now}).first->second;
            if (seen.version != row.version) seen = Seen{row.version, now};
            if (now - seen.since >= kGoneAfter) gone.push_back({name, row.version});
        }
    }
    std::erase_if(others_, [&present](const auto& other) { return !present.contains(other.first); });
    co_return gone;
}

Async<void> Presence::forget(Server server) {
    store::Unit unit{kServersTenant, {}, {}};
    unit.puts.push_back({store::Table::Runs, key_of(server.name), server.version, std::nullopt});
    // If this fails the row is looked at again.
    (void)co_await engine_.commit(std::move(unit), clock_.in(kPresencePeriod));
}

}  // namespace meshai::mesh
