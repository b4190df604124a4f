#include "doors/mcp/core/cursor.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/base64url.h"
#include "doors/toolbox/toolbox.h"

namespace meshai::doors::mcp {
namespace {

constexpr std::size_t kCursorBytesMax = 128;

Error wrong() {
    return {Code::InvalidArgument,
            "The cursor is not one of this list as it is now; ask for the list from its beginning."};
}

}  // namespace

void ListDigest::add(std::string_view name) {
    constexpr std::uint64_t kPrime = 1'099'511'628'211U;
    for (const char byte : name) value_ = (value_ ^ static_cast<std::uint8_t>(byte)) * kPrime;
    // The end of a name counts, or "ab","c" would be "a","bc".
    value_ = (value_ ^ 0x1FFU) * kPrime;
}

std::string cursor_text(std::size_t position, const ListDigest& digest) {
    return to_base64url(fmt::format("{}.{:x}", position, digest.value()));
}

Result<std::size_t> cursor_position(std::string_view cursor, const ListDigest& digest) {
    if (cursor.size() > kCursorBytesMax) return wrong();
    const auto text = from_base64url(cursor);
    if (!text) return wrong();
    std::size_t position = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), position);
    if (read.ec != std::errc{} || cursor_text(position, digest) != cursor) return wrong();
    return position;
}

Result<PageSpan> page_of(const json::object& params, std::size_t count, const ListDigest& digest) {
    PageSpan span;
    if (const auto* cursor = find(params, "cursor")) {
        // MCP: an empty string is a cursor like any other, and not one of ours (F2).
        if (!cursor->is_string()) return Error{Code::InvalidArgument, "\"cursor\" must be a string."};
        const auto position = cursor_position(cursor->get_string(), digest);
        if (!position) return position.error();
        span.begin = std::min(*position, count);
    }
    span.end = std::min(span.begin + kPageEntries, count);
    if (span.end < count) span.next = cursor_text(span.end, digest);
    return span;
}

}  // namespace meshai::doors::mcp
