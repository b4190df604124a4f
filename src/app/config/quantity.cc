#include "app/config/quantity.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <span>

namespace meshai::app {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t size;
};

// Largest first, so that the shortest exact form is found first.
constexpr std::array kTimes = {Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                               Unit{"s", 1'000}, Unit{"ms", 1}};
constexpr std::array kSizes = {Unit{"GiB", 1LL << 30}, Unit{"MiB", 1LL << 20}, Unit{"KiB", 1LL << 10},
                               Unit{"B", 1}};

std::optional<std::int64_t> parse(std::string_view text, std::span<const Unit> units, std::int64_t bare) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return std::nullopt;
    auto name = text.substr(static_cast<std::size_t>(end - text.data()));
    while (name.starts_with(' ')) name.remove_prefix(1);
    std::int64_t size = name.empty() ? bare : 0;
    for (const auto& unit : units)
        if (unit.name == name) size = unit.size;
    std::int64_t product = 0;
    if (size == 0 || __builtin_mul_overflow(number, size, &product)) return std::nullopt;
    return product;
}

std::string print(std::int64_t amount, std::span<const Unit> units) {
    for (const auto& unit : units)
        if (amount != 0 && amount % unit.size == 0) return fmt::format("{}{}", amount / unit.size, unit.name);
    return "0";
}

}  // namespace

Result<Millis> parse_time(std::string_view text) {
    if (const auto ms = parse(text, kTimes, 1'000)) return Millis{*ms};
    return Error{
        Code::Configuration,
        fmt::format("\"{}\" is not a time; write seconds, or \"500ms\", \"30s\", \"5m\", \"2h\", \"7d\"",
                    text)};
}

Result<Bytes> parse_bytes(std::string_view text) {
    if (const auto bytes = parse(text, kSizes, 1)) return Bytes{*bytes};
    return Error{Code::Configuration,
                 fmt::format("\"{}\" is not a size; write bytes, or \"64KiB\", \"4MiB\", \"1GiB\"", text)};
}

std::string written(Millis time) {
    return print(time.count(), kTimes);
}

std::string written(Bytes size) {
    return print(size.value, std::span(kSizes).first(3)) == "0" && size.value != 0
               ? std::to_string(size.value)
               : print(size.value, std::span(kSizes).first(3));
}

}  // namespace meshai::app
