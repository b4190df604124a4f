// workflow/jmespath.h
//
// JMESPath behind a plain interface: jsoncons, whose headers are seen by
// jmespath.cc alone. Texts come here after grammar.h has read them, values after
// their size was looked at. Private to this room; immutable; any thread.
#pragma once

#include <memory>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "workflow/grammar.h"

namespace meshai::workflow::detail {

/// Values, and one more for each 64 bytes of text: what an evaluation may have to walk through.
std::uint64_t size_of(const json::value& value);

class Jmespath {
  public:
    virtual ~Jmespath() = default;

    static Result<std::unique_ptr<const Jmespath>> build(const std::string& text);

    /// At most `bytes_max` of JSON come out; TooLarge otherwise.
    virtual Result<json::value> evaluate(const json::object& document, std::size_t bytes_max) const = 0;
};

/// What an Expression holds.
class Compiled {
  public:
    Compiled(std::string text, Grammar grammar, std::unique_ptr<const Jmespath> engine)
        : text_(std::move(text)), grammar_(std::move(grammar)), engine_(std::move(engine)) {}

    const std::string& text() const { return text_; }
    const Grammar& grammar() const { return grammar_; }
    const Jmespath* engine() const { return engine_.get(); }  ///< none where the grammar has a chain

  private:
    const std::string text_;
    const Grammar grammar_;
    const std::unique_ptr<const Jmespath> engine_;
};

}  // namespace meshai::workflow::detail
