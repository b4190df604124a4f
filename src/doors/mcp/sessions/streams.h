// doors/mcp/sessions/streams.h
//
// The streams of one session: number 0 is the one on which the server speaks
// unasked, every POST has one of its own. A finished stream stays for a while,
// so that a client that lost its connection can have the rest (H9); of those
// the oldest give way when the session's bounds are reached. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "doors/mcp/sessions/outbox.h"
#include "doors/mcp/sessions/sessions.h"

namespace meshai::doors::mcp {

inline constexpr std::uint64_t kUnaskedStream = 0;

class Streams {
  public:
    /// `unasked`: whether the unasked stream can be replayed; that of the HTTP+SSE pair cannot.
    Streams(const SessionLimits& limits, Keep unasked);

    const std::shared_ptr<Outbox>& unasked() const { return unasked_; }

    /// A stream for a POST with so many requests.
    std::shared_ptr<Outbox> open(std::size_t answers_due);

    /// Null for one that never was or has given way.
    std::shared_ptr<Outbox> find(std::uint64_t number) const;

    /// Nobody knows an id of it, so nobody can come back to it.
    void forget(std::uint64_t number);

    /// Lets finished streams go that are too old, too many or too large.
    void trim(MonoTime now);

    /// Every reader leaves.
    void end_all();

    bool has_reader() const;

  private:
    struct Kept {
        std::shared_ptr<Outbox> outbox;
        std::optional<MonoTime> ended_at{};  ///< as trim() saw it
        std::size_t bytes = 0;               ///< of one that has ended, which does not grow
    };
    using Table = std::map<std::uint64_t, Kept>;

    // With mutex_ held.
    void note_ended(Kept& kept, std::uint64_t number, MonoTime now);
    void drop(Table::iterator at);

    const SessionLimits& limits_;
    const std::shared_ptr<Outbox> unasked_;
    mutable std::mutex mutex_;
    Table kept_{};
    // Every request lets streams go: it looks at those that are open and at the oldest
    // of the others, never at all that are kept.
    std::set<std::uint64_t> open_{};
    std::set<std::pair<MonoTime, std::uint64_t>> ended_{};
    std::size_t ended_bytes_ = 0;
    std::uint64_t last_ = kUnaskedStream;
};

}  // namespace meshai::doors::mcp
