// base/id.h
//
// Names of things as types of their own, so that a task id cannot be passed
// where an agent id is meant. An id is never an authorization: whoever holds
// one still has to be asked who they are. Values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace meshai {

class Random;

template <class Kind>
struct Id {
    std::string value;

    friend auto operator<=>(const Id&, const Id&) = default;
    bool empty() const { return value.empty(); }
};

using TaskId = Id<struct TaskKind>;
using AgentId = Id<struct AgentKind>;
using TenantId = Id<struct TenantKind>;
using Subject = Id<struct SubjectKind>;
using EventId = Id<struct EventKind>;

/// Position of an event in the log of one task. The first event has 1; a
/// reader that has seen nothing says `Seq{0}`.
struct Seq {
    std::uint64_t value = 0;

    friend auto operator<=>(Seq, Seq) = default;
    Seq next() const { return Seq{value + 1}; }
};

/// A new id: `prefix`, then 48 bits of milliseconds since 1970 and 80 random
/// bits, in 26 letters of Crockford's base32. Ids of one prefix sort by the
/// time they were made, and nobody can guess one.
std::string new_id(std::string_view prefix, std::int64_t unix_ms, Random& random);

/// Whether `text` has the shape that `new_id(prefix, …)` makes.
bool is_id(std::string_view text, std::string_view prefix);

}  // namespace meshai

template <class Kind>
struct std::hash<meshai::Id<Kind>> {
    std::size_t operator()(const meshai::Id<Kind>& id) const { return std::hash<std::string>{}(id.value); }
};
