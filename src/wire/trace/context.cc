#include "wire/trace/context.h"

#include <fmt/format.h>

#include <charconv>

namespace meshai::wire::trace {
namespace {

constexpr std::size_t kBytes = 55;  // 2 + 1 + 32 + 1 + 16 + 1 + 2
constexpr std::string_view kZeroTrace = "00000000000000000000000000000000";
constexpr std::string_view kZeroSpan = "0000000000000000";

// Trace Context 3.2.2: HEXDIGLC is a digit or a letter from a to f, lower case only.
bool is_lower_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// 3.2.4, versioning: "If the size of the header is shorter than 55 characters,
// the vendor should not parse the header"; what a later version adds begins with
// a dash. The version ff is invalid, and that of today has nothing behind the flags.
bool has_known_length(std::string_view text) {
    if (text.size() < kBytes || text.size() > kTraceparentBytesMax) return false;
    if (text.starts_with("00")) return text.size() == kBytes;
    return text.size() == kBytes || text[kBytes] == '-';
}

}  // namespace

std::optional<Context> parse_traceparent(std::string_view text) {
    if (!has_known_length(text) || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    const auto version = text.substr(0, 2);
    const auto trace = text.substr(3, 32);
    const auto parent = text.substr(36, 16);
    const auto flags = text.substr(53, 2);
    if (!is_lower_hex(version) || version == "ff" || !is_lower_hex(flags)) return std::nullopt;
    if (!is_lower_hex(trace) || trace == kZeroTrace) return std::nullopt;
    if (!is_lower_hex(parent) || parent == kZeroSpan) return std::nullopt;
    unsigned value = 0;
    std::from_chars(flags.data(), flags.data() + flags.size(), value, 16);
    // Of the flags those are kept whose meaning is known here: "the behavior of
    // other flags ... is not defined" (3.2.2.5), and of a later version only `sampled` is.
    const unsigned known = version == "00" ? kSampled | kRandomTraceId : kSampled;
    return Context{TraceId{std::string(trace)}, SpanId{std::string(parent)},
                   static_cast<std::uint8_t>(value & known)};
}

std::string traceparent(const Context& context) {
    return fmt::format("00-{}-{}-{:02x}", context.trace.hex, context.parent.hex, context.flags);
}

}  // namespace meshai::wire::trace
