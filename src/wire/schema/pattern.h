// wire/schema/pattern.h
//
// A regular expression of JSON Schema: ECMA-262 with the meaning of its `u`
// flag, so one code point is one character. It is read here strictly, written
// anew for Boost.Regex, and matched there under a meter, because backtracking
// can take exponential time. Immutable; any thread.
//
// Not offered, and refused with a sentence: \p{...}, \k<name>.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/schema/meter.h"

namespace meshai::wire::schema {

inline constexpr std::size_t kPatternBytesMax = 1024;
inline constexpr std::size_t kPatternGroupsMax = 64;
inline constexpr unsigned kPatternRepeatMax = 65'535;

class Pattern {
  public:
    static Result<Pattern> compile(std::string_view ecma);

    /// True if the pattern matches anywhere in `text`. Throws TooMuchWork.
    bool is_in(std::string_view text, Meter& meter) const;

    const std::string& text() const { return text_; }

  private:
    struct Compiled;
    Pattern(std::string text, std::shared_ptr<const Compiled> compiled)
        : text_(std::move(text)), compiled_(std::move(compiled)) {}

    std::string text_;
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace meshai::wire::schema
