// net/http/message.h
//
// HTTP messages as values (RFC 9110): what the parser makes and the writer
// takes, on both sides. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace meshai::net::http {

/// Fields in the order they came. Names are compared without case (RFC 9110 5.1).
class Headers {
  public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

    void add(std::string name, std::string value);
    void set(std::string_view name, std::string value);  ///< replaces all of that name
    void remove(std::string_view name);

    /// The value of the only field of that name; nothing if there is none or several.
    std::optional<std::string_view> get(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Whether a comma-separated field (Accept, Connection) names `token`, without case, parameters ignored.
bool has_token(std::string_view field, std::string_view token);

struct RequestHead {
    std::string method;
    std::string target;  ///< as received
    std::string path;    ///< percent-decoded, dot segments refused; begins with '/'
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
    Headers headers;
    int version_minor = 1;  ///< HTTP/1.x
    std::string peer;       ///< address of the peer
    bool is_encrypted = false;

    std::optional<std::string> query_value(std::string_view name) const;  ///< first of that name
};

struct Response {
    int status = 200;
    Headers headers{};
    std::string body{};
};

/// "OK", "Not Found", … for the status line.
std::string_view reason_phrase(int status);

/// A URL an HTTP client can go to: http or https, no user info, no fragment.
struct Url {
    std::string scheme;  ///< "http" or "https"
    std::string host;    ///< lower case, without brackets
    std::uint16_t port = 0;
    std::string target = "/";  ///< path and query

    std::string authority() const;  ///< Host header value; default ports left out
    friend bool operator==(const Url&, const Url&) = default;
};

/// InvalidArgument with a sentence that says what to write instead.
Result<Url> parse_url(std::string_view text);
std::string to_text(const Url& url);

}  // namespace meshai::net::http
