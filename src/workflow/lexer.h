// workflow/lexer.h
//
// The words of an expression: names, quoted names, literals, numbers and
// punctuation, with the byte at which each begins. Literals are read here, so
// that what stands in a quotation is never taken for grammar. Private to this
// room; pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace meshai::workflow::detail {

/// An index of a list beyond this is refused: no list here is that long.
inline constexpr std::int64_t kIndexMax = 1'000'000'000;

struct Token {
    enum class Kind {
        End,
        Name,     ///< text
        Quoted,   ///< "text", without its escapes
        Literal,  ///< `…` and '…': text as written
        Number,
        Dot,
        Comma,
        Colon,
        Star,
        Current,    ///< @
        Ampersand,  ///< &
        Question,
        Pipe,
        Or,
        And,
        Not,
        Compare,  ///< == != < <= > >=
        Paren,
        ParenEnd,
        Bracket,
        BracketEnd,
        Brace,
        BraceEnd,
    };
    Kind kind = Kind::End;
    std::size_t at = 0;
    std::string text{};
    std::int64_t number = 0;
    std::size_t end = 0;  ///< the byte behind it
};

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    /// InvalidArgument for what is no word; after the last one, End for ever.
    Result<Token> next();

    /// Whether the next word begins with this character.
    bool is_next_a(char wanted) const;

    /// "… at byte 17 of 'steps.dra ft'".
    Error error(std::size_t at, std::string_view what) const;

  private:
    Result<Token> word();
    Result<Token> quoted(std::size_t from);
    Result<Token> raw(std::size_t from);
    Result<Token> literal(std::size_t from);
    Result<Token> number(std::size_t from);
    Token name(std::size_t from);
    Result<Token> punctuation(std::size_t from);
    /// The place of the closing `quote`, past every escaped one; npos if there is none.
    std::size_t closing(std::size_t from, char quote) const;

    std::string_view text_;
    std::size_t at_ = 0;
    Token::Kind last_ = Token::Kind::End;
};

/// Where the expression ends that begins at `from`, behind "${": the place of its `}`, or npos. Braces and
/// quotes within it are its own.
std::size_t end_of_hole(std::string_view text, std::size_t from);

}  // namespace meshai::workflow::detail
