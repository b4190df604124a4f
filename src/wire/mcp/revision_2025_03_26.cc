#include "wire/mcp/revision_2025_03_26.h"

#include "wire/mcp/members.h"

namespace meshai::wire::mcp {

Features Codec20250326::features() const {
    Features features;
    features.batches = true;
    features.progress_message = true;
    return features;
}

json::object Codec20250326::capabilities(const ServerAbilities& abilities) const {
    auto written = Codec20241105::capabilities(abilities);
    if (abilities.completions) written["completions"] = json::object{};
    return written;
}

json::object Codec20250326::tool(const Tool& tool) const {
    auto written = Codec20241105::tool(tool);
    put(written, "annotations", tool_annotations(tool));
    return written;
}

json::object Codec20250326::tool_annotations(const Tool& tool) const {
    json::object written;
    put(written, "title", tool.title);
    for (const auto& [key, value] : hints_of(tool.hints)) written[key] = value;
    return written;
}

json::object Codec20250326::audio(const Audio& audio) const {
    json::object written;
    written["type"] = "audio";
    written["data"] = audio.base64;
    written["mimeType"] = audio.mime_type;
    return written;
}

json::object Codec20250326::progress(const json::value& token, double done, std::optional<double> total,
                                     std::string_view message) const {
    auto params = Codec20241105::progress(token, done, total, message);
    put(params, "message", message);
    return params;
}

}  // namespace meshai::wire::mcp
