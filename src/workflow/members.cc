#include "workflow/members.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/spelling.h"

namespace meshai::workflow {
namespace {

constexpr std::size_t kShownBytesMax = 64;

std::string shown(std::string_view text) {
    return std::string(utf8_prefix(text, kShownBytesMax));
}

const json::object& object_or(const json::value& value, const json::object& none) {
    const auto* object = value.if_object();
    return object ? *object : none;
}

}  // namespace

const json::object Members::kNone;

std::string member_place(std::string_view place, std::string_view member) {
    return place.empty() ? std::string(member) : fmt::format("{}.{}", place, member);
}

std::string element_place(std::string_view place, std::size_t index) {
    return fmt::format("{}[{}]", place, index);
}

void Problems::add(std::string place, std::string what) {
    if (problems_.size() < kProblemsMax)
        problems_.push_back({std::move(place), std::move(what)});
    else
        ++left_out_;
}

std::vector<Problem> Problems::take() {
    if (left_out_ > 0) problems_.push_back({{}, fmt::format("there are {} more problems", left_out_)});
    return std::move(problems_);
}

Members::Members(const json::value& value, std::string place, Problems& problems)
    : object_(object_or(value, kNone)), place_(std::move(place)), problems_(problems) {
    if (!value.is_object()) problems_.add(place_, "must be an object");
}

bool Members::is_text(std::string_view name) const {
    const auto* value = object_.if_contains(name);
    return value && value->is_string();
}

const json::value* Members::take(std::string_view name) {
    known_.emplace(name);
    return object_.if_contains(name);
}

std::string Members::text(std::string_view name, std::size_t bytes_max) {
    const auto* value = take(name);
    if (!value) return {};
    const auto* text = value->if_string();
    if (!text) {
        problem(name, "must be a text");
        return {};
    }
    if (text->size() > bytes_max)
        problem(name, fmt::format("has {} bytes, {} are the most", text->size(), bytes_max));
    return std::string(*text);
}

std::optional<std::int64_t> Members::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    if (!take(name)) return std::nullopt;
    const auto number = find_int(object_, name);
    if (number && *number >= min && *number <= max) return number;
    problem(name, fmt::format("must be a whole number from {} to {}", min, max));
    return std::nullopt;
}

std::optional<double> Members::number(std::string_view name, double min) {
    if (!take(name)) return std::nullopt;
    const auto number = find_number(object_, name);
    if (number && *number >= min) return number;
    problem(name, fmt::format("must be a number of at least {}", min));
    return std::nullopt;
}

std::optional<bool> Members::boolean(std::string_view name) {
    if (!take(name)) return std::nullopt;
    const auto is_true = find_bool(object_, name);
    if (!is_true) problem(name, "must be true or false");
    return is_true;
}

std::optional<Millis> Members::duration(std::string_view name, Millis min, Millis max) {
    const auto* value = take(name);
    if (!value) return std::nullopt;
    const auto time = duration_of(*value);
    if (!time) {
        problem(name, "is no time; write seconds, or \"500ms\", \"30s\", \"5m\", \"2h\", \"7d\"");
        return std::nullopt;
    }
    if (*time >= min && *time <= max) return time;
    problem(name, fmt::format("must lie between {} and {}", duration_text(min), duration_text(max)));
    return std::nullopt;
}

std::vector<std::string> Members::names(std::string_view name, std::size_t count_max, std::size_t bytes_max) {
    const auto* value = take(name);
    if (!value) return {};
    std::vector<std::string> names;
    const auto add = [&](const json::value& one, const std::string& at) {
        const auto* text = one.if_string();
        if (!text || text->empty() || text->size() > bytes_max)
            return problems_.add(at, fmt::format("must be a text of 1 to {} bytes", bytes_max));
        if (std::ranges::find(names, std::string_view(*text)) != names.end())
            return problems_.add(at, fmt::format("\"{}\" stands here twice", shown(*text)));
        names.emplace_back(*text);
    };
    if (value->is_string()) {
        add(*value, place(name));
        return names;
    }
    const auto* array = value->if_array();
    if (!array) {
        problem(name, "must be a list of texts");
        return {};
    }
    if (array->size() > count_max) {
        problem(name, fmt::format("has {} entries, {} are the most", array->size(), count_max));
        return {};
    }
    for (std::size_t i = 0; i < array->size(); ++i) add((*array)[i], element_place(place(name), i));
    return names;
}

json::object Members::object(std::string_view name) {
    const auto* value = take(name);
    if (!value) return {};
    if (const auto* object = value->if_object()) return *object;
    problem(name, "must be an object");
    return {};
}

void Members::needed(std::string_view name) {
    if (!has(name)) problem(name, "is missing");
}

std::optional<std::size_t> Members::index_of_word(std::string_view name,
                                                  const std::vector<std::string>& words) {
    const auto* value = take(name);
    if (!value) return std::nullopt;
    const auto* text = value->if_string();
    const std::string word = text ? std::string(*text) : std::string();
    const auto found = std::ranges::find(words, word);
    if (text && found != words.end()) return static_cast<std::size_t>(found - words.begin());
    const auto near = text ? nearest(word, words) : std::nullopt;
    problem(name, near ? fmt::format("there is no \"{}\"; did you mean \"{}\"?", shown(word), *near)
                       : fmt::format("must be one of \"{}\"", fmt::join(words, "\", \"")));
    return std::nullopt;
}

void Members::finish() {
    const std::vector<std::string> words(known_.begin(), known_.end());
    for (const auto& member : object_) {
        if (is_any_known_ || known_.contains(std::string_view(member.key()))) continue;
        const auto near = nearest(member.key(), words);
        problem(shown(member.key()),
                near ? fmt::format("is no member here; did you mean \"{}\"?", *near)
                     : fmt::format("is no member here; there are {}", fmt::join(words, ", ")));
    }
}

}  // namespace meshai::workflow
