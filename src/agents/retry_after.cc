#include "agents/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace meshai::agents {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<unsigned> number(std::string_view digits) {
    unsigned value = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stop, failure] = std::from_chars(digits.data(), end, value);
    if (failure != std::errc{} || stop != end || digits.empty()) return std::nullopt;
    return value;
}

// RFC 9110 5.6.7, IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT". The two older
// forms are obsolete for senders; a peer that uses them is not understood.
std::optional<WallTime> parse_date(std::string_view text) {
    constexpr std::string_view kShape = "Sun, 06 Nov 1994 08:49:37 GMT";
    if (text.size() != kShape.size() || !text.ends_with(" GMT")) return std::nullopt;
    const auto month = std::ranges::find(kMonths, text.substr(8, 3));
    const auto day = number(text.substr(5, 2));
    const auto year = number(text.substr(12, 4));
    const auto hour = number(text.substr(17, 2));
    const auto minute = number(text.substr(20, 2));
    const auto second = number(text.substr(23, 2));
    if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{static_cast<int>(*year)},
        std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1}, std::chrono::day{*day}};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           std::chrono::seconds{*second};
}

}  // namespace

std::optional<Millis> parse_retry_after(std::string_view value, WallTime now) {
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    constexpr std::size_t kDigitsMax = 9;
    if (!value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
        if (value.size() > kDigitsMax) return kRetryAfterMax;
        return std::min<Millis>(std::chrono::seconds{*number(value)}, kRetryAfterMax);
    }
    const auto date = parse_date(value);
    if (!date) return std::nullopt;
    return std::clamp<Millis>(*date - now, Millis{0}, kRetryAfterMax);
}

}  // namespace meshai::agents
