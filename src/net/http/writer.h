// net/http/writer.h
//
// HTTP/1.1 messages to bytes, for both sides. A control character in a value
// is replaced by a space, so that no value can begin a header of its own. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/http/message.h"

namespace meshai::net::http {

/// RFC 9110 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(WallTime time);

void write_status_line(std::string& out, int status);
void write_request_line(std::string& out, std::string_view method, std::string_view target);
void write_field(std::string& out, std::string_view name, std::string_view value);

/// One chunk (RFC 9112 7.1). `bytes` is not empty: an empty chunk is the last.
void write_chunk(std::string& out, std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace meshai::net::http
