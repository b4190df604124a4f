#include "wire/mcp/codec.h"

#include "wire/mcp/revision_2026_07_28.h"

namespace meshai::wire::mcp {

const Codec& codec_of(Revision revision) {
    static const Codec20241105 first;
    static const Codec20250326 second;
    static const Codec20250618 third;
    static const Codec20251125 fourth;
    static const Codec20260728 fifth;
    switch (revision) {
        case Revision::R2024_11_05:
            return first;
        case Revision::R2025_03_26:
            return second;
        case Revision::R2025_06_18:
            return third;
        case Revision::R2025_11_25:
            return fourth;
        case Revision::R2026_07_28:
            return fifth;
    }
    return fifth;
}

json::object Codec::list(std::string_view member, json::array entries, const Page& page) const {
    json::object result;
    result[member] = std::move(entries);
    if (!page.next_cursor.empty()) result["nextCursor"] = page.next_cursor;
    return cacheable(std::move(result), page.cache);
}

}  // namespace meshai::wire::mcp
