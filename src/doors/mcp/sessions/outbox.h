// doors/mcp/sessions/outbox.h
//
// What the server says on one stream of a session, kept until the client has it:
// a stream is not a connection, and a client whose connection broke reads on
// where it was (H9). Each message has a place, counted from 1, and is read by
// one reader at a time; a new reader parts the one before from the stream (H11).
// When a bound is reached progress and logs give way, oldest first; answers and
// questions never do. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/signal.h"

namespace meshai::doors::mcp {

/// Whether a message may give way when a bound is reached.
enum class Weight { Light, Heavy };

/// Whether what has been read stays for a client that comes back.
enum class Keep { ForReplay, UntilRead };

struct OutboxBounds {
    std::size_t messages = 0;
    std::size_t bytes = 0;
};

class Outbox {
  public:
    /// `answers_due`: the stream has ended when so many are there; nothing: it ends by `end` alone.
    Outbox(std::uint64_t number, Keep keep, OutboxBounds bounds, std::optional<std::size_t> answers_due);

    /// Of the stream within its session.
    std::uint64_t number() const { return number_; }

    // For whoever speaks. What comes after the end is dropped.
    void put(std::string message, Weight weight);
    /// The same, unless exactly this waits already.
    void put_once(std::string message);
    void put_answer(std::string message);
    /// One answer less will come: the client has taken its request back.
    void drop_answer();
    void end();
    /// Parts the reader, or the first one to come, from the stream, which goes on.
    void hang_up();

    bool is_ended() const;
    bool has_reader() const;
    /// The place behind which no reader has been.
    std::uint64_t place_read() const;
    /// Whether the stream has come as far as `place`.
    bool reaches(std::uint64_t place) const;
    std::size_t bytes() const;

    struct Message {
        std::uint64_t place = 0;
        std::shared_ptr<const std::string> text;
        bool is_answer = false;
    };

    struct Portion {
        std::vector<Message> messages{};
        bool is_ended = false;   ///< nothing follows these
        bool is_parted = false;  ///< the reader must leave
    };

    /// Reads from `after` on. One executor; parts from the stream when it ends.
    class Reader {
      public:
        Reader(std::shared_ptr<Outbox> outbox, Signal signal, std::uint64_t after);
        ~Reader();
        Reader(const Reader&) = delete;
        Reader& operator=(const Reader&) = delete;

        /// What is there behind the last portion, about `bytes_max` of it. Calling it
        /// again says that the portion before has been written.
        Portion take(std::size_t bytes_max);

        /// Rung when there is more to take.
        const Signal& signal() const { return signal_; }
        const Outbox& outbox() const { return *outbox_; }
        /// Where it began to read.
        std::uint64_t begin() const { return begin_; }

      private:
        std::shared_ptr<Outbox> outbox_;
        Signal signal_;
        const std::uint64_t begin_;
        std::uint64_t after_;  ///< written up to here
        std::uint64_t given_;  ///< taken up to here
        std::uint64_t turn_;
    };

  private:
    struct Kept {
        Message message;
        Weight weight = Weight::Heavy;
    };

    // The caller of these holds the mutex.
    void add(std::string message, Weight weight, bool is_answer);
    bool make_room(std::size_t bytes, Weight weight);
    bool give_way(bool (*may)(const Kept&, std::uint64_t place_read));
    void count_answer();
    void ring() const;

    const std::uint64_t number_;
    const Keep keep_;
    const OutboxBounds bounds_;

    mutable std::mutex mutex_;
    std::deque<Kept> kept_{};
    std::size_t bytes_ = 0;
    std::uint64_t last_ = 0;
    std::uint64_t place_read_ = 0;
    std::optional<std::size_t> answers_due_;
    bool is_ended_ = false;
    std::uint64_t turns_ = 0;  ///< readers so far; the newest has the word
    std::optional<Signal> reader_{};
    bool is_parted_ = false;
};

/// "3-7": place 7 of stream 3; unique in a session, as H9 asks. Place 0 is the begin.
std::string event_id(std::uint64_t stream, std::uint64_t place);

struct EventPlace {
    std::uint64_t stream = 0;
    std::uint64_t place = 0;
};
/// Nothing for a text that `event_id` does not make.
std::optional<EventPlace> parse_event_id(std::string_view text);

}  // namespace meshai::doors::mcp
