#include <charconv>

#include "workflow/definition.h"

namespace meshai::workflow {
namespace {

/// Reads a text from its beginning; after the first thing that does not fit it is wrong for ever.
class Digits {
  public:
    explicit Digits(std::string_view text) : text_(text) {}

    int number(std::size_t digits, int min, int max) {
        int value = 0;
        if (text_.size() < digits) return fail();
        const auto [end, failed] = std::from_chars(text_.data(), text_.data() + digits, value);
        if (failed != std::errc{} || end != text_.data() + digits || text_.front() == '-') return fail();
        text_.remove_prefix(digits);
        return value < min || value > max ? fail() : value;
    }
    bool is_next(char c) {
        if (text_.empty() || (text_.front() | 0x20) != (c | 0x20)) return false;
        text_.remove_prefix(1);
        return true;
    }
    void must(char c) {
        if (!is_next(c)) fail();
    }
    /// Milliseconds of a fraction of any length.
    int fraction() {
        int ms = 0;
        int scale = 100;
        std::size_t digits = 0;
        for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
             text_.remove_prefix(1), ++digits) {
            ms += (text_.front() - '0') * scale;
            scale /= 10;
        }
        return digits == 0 ? fail() : ms;
    }
    bool is_fine() const { return is_fine_ && text_.empty(); }

  private:
    int fail() {
        is_fine_ = false;
        return 0;
    }

    std::string_view text_;
    bool is_fine_ = true;
};

}  // namespace

// RFC 3339 5.6. A leap second (":60") is the second after it, as everywhere in POSIX time.
std::optional<WallTime> time_of(std::string_view text) {
    using namespace std::chrono;
    Digits digits(text);
    const auto y = year{digits.number(4, 0, 9999)};
    digits.must('-');
    const auto m = month{static_cast<unsigned>(digits.number(2, 1, 12))};
    digits.must('-');
    const auto d = day{static_cast<unsigned>(digits.number(2, 1, 31))};
    digits.must('t');
    const auto h = hours{digits.number(2, 0, 23)};
    digits.must(':');
    const auto min = minutes{digits.number(2, 0, 59)};
    digits.must(':');
    const auto s = seconds{digits.number(2, 0, 60)};
    const auto ms = milliseconds{digits.is_next('.') ? digits.fraction() : 0};
    minutes offset{0};
    if (!digits.is_next('z')) {
        const bool is_west = digits.is_next('-');
        if (!is_west) digits.must('+');
        offset = hours{digits.number(2, 0, 23)};
        digits.must(':');
        offset += minutes{digits.number(2, 0, 59)};
        if (is_west) offset = -offset;
    }
    const year_month_day date{y, m, d};
    if (!digits.is_fine() || !date.ok()) return std::nullopt;
    return WallTime{sys_days{date}.time_since_epoch() + h + min + s + ms - offset};
}

}  // namespace meshai::workflow
