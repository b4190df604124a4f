#include <fmt/format.h>

#include "app/config/quantity.h"
#include "app/config/schema.h"

namespace meshai::app {
namespace {

struct TypeName {
    std::string_view operator()(const std::string*) const { return "a text"; }
    std::string_view operator()(const std::vector<std::string>*) const { return "a list of texts"; }
    std::string_view operator()(const Path*) const { return "a path"; }
    std::string_view operator()(const bool*) const { return "true or false"; }
    std::string_view operator()(const std::optional<bool>*) const { return "true or false"; }
    std::string_view operator()(const std::int64_t*) const { return "a whole number"; }
    std::string_view operator()(const Bytes*) const { return "a size (bytes, or \"4MiB\")"; }
    std::string_view operator()(const Millis*) const { return "a time (seconds, or \"30s\", \"5m\")"; }
    std::string_view operator()(const agents::Cost*) const {
        return "a number per call, or a table of per_call, per_1k_input_tokens, per_1k_output_tokens";
    }
    std::string_view operator()(const json::value*) const { return "a text or a table"; }
    std::string_view operator()(const json::object*) const { return "a table"; }
};

struct SlotText {
    std::string operator()(const std::string* text) const { return to_text(json::value(*text)); }
    std::string operator()(const std::vector<std::string>* list) const {
        return to_text(json::value(to_array(*list)));
    }
    std::string operator()(const Path* path) const { return to_text(json::value(path->value)); }
    std::string operator()(const bool* flag) const { return *flag ? "true" : "false"; }
    std::string operator()(const std::optional<bool>*) const { return ""; }
    std::string operator()(const std::int64_t* number) const { return std::to_string(*number); }
    std::string operator()(const Bytes* size) const {
        const auto text = written(*size);
        return text.ends_with('B') ? '"' + text + '"' : text;
    }
    std::string operator()(const Millis* time) const { return '"' + written(*time) + '"'; }
    std::string operator()(const agents::Cost* cost) const { return fmt::format("{}", cost->per_call); }
    std::string operator()(const json::value*) const { return "\"\""; }
    std::string operator()(const json::object*) const { return "{}"; }
};

}  // namespace

std::string_view type_name(const Slot& slot) {
    return std::visit(TypeName{}, slot);
}

std::string slot_text(const Slot& slot) {
    return std::visit(SlotText{}, slot);
}

}  // namespace meshai::app
