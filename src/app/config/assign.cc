#include "app/config/assign.h"

#include <fmt/format.h>

#include <charconv>

#include "app/config/quantity.h"

namespace meshai::app {
namespace {

constexpr std::size_t kTextBytesMax = 64U << 10U;
constexpr std::size_t kListItemsMax = 1'000;

Error wrong(std::string what) {
    return {Code::Configuration, std::move(what)};
}

/// A value as a person recognises it: bounded, never a page of text.
std::string shown(const json::value& value) {
    const auto text = to_text(value);
    constexpr std::size_t kShownBytesMax = 80;
    return text.size() <= kShownBytesMax ? text : std::string(utf8_prefix(text, kShownBytesMax)) + "…";
}

struct Assign {
    const Rules& rules;
    const json::value& value;
    const std::string& folder;

    Error wrong_type(std::string_view wanted) const {
        return wrong(fmt::format("{} is not {}", shown(value), wanted));
    }

    Status text(const json::value& from, std::string& into) const {
        if (!from.is_string()) return wrong(fmt::format("{} is not a text", shown(from)));
        std::string got(from.get_string());
        if (got.size() > kTextBytesMax) return wrong(fmt::format("is longer than {} bytes", kTextBytesMax));
        // An empty text means "as if it were not there".
        if (rules.check != nullptr && !got.empty())
            if (auto good = rules.check(got); !good) return good;
        into = std::move(got);
        return {};
    }

    Status number(std::int64_t got, auto print) const {
        if (got >= rules.min && got <= rules.max) return {};
        if (got < rules.min)
            return wrong(fmt::format("{} is too small; the least is {}", print(got), print(rules.min)));
        return wrong(fmt::format("{} is too large; the most is {}", print(got), print(rules.max)));
    }

    Status operator()(std::string* into) const { return text(value, *into); }

    Status operator()(std::vector<std::string>* into) const {
        const auto* list = value.if_array();
        if (list == nullptr) return wrong_type("a list of texts; write [\"…\", \"…\"]");
        if (list->size() > kListItemsMax)
            return wrong(fmt::format("has {} entries; the most is {}", list->size(), kListItemsMax));
        std::vector<std::string> got;
        for (const auto& item : *list)
            if (auto good = text(item, got.emplace_back()); !good) return good;
        *into = std::move(got);
        return {};
    }

    Status operator()(Path* into) const {
        std::string got;
        if (auto good = text(value, got); !good) return good;
        const bool is_relative = !got.empty() && got.front() != '/' && got != kInMemory;
        into->value = is_relative && !folder.empty() ? folder + "/" + got : got;
        return {};
    }

    Status operator()(bool* into) const {
        if (!value.is_bool()) return wrong_type("true or false");
        *into = value.get_bool();
        return {};
    }

    Status operator()(std::optional<bool>* into) const { return (*this)(&into->emplace()); }

    Status operator()(std::int64_t* into) const {
        if (!value.is_int64()) return wrong_type("a whole number");
        const auto got = value.get_int64();
        if (auto good = number(got, [](std::int64_t n) { return std::to_string(n); }); !good) return good;
        *into = got;
        return {};
    }

    Status operator()(Bytes* into) const {
        Result<Bytes> got = Bytes{};
        if (value.is_int64())
            got = Bytes{value.get_int64()};
        else if (value.is_string())
            got = parse_bytes(std::string_view(value.get_string()));
        else
            return wrong_type("a size; write bytes, or \"4MiB\"");
        if (!got) return got.error();
        if (auto good = number(got->value, [](std::int64_t n) { return written(Bytes{n}); }); !good)
            return good;
        *into = *got;
        return {};
    }

    Status operator()(Millis* into) const {
        Result<Millis> got = Millis{};
        constexpr std::int64_t kSecondsMax = 1'000'000'000;
        if (value.is_int64() && value.get_int64() <= kSecondsMax)
            got = std::chrono::seconds(value.get_int64());
        else if (value.is_string())
            got = parse_time(std::string_view(value.get_string()));
        else
            return wrong_type("a time; write seconds, or \"30s\", \"5m\"");
        if (!got) return got.error();
        if (auto good = number(got->count(), [](std::int64_t n) { return written(Millis{n}); }); !good)
            return good;
        *into = *got;
        return {};
    }

    Status operator()(agents::Cost* into) const {
        if (value.is_number()) return amount(value, into->per_call);
        const auto* table = value.if_object();
        if (table == nullptr) return wrong_type("a number per call, or a table");
        for (const auto& [name, number] : *table) {
            double* part = name == "per_call"               ? &into->per_call
                           : name == "per_1k_input_tokens"  ? &into->per_1k_input_tokens
                           : name == "per_1k_output_tokens" ? &into->per_1k_output_tokens
                                                            : nullptr;
            if (part == nullptr)
                return wrong(
                    fmt::format("there is no \"{}\" in a cost; write per_call, per_1k_input_tokens or "
                                "per_1k_output_tokens",
                                std::string_view(name)));
            if (auto good = amount(number, *part); !good) return good;
        }
        return {};
    }

    Status operator()(json::value* into) const {
        if (!value.is_string() && !value.is_object()) return wrong_type("a text or a table");
        *into = value;
        return {};
    }

    Status operator()(json::object* into) const {
        if (!value.is_object()) return wrong_type("a table; write { key = \"value\" }");
        *into = value.get_object();
        return {};
    }

    static Status amount(const json::value& from, double& into) {
        constexpr double kAmountMax = 1e9;
        const double got = from.is_number() ? from.to_number<double>() : -1;
        if (!(got >= 0 && got <= kAmountMax))
            return wrong(fmt::format("{} is not an amount; write a number, 0 or more", shown(from)));
        into = got;
        return {};
    }
};

json::array list_of(const std::string& text) {
    json::array list;
    std::size_t begin = 0;
    while (begin < text.size()) {
        auto end = text.find(',', begin);
        if (end == std::string::npos) end = text.size();
        std::string_view item = std::string_view(text).substr(begin, end - begin);
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (!item.empty()) list.emplace_back(item);
        begin = end + 1;
    }
    return list;
}

}  // namespace

Status assign(const Slot& slot, const Rules& rules, const json::value& value, const std::string& folder) {
    return std::visit(Assign{rules, value, folder}, slot);
}

json::value value_of_text(const Slot& slot, const std::string& text) {
    if (std::holds_alternative<std::vector<std::string>*>(slot)) return list_of(text);
    if (std::holds_alternative<bool*>(slot) && (text == "true" || text == "false")) return text == "true";
    if (std::holds_alternative<std::int64_t*>(slot)) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc{} && end == text.data() + text.size()) return number;
    }
    return json::value(text);
}

}  // namespace meshai::app
