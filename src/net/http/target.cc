#include "net/http/target.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "net/http/message.h"

namespace meshai::net::http {
namespace {

Error bad_target(std::string message) {
    return Error{Code::InvalidArgument, std::move(message)};
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum class Plus { IsPlus, IsSpace };

std::optional<std::string> decoded(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == Plus::IsSpace) {
            out += ' ';
        } else if (text[i] == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const auto segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..") return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

Result<std::string> decode_path(std::string_view raw) {
    for (std::size_t i = 0; i + 2 < raw.size(); ++i)
        if (raw[i] == '%' && raw[i + 1] == '2' && (raw[i + 2] == 'f' || raw[i + 2] == 'F'))
            return bad_target("The path holds an encoded slash (%2F).");
    auto path = decoded(raw, Plus::IsPlus);
    if (!path) return bad_target("The path holds a '%' without two hexadecimal digits.");
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(*path, is_control)) return bad_target("The path holds a control character.");
    if (!is_valid_utf8(*path)) return bad_target("The path is not valid UTF-8.");
    if (has_dot_segment(*path)) return bad_target("The path holds a dot segment.");
    return std::move(*path);
}

Status decode_query(std::string_view raw, Target& target) {
    while (!raw.empty()) {
        const auto pair = raw.substr(0, raw.find('&'));
        raw.remove_prefix(std::min(pair.size() + 1, raw.size()));
        if (pair.empty()) continue;
        if (target.query.size() == kQueryPairsMax)
            return bad_target("The query has more than 128 parameters.");
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = decoded(pair.substr(0, equals), Plus::IsSpace);
        auto value = decoded(pair.substr(std::min(equals + 1, pair.size())), Plus::IsSpace);
        if (!name || !value) return bad_target("The query holds a '%' without two hexadecimal digits.");
        for (const auto* text : {&*name, &*value})
            if (text->find('\0') != std::string::npos || !is_valid_utf8(*text))
                return bad_target("The query holds a NUL or is not valid UTF-8.");
        target.query.emplace_back(std::move(*name), std::move(*value));
    }
    return Status{};
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
    Target target;
    if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; }))
        return bad_target("The target holds a character that must be percent-encoded.");
    if (text.find('#') != std::string_view::npos) return bad_target("The target holds a fragment.");
    if (!text.starts_with('/')) {
        const auto separator = text.find("://");
        const auto scheme = text.substr(0, std::min(separator, text.size()));
        if (separator == std::string_view::npos ||
            !(equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "https")))
            return bad_target("The target must begin with '/'.");
        text.remove_prefix(separator + 3);
        target.authority = text.substr(0, text.find_first_of("/?"));
        text.remove_prefix(target.authority.size());
        if (target.authority.empty() || target.authority.find('@') != std::string::npos)
            return bad_target("The target names no host, or a user.");
    }
    const auto question = std::min(text.find('?'), text.size());
    const auto raw_path = text.substr(0, question);
    auto path = decode_path(raw_path.empty() ? "/" : raw_path);
    if (!path) return path.error();
    target.path = std::move(*path);
    auto query = decode_query(text.substr(std::min(question + 1, text.size())), target);
    if (!query) return query.error();
    return target;
}

}  // namespace meshai::net::http
