#include "wire/schema/pattern.h"

#include <fmt/format.h>

#include <boost/regex.hpp>
#include <iterator>
#include <utility>

#include "wire/schema/characters.h"
#include "wire/schema/ecma_pattern.h"

namespace meshai::wire::schema {
namespace {

/// Walks over the text and charges the meter for every look at it. Boost.Regex
/// has a bound of its own, but it grows with the squares of pattern and text.
class MeteredPosition {
  public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = wchar_t;
    using difference_type = std::ptrdiff_t;
    using pointer = const wchar_t*;
    using reference = const wchar_t&;

    MeteredPosition() = default;
    MeteredPosition(const wchar_t* at, Meter& meter) : at_(at), meter_(&meter) {}

    reference operator*() const { return meter_->charge(1), *at_; }
    MeteredPosition& operator++() { return ++at_, *this; }
    MeteredPosition operator++(int) { return std::exchange(*this, MeteredPosition(at_ + 1, *meter_)); }
    MeteredPosition& operator--() { return --at_, *this; }
    MeteredPosition operator--(int) { return std::exchange(*this, MeteredPosition(at_ - 1, *meter_)); }
    friend bool operator==(MeteredPosition a, MeteredPosition b) {
        // A state that reads no character still asks whether the text is at its end.
        if (a.meter_ != nullptr) a.meter_->charge(1);
        return a.at_ == b.at_;
    }

  private:
    const wchar_t* at_ = nullptr;
    Meter* meter_ = nullptr;
};

/// What building the states of a match costs besides looking at the text.
constexpr std::uint64_t kSearchWork = 16;

}  // namespace

struct Pattern::Compiled {
    boost::basic_regex<wchar_t> regex;
};

Result<Pattern> Pattern::compile(std::string_view ecma) {
    if (ecma.size() > kPatternBytesMax)
        return Error{Code::InvalidArgument,
                     fmt::format("A pattern is longer than {} bytes.", kPatternBytesMax)};
    const auto wrong = [ecma](std::string_view why) {
        return Error{Code::InvalidArgument, fmt::format("The pattern '{}' {}.", ecma, why)};
    };
    const auto syntax = boost_syntax(ecma);
    if (!syntax) return wrong(syntax.error().message);
    auto compiled = std::make_shared<Compiled>();
    try {
        compiled->regex.assign(*syntax, boost::regex_constants::perl);
    } catch (const boost::regex_error& error) {
        return Error{Code::InvalidArgument, fmt::format("The pattern '{}' cannot be used.", ecma),
                     error.what()};
    }
    return Pattern(std::string(ecma), std::move(compiled));
}

bool Pattern::is_in(std::string_view text, Meter& meter) const {
    meter.charge(kSearchWork + text.size() / 8);
    const auto points = code_points(text);
    const MeteredPosition first(points.data(), meter);
    const MeteredPosition last(points.data() + points.size(), meter);
    try {
        return boost::regex_search(first, last, compiled_->regex, boost::regex_constants::match_any);
    } catch (const boost::regex_error&) {
        throw TooMuchWork();  // its own bounds of states and of memory
    }
}

}  // namespace meshai::wire::schema
