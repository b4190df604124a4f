// cli/mcp/bridge.h
//
// MCP over stdio: carries the lines of one client to a MeshAI server's HTTP
// endpoint and its messages back as lines, so that a program that can only
// start another program reaches the same server, with the same tasks, as
// everybody else. It keeps what HTTP needs and stdio has not: the session, the
// version, the headers, the streams. It knows no tool and no task. One executor.
#pragma once

#include <list>
#include <memory>

#include "base/scope.h"
#include "cli/mcp/call.h"
#include "cli/mcp/line_reader.h"
#include "cli/mcp/tool_headers.h"

namespace meshai::cli::mcp {

/// The client's bytes.
class Input {
  public:
    virtual ~Input() = default;
    /// What comes next; nothing at the end. By one reader.
    virtual Async<std::optional<std::string>> next() = 0;
};

/// The client's ear.
class Output {
  public:
    virtual ~Output() = default;
    /// Writes `line` and a newline, in the order of the calls; waits while the
    /// client reads slowly. False when nobody reads any more. By many at once.
    virtual Async<bool> write(std::string line) = 0;
    /// Until all is written, or until `deadline`.
    virtual Async<void> flush(MonoTime deadline) = 0;
};

struct BridgeParts {
    Executor ex;
    net::client::Client& http;
    Clock& clock;
    Log& log;
    Target server;
    Input& input;
    Output& output;
};

class Bridge {
  public:
    explicit Bridge(BridgeParts parts);

    /// Until the client closes its end or its ear, or the caller is cancelled
    /// (T2). Requests still open then have kEndGrace; afterwards the session is ended.
    Async<void> run();

  private:
    struct Start {
        bool is_running = false;  ///< an initialize is on its way
        std::string text{};       ///< the last one that succeeded, to begin again with
        bool has_begun = false;   ///< one was seen at all
        bool is_lost = false;     ///< the server forgot the session
    };

    Async<void> read_lines();
    Async<void> take(Line line);
    Async<void> take_message(Inbound message);
    Async<void> take_notification(Inbound message);
    Async<void> cancel(Inbound message);

    Async<void> begin_call(Inbound message);
    Async<void> serve_call(std::shared_ptr<Call> call);
    Async<void> carry_call(std::shared_ptr<Call> call, net::http::Headers headers);
    Async<void> send(Inbound message);
    net::http::Headers headers_of(const Inbound& message) const;

    Async<void> wait_for_session();
    Async<void> begin_again();
    Async<void> listen(Session session);
    void heard(const Call& call, const json::object& answer, const net::http::Headers& headers);
    void begin_session(const json::object& result, const net::http::Headers& headers, std::string text);

    Async<bool> say(std::string line);
    Async<void> end_session(Session session);
    std::shared_ptr<Call> find_call(const wire::jsonrpc::RequestId& id) const;
    bool has_open_requests() const;
    Carrier carrier();

    BridgeParts parts_;
    Upstream upstream_;
    ToolHeaders tools_{};
    Session session_{};
    Start start_{};
    Signal started_;  ///< rung when an initialize has ended
    Signal changed_;  ///< rung when `run` has to look again
    bool has_input_ended_ = false;
    bool is_output_broken_ = false;
    std::list<std::shared_ptr<Call>> calls_{};
    Scope scope_;
};

/// Requests at a time, streams included. One more is refused: it must not hold
/// up the answers and cancellations that stand behind it on stdin.
inline constexpr std::size_t kCallsMax = 256;

/// For requests that are open when stdin closes. Clients that want it faster send SIGTERM.
inline constexpr Duration kEndGrace = std::chrono::seconds(5);

/// For the last lines on stdout.
inline constexpr Duration kFlushTime = std::chrono::seconds(2);

}  // namespace meshai::cli::mcp
