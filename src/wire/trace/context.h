// wire/trace/context.h
//
// W3C Trace Context: what one program tells the next about the trace that its
// work belongs to, as the header field `traceparent`, as a member of MCP's
// `_meta`, or as the variable TRACEPARENT. Doors read it, agents are told one.
// Of `tracestate` nothing is kept. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshai::wire::trace {

/// 16 bytes in 32 hex digits, lower case, never all zero.
struct TraceId {
    std::string hex{};
    friend auto operator<=>(const TraceId&, const TraceId&) = default;
};

/// 8 bytes in 16 hex digits, lower case, never all zero. Empty: none.
struct SpanId {
    std::string hex{};
    friend auto operator<=>(const SpanId&, const SpanId&) = default;
    bool empty() const { return hex.empty(); }
};

struct Context {
    TraceId trace;
    SpanId parent;           ///< the span that the next one is part of
    std::uint8_t flags = 0;  ///< the known ones

    friend bool operator==(const Context&, const Context&) = default;
};

inline constexpr std::uint8_t kSampled = 0x01;        ///< the caller records this trace
inline constexpr std::uint8_t kRandomTraceId = 0x02;  ///< Trace Context level 2, 3.2.2.5.2

inline constexpr std::size_t kTraceparentBytesMax = 256;  ///< of a later version of the format

/// Nothing for what is not well-formed, of this version of the format or, as far
/// as it can be read, of a later one.
std::optional<Context> parse_traceparent(std::string_view text);

/// "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
std::string traceparent(const Context& context);

}  // namespace meshai::wire::trace
