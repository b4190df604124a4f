#include "net/ws/frames.h"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <functional>

#include "base/json.h"

// Boost.Beast offers its framing as a stream over another stream, with
// completion handlers. Here the other stream is a pair of strings, and handlers
// run from a queue that is emptied before a call returns: so the stream becomes
// a value that takes bytes and gives bytes.
namespace meshai::net::ws {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using Work = std::move_only_function<void()>;

// Memory that a large message took is given back behind it.
constexpr std::size_t kKeptBufferBytes = 4U << 10U;
// Beast would name itself otherwise.
constexpr const char* kServer = "meshai";

struct Line {
    explicit Line(Executor ex) : context(ex.context()) {}

    asio::io_context& context;
    std::deque<Work> ready{};
    Work reading{};  // waits for bytes
    std::string in{};
    std::string out{};

    void read(Work work) {
        if (in.empty())
            reading = std::move(work);
        else
            ready.push_back(std::move(work));
    }

    void feed(std::string_view bytes) {
        in += bytes;
        if (reading && !in.empty()) ready.push_back(std::exchange(reading, nullptr));
    }

    void run() {
        while (!ready.empty()) {
            auto work = std::move(ready.front());
            ready.pop_front();
            work();
        }
    }
};

/// What Beast takes for an executor: the queue of the line.
class LineExecutor {
  public:
    explicit LineExecutor(Line& line) : line_(&line) {}

    asio::execution_context& query(asio::execution::context_t) const noexcept { return line_->context; }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    LineExecutor require(asio::execution::blocking_t::never_t) const noexcept { return *this; }

    template <class Function>
    void execute(Function&& function) const {
        line_->ready.push_back(
            [kept = std::decay_t<Function>(std::forward<Function>(function))]() mutable { kept(); });
    }

    friend bool operator==(const LineExecutor& a, const LineExecutor& b) noexcept {
        return a.line_ == b.line_;
    }

  private:
    Line* line_;
};

/// What Beast takes for a socket.
class Wire {
  public:
    using executor_type = LineExecutor;

    explicit Wire(Line& line) : line_(&line) {}

    executor_type get_executor() const noexcept { return LineExecutor(*line_); }

    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        line_->read(
            [line = line_, buffers, kept = std::decay_t<Handler>(std::forward<Handler>(handler))]() mutable {
                const auto count = asio::buffer_copy(buffers, asio::buffer(line->in));
                line->in.erase(0, count);
                std::move(kept)(error_code{}, count);
            });
    }

    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        const auto count = asio::buffer_size(buffers);
        const auto size = line_->out.size();
        line_->out.resize(size + count);
        asio::buffer_copy(asio::buffer(line_->out.data() + size, count), buffers);
        line_->ready.push_back([count, kept = std::decay_t<Handler>(std::forward<Handler>(
                                           handler))]() mutable { std::move(kept)(error_code{}, count); });
    }

    Line& line() { return *line_; }

  private:
    Line* line_;
};

// Found by Beast through its argument. The connection is ended by whoever has
// it, after the last output.
template <class Handler>
void async_teardown(beast::role_type, Wire& wire, Handler&& handler) {
    wire.line().ready.push_back([kept = std::decay_t<Handler>(std::forward<Handler>(handler))]() mutable {
        std::move(kept)(error_code{});
    });
}

[[maybe_unused]] void beast_close_socket(Wire&) {}

using Request = beast::http::request<beast::http::empty_body>;

Request request_of(const Offer& offer) {
    using beast::http::field;
    Request request{beast::http::verb::get, offer.target, 11};
    request.set(field::host, offer.host);
    request.set(field::upgrade, "websocket");
    request.set(field::connection, "Upgrade");
    request.set(field::sec_websocket_key, offer.key);
    request.set(field::sec_websocket_version, std::string(kVersion));
    return request;
}

CloseCode code_for(const error_code& failure) {
    if (failure == websocket::error::message_too_big) return kTooBig;
    if (failure == websocket::error::bad_frame_payload) return kBadText;
    return kProtocolError;
}

}  // namespace

struct Frames::State {
    State(Executor ex, std::size_t message_bytes_max) : line(ex), stream(Wire(line)) {
        stream.read_message_max(message_bytes_max);
        // One frame a message, so that a frame of ours can be told by its size.
        stream.auto_fragment(false);
        stream.text(true);
        stream.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
            if (kind == websocket::frame_type::pong) pong.emplace(payload);
        });
    }

    Line line;
    websocket::stream<Wire, /*deflateSupported=*/false> stream;
    beast::flat_buffer buffer{};
    std::deque<std::string> texts{};
    std::optional<std::string> pong{};
    std::optional<Ending> ending{};
    Ending closed_with{};  // what we said when we began to close
    bool is_closing = false;

    void accept(const Offer& offer, const Acceptance& acceptance) {
        stream.set_option(websocket::stream_base::decorator([acceptance](websocket::response_type& response) {
            response.set(beast::http::field::server, kServer);
            if (!acceptance.protocol.empty())
                response.set(beast::http::field::sec_websocket_protocol, acceptance.protocol);
            for (const auto& [name, value] : acceptance.headers.fields()) response.insert(name, value);
        }));
        stream.async_accept(request_of(offer), [this](const error_code& failed) {
            if (failed)
                end_by_failure(failed);
            else
                read();
        });
        line.run();
    }

    void read() {
        stream.async_read(buffer, [this](const error_code& failed, std::size_t) {
            if (failed) return end_of_reading(failed);
            take_message();
            if (!is_closing) read();
        });
    }

    void take_message() {
        if (!is_closing && stream.got_text()) texts.push_back(beast::buffers_to_string(buffer.data()));
        buffer.clear();
        if (buffer.capacity() > kKeptBufferBytes) buffer.shrink_to_fit();
        // RFC 6455 7.4.1: 1003, "an endpoint that understands only text data MAY
        // send this if it receives a binary message".
        if (!stream.got_text()) begin_close(kUnsupported, "Messages are JSON in text frames.");
    }

    void end_of_reading(const error_code& why) {
        if (ending) return;
        if (why != websocket::error::closed) {
            // What ends the reading while we close is our own closing.
            if (!is_closing || why != asio::error::operation_aborted) end_by_failure(why);
            return;
        }
        if (is_closing) return end_by_us();
        const auto& said = stream.reason();
        ending = Ending{said.code == websocket::close_code::none ? kNoStatus : CloseCode{said.code},
                        std::string(said.reason.data(), said.reason.size()), true};
    }

    void end_by_failure(const error_code& why) { ending = Ending{code_for(why), why.message(), false}; }

    void end_by_us() { ending = closed_with; }

    void begin_close(CloseCode code, std::string_view reason) {
        if (is_closing || !stream.is_open()) return;
        is_closing = true;
        const auto words = utf8_prefix(reason, kReasonBytesMax);
        closed_with = Ending{code, std::string(words), false};
        const websocket::close_reason said(static_cast<websocket::close_code>(code),
                                           beast::string_view(words.data(), words.size()));
        stream.async_close(said, [this](const error_code& failed) {
            if (ending) return;
            if (failed)
                end_by_failure(failed);
            else
                end_by_us();
        });
    }
};

Frames::Frames(Executor ex, const Offer& offer, const Acceptance& acceptance, std::size_t message_bytes_max)
    : state_(std::make_unique<State>(ex, message_bytes_max)) {
    state_->accept(offer, acceptance);
}

Frames::~Frames() = default;

void Frames::feed(std::string_view bytes) {
    if (state_->ending) return;
    state_->line.feed(bytes);
    state_->line.run();
}

std::optional<std::string> Frames::next() {
    if (state_->texts.empty()) return std::nullopt;
    std::optional<std::string> text(std::move(state_->texts.front()));
    state_->texts.pop_front();
    return text;
}

std::size_t Frames::waiting() const {
    return state_->texts.size();
}

std::optional<std::string> Frames::take_pong() {
    return std::exchange(state_->pong, std::nullopt);
}

std::string Frames::take_output() {
    return std::exchange(state_->line.out, {});
}

void Frames::send(std::string_view text) {
    if (!is_open()) return;
    state_->stream.async_write(asio::buffer(text.data(), text.size()), [](const error_code&, std::size_t) {});
    state_->line.run();
}

void Frames::ping(std::string_view payload) {
    if (!is_open()) return;
    state_->stream.async_ping(websocket::ping_data(payload.data(), payload.size()), [](const error_code&) {});
    state_->line.run();
}

void Frames::close(CloseCode code, std::string_view reason) {
    state_->begin_close(code, reason);
    state_->line.run();
}

bool Frames::is_open() const {
    return !state_->is_closing && !state_->ending && state_->stream.is_open();
}

const std::optional<Ending>& Frames::ending() const {
    return state_->ending;
}

}  // namespace meshai::net::ws
