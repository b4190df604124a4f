// bench/mcp/caller.h
//
// One client of an MCP server, as cheap as can be, so that the server is what is
// measured: one connection, requests made by hand, answers parsed by net/http and
// looked at for the result. In the era of sessions it opens one and closes it;
// in the stateless era each request carries its envelope. Lives on one executor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "net/http/parser.h"
#include "net/network.h"

namespace meshai::bench {

enum class Era {
    Sessions,  ///< 2025-11-25
    Stateless  ///< 2026-07-28
};

/// What is called, and what a right answer says.
inline constexpr std::string_view kTool = "test_simple_text";
inline constexpr std::string_view kToolText = "This is a simple text response for testing.";

inline constexpr Duration kAnswerMax = std::chrono::seconds(30);

class Caller {
  public:
    Caller(net::Network& network, Clock& clock, net::http::Url url, Era era);

    /// Connects; in the era of sessions opens one.
    Async<Status> open();

    /// One call of the tool. Its answer is checked: status, id and text.
    Async<Status> call();

    /// Ends the session.
    Async<Status> close();

    /// Of the last answer: "application/json" or "text/event-stream".
    const std::string& content_type() const { return content_type_; }

  private:
    std::string post(std::string_view headers, std::string_view body) const;
    Async<Status> exchange(std::string request);
    net::http::Parser::Step feed(std::string_view bytes);
    Status failed(std::string_view what) const;

    net::Network& network_;
    Clock& clock_;
    net::http::Url url_;
    Era era_;
    std::unique_ptr<net::Connection> connection_{};
    net::http::Parser parser_;
    std::string session_header_{};
    std::string content_type_{};
    std::string body_{};  // of the last answer
    std::uint64_t id_ = 0;
};

}  // namespace meshai::bench
