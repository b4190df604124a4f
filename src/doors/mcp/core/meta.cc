#include "doors/mcp/core/meta.h"

namespace meshai::doors::mcp {
std::optional<json::value> progress_token(const json::object& params) {
    const auto* meta = find_object(params, "_meta");
    const auto* token = meta ? find(*meta, "progressToken") : nullptr;
    if (!token || (!token->is_string() && !token->is_int64() && !token->is_uint64())) return std::nullopt;
    if (token->is_string() && token->get_string().size() > kProgressTokenBytesMax) return std::nullopt;
    return *token;
}

}  // namespace meshai::doors::mcp
