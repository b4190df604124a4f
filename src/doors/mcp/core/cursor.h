// doors/mcp/core/cursor.h
//
// Where the next page of a list begins, as the opaque text a client gives back
// (F2). A cursor belongs to the list it was made for: when the list has changed
// meanwhile, or the text is any other, it is refused and the client begins anew,
// so that no entry is ever silently left out. Nothing is kept on the server. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace meshai::doors::mcp {

/// What tells one list from another: its kind and the names on it, in order.
class ListDigest {
  public:
    explicit ListDigest(std::string_view kind) { add(kind); }
    void add(std::string_view name);
    std::uint64_t value() const { return value_; }

  private:
    std::uint64_t value_ = 14'695'981'039'346'656'037U;  // FNV-1a, 64 bits
};

std::string cursor_text(std::size_t position, const ListDigest& digest);

/// InvalidArgument for a text that is no cursor of this list.
Result<std::size_t> cursor_position(std::string_view cursor, const ListDigest& digest);

/// The stretch of a list of `count` entries that `params.cursor` asks for, and
/// the cursor behind it (empty: it is the last).
struct PageSpan {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string next{};
};
Result<PageSpan> page_of(const json::object& params, std::size_t count, const ListDigest& digest);

}  // namespace meshai::doors::mcp
