#include "workflow/definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "workflow/words.h"

namespace meshai::workflow {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t ms;
};
// Largest first, so that the shortest exact form is found first.
constexpr std::array kUnits = {Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                               Unit{"s", 1'000}, Unit{"ms", 1}};

/// Far beyond all that is allowed anywhere, and far from an overflow.
constexpr double kSecondsMax = 1e12;

std::optional<Millis> duration_of_text(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || number < 0) return std::nullopt;
    const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const auto& known : kUnits) {
        std::int64_t ms = 0;
        if (known.name == unit && !__builtin_mul_overflow(number, known.ms, &ms)) return Millis{ms};
    }
    return std::nullopt;
}

}  // namespace

std::string to_text(const Problem& problem) {
    return problem.place.empty() ? problem.what : fmt::format("{}: {}", problem.place, problem.what);
}

Error to_error(std::span<const Problem> problems) {
    std::string words;
    for (std::size_t i = 0; i < std::min(problems.size(), kProblemsInWords); ++i)
        words += (i == 0 ? "" : "; ") + to_text(problems[i]);
    if (problems.size() > kProblemsInWords)
        words += fmt::format("; and {} more", problems.size() - kProblemsInWords);
    const auto count = problems.size() == 1 ? "a problem" : fmt::format("{} problems", problems.size());
    return Error{Code::InvalidArgument, fmt::format("The workflow has {}: {}.", count, words)};
}

std::string_view type_name(const Work& work) {
    return kTypes[work.index()];
}

std::string_view name_of(Strategy strategy) {
    return word_of(strategy, kStrategies);
}

std::optional<Strategy> strategy_of(std::string_view name) {
    for (const auto& known : kStrategies)
        if (known.word == name) return known.value;
    return std::nullopt;
}

std::vector<const Step*> children(const Step& step) {
    std::vector<const Step*> below;
    const auto add = [&below](const std::vector<Step>& steps) {
        for (const auto& inner : steps) below.push_back(&inner);
    };
    if (const auto* parallel = std::get_if<Parallel>(&step.work)) add(parallel->steps);
    if (const auto* map = std::get_if<Map>(&step.work)) add(map->step);
    if (const auto* condition = std::get_if<Condition>(&step.work)) {
        add(condition->then);
        add(condition->else_);
    }
    return below;
}

bool is_id(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= kIdBytesMax && std::ranges::all_of(text, fits);
}

std::optional<Millis> duration_of(const json::value& value) {
    if (const auto* text = value.if_string())
        return duration_of_text(std::string_view(text->data(), text->size()));
    if (!value.is_number()) return std::nullopt;
    const auto seconds = value.to_number<double>();
    if (!(seconds >= 0) || seconds > kSecondsMax) return std::nullopt;
    return Millis{std::llround(seconds * 1000)};
}

std::string duration_text(Millis time) {
    for (const auto& unit : kUnits)
        if (time.count() != 0 && time.count() % unit.ms == 0)
            return fmt::format("{}{}", time.count() / unit.ms, unit.name);
    return "0s";
}

}  // namespace meshai::workflow
