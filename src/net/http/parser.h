// net/http/parser.h
//
// Bytes to HTTP/1.1 messages (RFC 9112), for both sides: llhttp in its strict
// mode, with bounds and with the checks it leaves out. Pure; fed with bytes
// however they are cut. After a failure it says nothing more.
#pragma once

#include <llhttp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http/message.h"

namespace meshai::net::http {

struct ParserLimits {
    std::size_t header_bytes = 32U << 10U;  ///< first line, fields and trailers
    std::size_t header_fields = 100;
    std::size_t target_bytes = 8U << 10U;
    std::size_t body_bytes = 4U << 20U;  ///< decoded
};

/// Why a message was refused, and the status that says so to a client.
struct Refusal {
    int status = 400;
    std::string detail;
    bool is_body_too_large = false;
};

class Parser {
  public:
    enum class Kind { Requests, Responses };
    enum class Step {
        More,   ///< all bytes are taken, the message is not complete
        Head,   ///< the head is complete; the body begins after the taken bytes
        End,    ///< the message is complete
        Failed  ///< see refusal()
    };
    struct Fed {
        std::size_t taken = 0;
        Step step = Step::More;
    };

    Parser(Kind kind, const ParserLimits& limits);
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    /// Forgets everything and waits for the next message. `is_head_answer`: the
    /// response to a HEAD request, whose length fields announce no body.
    void begin(bool is_head_answer = false);

    /// Takes bytes up to the next step; appends decoded body to `body`.
    Fed feed(std::string_view bytes, std::string& body);

    /// The peer ended the connection: End for a body that ends so, else Failed.
    Step finish(std::string& body);

    const Refusal& refusal() const { return refusal_; }

    /// Any byte of the current message was seen (empty lines before it do not count).
    bool has_begun() const { return has_begun_; }

    // After Step::Head.
    std::string_view method() const;
    std::string& target() { return target_; }
    Headers& headers() { return headers_; }
    int status() const { return llhttp_.status_code; }
    int version_minor() const { return llhttp_.http_minor; }
    std::optional<std::uint64_t> content_length() const { return content_length_; }
    bool is_chunked() const { return is_chunked_; }
    bool has_body() const { return is_chunked_ || content_length_.value_or(0) > 0; }
    /// By version and Connection field.
    bool is_persistent() const { return is_persistent_; }

  private:
    struct Callbacks;
    static const llhttp_settings_t& settings();

    int refuse(int status, std::string detail);
    int take_header();
    int take_length_field(const std::string& name, std::string_view value);
    int head_complete();
    Fed stopped(llhttp_errno_t why, std::string_view bytes);
    Fed judge_method(std::size_t taken);
    void explain(llhttp_errno_t why);

    Kind kind_;
    ParserLimits limits_;
    llhttp_t llhttp_{};
    bool is_head_answer_ = false;

    Refusal refusal_{};
    std::string first_bytes_{};  // enough of the first line to tell an unknown method from noise
    std::string protocol_{};
    std::string target_{};
    std::string name_{};
    std::string value_{};
    Headers headers_{};
    std::size_t head_bytes_ = 0;
    std::size_t fields_ = 0;
    std::size_t body_bytes_ = 0;
    std::size_t wire_bytes_ = 0;
    std::optional<std::uint64_t> content_length_{};
    std::string* body_ = nullptr;  // where feed() appends, while it runs
    bool has_begun_ = false;
    bool is_method_unknown_ = false;
    bool is_head_complete_ = false;
    bool is_complete_ = false;
    bool is_chunked_ = false;
    bool is_persistent_ = false;
    bool failed_ = false;
};

}  // namespace meshai::net::http
