#include "net/ws/socket.h"

#include <fmt/format.h>

#include <utility>

#include "base/scope.h"

namespace meshai::net::ws {
namespace {

// One write holds at most so much, so that a slow peer that still reads is not taken for one that does not.
constexpr std::size_t kWritePieceBytes = 16U << 10U;

}  // namespace

struct Socket::State : std::enable_shared_from_this<State> {
    State(Executor the_ex, Clock& the_clock, Log& log, const http::Upgraded& line, const Offer& offer,
          const Acceptance& acceptance, Limits the_limits, Signal the_news)
        : ex(the_ex),
          clock(the_clock),
          limits(the_limits),
          connection(line.connection),
          read_buffer(line.read_buffer),
          news(std::move(the_news)),
          frames(the_ex, offer, acceptance, the_limits.message_bytes),
          has_output(the_ex, the_clock),
          may_read(the_ex, the_clock),
          has_ended(the_ex, the_clock),
          scope(the_ex, the_clock, log) {}

    const Executor ex;
    Clock& clock;
    const Limits limits;
    Connection& connection;
    const std::span<char> read_buffer;
    const Signal news;
    Frames frames;
    std::string unsent{};
    const Signal has_output;  // for the writing coroutine
    const Signal may_read;    // for the reading one
    const Signal has_ended;   // for end()
    std::optional<Ending> ending{};
    bool is_slow = false;
    bool is_writing = false;
    std::uint64_t pings = 0;
    bool awaits_pong = false;
    std::unique_ptr<Alarm> ping_alarm{};
    std::unique_ptr<Alarm> pong_alarm{};
    std::unique_ptr<Alarm> slow_alarm{};
    std::unique_ptr<Alarm> close_alarm{};
    Scope scope;

    void begin(std::string early) {
        scope.spawn("read a websocket", read(shared_from_this(), std::move(early)));
        scope.spawn("write a websocket", write(shared_from_this()));
        plan_ping();
    }

    /// What follows from something that was done to `frames`.
    void settle() {
        unsent += frames.take_output();
        if (const auto pong = frames.take_pong(); pong && *pong == std::to_string(pings)) pong_came();
        if (!unsent.empty()) has_output.notify();
        if (frames.ending() && unsent.empty() && !is_writing) over(*frames.ending());
    }

    bool must_wait_with_reading() const {
        return frames.waiting() >= limits.messages_waiting || unsent.size() > limits.unsent_bytes;
    }

    static Async<void> read(std::shared_ptr<State> self, std::string early) {
        if (!early.empty()) self->heard(early);
        for (;;) {
            while (self->must_wait_with_reading() && !self->ending)
                if (co_await self->may_read.wait_until(kNever) == Wake::Cancelled) co_return;
            if (self->ending || self->frames.ending()) co_return;
            auto ready = co_await self->connection.readable(kNever);
            if (!ready) co_return self->lost(ready.error());
            auto count = co_await self->connection.read_some(self->read_buffer, kNever);
            if (!count) co_return self->lost(count.error());
            // An end without a closing handshake.
            if (*count == 0) co_return self->over(Ending{kAbnormal, "The peer ended the connection.", true});
            self->heard(std::string_view(self->read_buffer.data(), *count));
        }
    }

    void heard(std::string_view bytes) {
        frames.feed(bytes);
        settle();
        news.notify();
    }

    static Async<void> write(std::shared_ptr<State> self) {
        while (!self->ending) {
            if (self->unsent.empty()) {
                if (co_await self->has_output.wait_until(kNever) == Wake::Cancelled) co_return;
                continue;
            }
            auto written = co_await write_piece(self);
            if (!written) co_return self->lost(written.error());
        }
    }

    static Async<Status> write_piece(std::shared_ptr<State> self) {
        const auto piece = self->unsent.substr(0, kWritePieceBytes);
        self->unsent.erase(0, piece.size());
        if (self->unsent.empty()) std::string().swap(self->unsent);
        self->is_writing = true;
        self->slow_alarm = self->alarm(self->limits.slow_after, &State::became_slow);
        // Whoever is told to go has the time to take what is on its way and the close behind it.
        const auto patience = self->limits.slow_after + 2 * self->limits.close_wait;
        auto written = co_await self->connection.write(piece, self->clock.in(patience));
        self->slow_alarm.reset();
        self->is_writing = false;
        if (written) self->sent();
        co_return written;
    }

    void sent() {
        if (unsent.size() <= limits.unsent_bytes) may_read.notify();
        // The time for the pong begins when the ping is on its way.
        if (awaits_pong && !pong_alarm && unsent.empty())
            pong_alarm = alarm(limits.pong_wait, &State::pong_is_missing);
        settle();
        if (unsent.size() < limits.unsent_bytes) news.notify();
    }

    std::unique_ptr<Alarm> alarm(Duration wait, void (State::*act)()) {
        return clock.alarm(ex, clock.in(wait), [weak = weak_from_this(), act] {
            if (auto self = weak.lock()) ((*self).*act)();
        });
    }

    void plan_ping() { ping_alarm = alarm(limits.ping_period, &State::send_ping); }

    void send_ping() {
        if (ending || !frames.is_open()) return;
        // One ping is on its way at a time; a peer that is not read cannot answer.
        if (!awaits_pong && !must_wait_with_reading()) {
            awaits_pong = true;
            frames.ping(std::to_string(++pings));
            settle();
        }
        plan_ping();
    }

    void pong_came() {
        awaits_pong = false;
        pong_alarm.reset();
    }

    void pong_is_missing() {
        if (must_wait_with_reading()) {
            pong_alarm = alarm(limits.pong_wait, &State::pong_is_missing);
            return;
        }
        close(kNoPong,
              fmt::format("No pong came within {} s.",
                          std::chrono::duration_cast<std::chrono::seconds>(limits.pong_wait).count()));
    }

    void became_slow() {
        is_slow = true;
        news.notify();
    }

    void close(CloseCode code, std::string_view reason) {
        if (ending) return;
        frames.close(code, reason);
        if (!close_alarm) close_alarm = alarm(limits.close_wait, &State::close_is_missing);
        may_read.notify();
        settle();
    }

    void close_is_missing() { over(Ending{kAbnormal, "The peer did not answer the close.", false}); }

    void lost(const Error& error) {
        if (error.code == Code::Cancelled)
            return over(Ending{kAbnormal, "The server cut the connection.", false});
        over(Ending{kAbnormal, error.message, true});
    }

    /// The end. A connection that did not close in order is cut, so that no coroutine waits at it.
    void over(Ending how) {
        if (ending) return;
        ending = std::move(how);
        for (auto* each : {&ping_alarm, &pong_alarm, &slow_alarm, &close_alarm}) each->reset();
        if (ending->code == kAbnormal) connection.close();
        for (const auto* bell : {&has_output, &may_read, &has_ended, &news}) bell->notify();
    }
};

Socket::Socket(Executor ex, Clock& clock, Log& log, http::Upgraded line, const Offer& offer,
               const Acceptance& acceptance, Limits limits, Signal news)
    : state_(std::make_shared<State>(ex, clock, log, line, offer, acceptance, limits, std::move(news))) {
    state_->begin(std::move(line.early));
    state_->settle();
}

Socket::~Socket() {
    state_->scope.cancel();
}

std::optional<std::string> Socket::take() {
    auto text = state_->frames.next();
    if (text && !state_->must_wait_with_reading()) state_->may_read.notify();
    return text;
}

bool Socket::has_room() const {
    return is_open() && state_->unsent.size() < state_->limits.unsent_bytes;
}

void Socket::send(std::string_view text) {
    state_->frames.send(text);
    state_->settle();
}

bool Socket::is_slow() const {
    return state_->is_slow;
}

void Socket::close(CloseCode code, std::string_view reason) {
    state_->close(code, reason);
}

bool Socket::is_open() const {
    return !state_->ending && state_->frames.is_open();
}

const std::optional<Ending>& Socket::ending() const {
    return state_->ending;
}

Async<Ending> Socket::end() {
    auto state = state_;
    state->close(kInternal, "The server failed; its log says why.");
    while (!state->ending) {
        if (co_await state->has_ended.wait_until(kNever) != Wake::Cancelled) continue;
        state->over(Ending{kAbnormal, "The server cut the connection.", false});
    }
    co_await state->scope.close();
    co_return *state->ending;
}

}  // namespace meshai::net::ws
