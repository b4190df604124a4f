#include "doors/mcp/sessions/sessions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <mutex>

#include "doors/mcp/sessions/session.h"

namespace meshai::doors::mcp {
namespace {

constexpr Duration kSweepPeriod = std::chrono::seconds(30);

using Table = std::map<std::string, std::shared_ptr<Session>, std::less<>>;

// MCP, transports: "The session ID SHOULD be globally unique and cryptographically
// secure […] MUST only contain visible ASCII characters" (H7).
std::string new_session_id(Random& random) {
    std::array<std::uint8_t, 24> bytes{};
    random.fill(bytes);
    std::string id = "s_";
    for (const auto byte : bytes) id += fmt::format("{:02x}", byte);
    return id;
}

bool is_owner(const task::Caller& owner, const task::Caller& caller) {
    return owner.tenant == caller.tenant && owner.subject == caller.subject;
}

}  // namespace

struct Sessions::State {
    explicit State(Parts the_parts)
        : parts(std::move(the_parts)),
          open_now(parts.metrics.gauge("meshai_mcp_sessions", "Sessions of MCP clients that are open now")) {
        for (const auto& ex : parts.threads)
            scopes.push_back(std::make_unique<Scope>(ex, parts.clock, parts.log));
    }

    std::shared_ptr<Session> add(const task::Caller& owner, Transport transport);
    std::shared_ptr<Session> take_longest_idle(const task::Caller* owner);
    void sweep(MonoTime now);
    Async<void> keep_sweeping();
    bool has_expired(const Session& session, MonoTime now) const {
        // Asked for every request: the cheap question first.
        return session.used_at() + parts.limits.idle_time <= now && session.is_at_rest();
    }

    Parts parts;
    Gauge& open_now;
    std::vector<std::unique_ptr<Scope>> scopes{};  // one for each thread, in their order

    std::mutex mutex;
    Table table{};             // guarded by mutex
    bool is_closed = false;    // guarded by mutex
    bool is_sweeping = false;  // guarded by mutex
};

Sessions::Sessions(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}

Sessions::~Sessions() = default;

Result<std::shared_ptr<Session>> Sessions::open(Executor ex, const task::Caller& owner, Transport transport) {
    auto& state = *state_;
    std::vector<std::shared_ptr<Session>> evicted;
    std::shared_ptr<Session> session;
    bool must_sweep = false;
    {
        std::lock_guard lock(state.mutex);
        if (state.is_closed) return Error{Code::Unavailable, "The server is draining; try again soon."};
        const auto own = std::ranges::count_if(
            state.table, [&](const auto& row) { return is_owner(row.second->owner(), owner); });
        const bool is_full = state.table.size() >= state.parts.limits.sessions;
        const bool is_own_full = static_cast<std::size_t>(own) >= state.parts.limits.sessions_per_subject;
        if (is_full || is_own_full)
            evicted.push_back(state.take_longest_idle(is_own_full ? &owner : nullptr));
        if ((is_full || is_own_full) && !evicted.back())
            return Error{Code::ResourceExhausted,
                         fmt::format("{} sessions are open and in use; end one with DELETE.",
                                     is_own_full ? static_cast<std::size_t>(own) : state.table.size())};
        session = state.add(owner, transport);
        must_sweep = !std::exchange(state.is_sweeping, true);
    }
    for (const auto& one : evicted) one->end();
    if (must_sweep) scope_on(ex).spawn("sweep sessions", state.keep_sweeping());
    return session;
}

// The caller holds the mutex.
std::shared_ptr<Session> Sessions::State::add(const task::Caller& owner, Transport transport) {
    auto session = std::make_shared<Session>(new_session_id(parts.random), owner, transport, parts.limits,
                                             parts.clock.now());
    table.emplace(session->id(), session);
    open_now.set(static_cast<double>(table.size()));
    return session;
}

// The caller holds the mutex. Null when all of them are in use.
std::shared_ptr<Session> Sessions::State::take_longest_idle(const task::Caller* owner) {
    auto longest = table.end();
    for (auto row = table.begin(); row != table.end(); ++row) {
        const auto& session = *row->second;
        if ((owner && !is_owner(session.owner(), *owner)) || !session.is_at_rest()) continue;
        if (longest == table.end() || session.used_at() < longest->second->used_at()) longest = row;
    }
    if (longest == table.end()) return nullptr;
    auto session = longest->second;
    table.erase(longest);
    return session;
}

Result<std::shared_ptr<Session>> Sessions::find(const task::Caller& caller, std::string_view id) {
    auto& state = *state_;
    std::lock_guard lock(state.mutex);
    const auto found = state.table.find(id);
    const auto now = state.parts.clock.now();
    if (found == state.table.end() || !is_owner(found->second->owner(), caller) ||
        state.has_expired(*found->second, now))
        return Error{
            Code::NotFound,
            "There is no such session, or it has ended. Send initialize without Mcp-Session-Id to begin "
            "a new one."};
    found->second->touch(now);
    return found->second;
}

void Sessions::end(const Session& session) {
    auto& state = *state_;
    std::shared_ptr<Session> ended;
    {
        std::lock_guard lock(state.mutex);
        const auto found = state.table.find(session.id());
        if (found == state.table.end()) return;
        ended = std::move(found->second);
        state.table.erase(found);
        state.open_now.set(static_cast<double>(state.table.size()));
    }
    ended->end();
}

void Sessions::State::sweep(MonoTime now) {
    std::vector<std::shared_ptr<Session>> all;
    std::vector<std::shared_ptr<Session>> expired;
    {
        std::lock_guard lock(mutex);
        for (const auto& [id, session] : table)
            (has_expired(*session, now) ? expired : all).push_back(session);
        for (const auto& session : expired) table.erase(session->id());
        open_now.set(static_cast<double>(table.size()));
    }
    for (const auto& session : expired) session->end();
    for (const auto& session : all) session->streams().trim(now);
}

// Runs while there are sessions, so that a server without clients of this era sleeps.
Async<void> Sessions::State::keep_sweeping() {
    for (;;) {
        if (!co_await pause(parts.clock, kSweepPeriod)) co_return;
        sweep(parts.clock.now());
        std::lock_guard lock(mutex);
        if (!table.empty()) continue;
        is_sweeping = false;
        co_return;
    }
}

Async<void> Sessions::close() {
    const auto here = co_await this_executor();
    auto& state = *state_;
    Table all;
    {
        std::lock_guard lock(state.mutex);
        state.is_closed = true;
        all.swap(state.table);
    }
    for (const auto& [id, session] : all) session->end();
    co_await scope_on(here).close();
}

Scope& Sessions::scope_on(Executor ex) {
    for (auto& scope : state_->scopes)
        if (scope->executor() == ex) return *scope;
    assert(false && "every thread that serves connections is one of Parts::threads");
    return *state_->scopes.front();
}

const SessionLimits& Sessions::limits() const {
    return state_->parts.limits;
}

std::size_t Sessions::size() const {
    std::lock_guard lock(state_->mutex);
    return state_->table.size();
}

}  // namespace meshai::doors::mcp
