#include "workflow/grammar.h"

#include <fmt/format.h>

#include <algorithm>

#include "workflow/cost.h"
#include "workflow/functions.h"
#include "workflow/lexer.h"

namespace meshai::workflow::detail {
namespace {

/// What a node of the expression is applied to: the document, or a value found in it.
enum class Scope { Document, Value };

/// Of the members that are named one after the other from the document on.
Reference reference_of(std::vector<std::string> names) {
    using Root = Reference::Root;
    const auto first = names.front();
    names.erase(names.begin());
    if (first == "input") return {Root::Input, {}, std::move(names)};
    if (first == "item") return {Root::Item, {}, std::move(names)};
    if (first == "index") return {Root::Index, {}, std::move(names)};
    if (first != "steps") return {Root::Unknown, first, {}};
    if (names.empty()) return {Root::Steps, {}, {}};
    const auto step = names.front();
    names.erase(names.begin());
    return {Root::Step, step, std::move(names)};
}

/// Recursive descent. Every function gives the cost of what it read; after an error all give nothing.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text), lexer_(text) {}

    Result<Grammar> read() {
        next();
        const auto cost = pipe(Scope::Document);
        if (!error_ && token_.kind != Token::Kind::End) refuse("something follows the expression");
        if (error_) return *error_;
        return Grammar{cost, std::move(references_),
                       is_chain_ ? std::move(chain_) : std::vector<std::string>{}, std::move(normal_)};
    }

  private:
    using Kind = Token::Kind;

    // pipe := or ('|' or)*, and so on down to what binds closest.

    Cost pipe(Scope scope) {
        const Deeper deeper(*this);
        if (error_) return {};
        auto cost = either(scope);
        while (take(Kind::Pipe)) {
            is_chain_ = false;
            // The library cannot, and nobody needs it: what is before the '|' would not be read.
            if (token_.kind == Kind::Literal)
                refuse("a literal stands for itself, without anything before '|'");
            cost = behind(cost, either(Scope::Value));
        }
        return cost;
    }

    Cost either(Scope scope) {
        auto cost = both(scope);
        while (take(Kind::Or)) {
            is_chain_ = false;
            cost = beside(cost, both(scope));
        }
        return cost;
    }

    Cost both(Scope scope) {
        auto cost = compared(scope);
        while (take(Kind::And)) {
            is_chain_ = false;
            cost = beside(cost, compared(scope));
        }
        return cost;
    }

    Cost compared(Scope scope) {
        auto cost = negated(scope);
        if (!take(Kind::Compare)) return cost;
        is_chain_ = false;
        const auto other = negated(scope);
        return {1, plus(plus(cost.work, other.work), plus(cost.growth, other.growth))};
    }

    Cost negated(Scope scope) {
        bool is_negated = false;
        while (take(Kind::Not)) is_negated = true;
        if (is_negated) is_chain_ = false;
        const auto cost = path(scope);
        return is_negated ? Cost{1, plus(cost.work, 1)} : cost;
    }

    /// A first part and all that is said of what it gives.
    Cost path(Scope scope) {
        Names names;
        auto cost = first(scope, names);
        while (!error_) {
            if (take(Kind::Dot)) {
                cost = behind(cost, member(names));
            } else if (token_.kind == Kind::Bracket) {
                note(scope, names);
                cost = behind(cost, bracket(Scope::Value, AfterValue::Yes));
            } else {
                break;
            }
        }
        note(scope, names);
        return cost;
    }

    /// The members that are named one after the other from the beginning of a path.
    struct Names {
        std::vector<std::string> names;
        bool is_open = false;  ///< the next member belongs to them
    };

    Cost first(Scope scope, Names& names) {
        switch (token_.kind) {
            case Kind::Name:
            case Kind::Quoted: {
                const auto name = take_any();
                if (name.kind == Kind::Name && token_.kind == Kind::Paren) return function(name, scope);
                if (scope == Scope::Document) names = {{name.text}, true};
                return {};
            }
            case Kind::Current:
                next();
                is_chain_ = false;
                if (scope == Scope::Document) references_.push_back({});
                return {};
            case Kind::Star:
                next();
                is_chain_ = false;
                if (scope == Scope::Document) references_.push_back({});
                return projection();
            case Kind::Literal:
                is_chain_ = false;
                return {1 + take_any().text.size() / kUnitBytes, 1};
            case Kind::Paren: {
                next();
                is_chain_ = false;
                const auto cost = pipe(scope);
                expect(Kind::ParenEnd, "')'");
                return cost;
            }
            case Kind::Brace:
                return object(scope);
            case Kind::Bracket:
                return bracket(scope, AfterValue::No);
            default:
                break;
        }
        if (token_.kind == Kind::Number) refuse("a number is written as a literal: `3`");
        refuse(token_.kind == Kind::End ? "it ends where a value is expected" : "a value is expected");
        return {};
    }

    /// What stands behind a dot.
    Cost member(Names& names) {
        switch (token_.kind) {
            case Kind::Name:
            case Kind::Quoted: {
                const auto name = take_any();
                if (name.kind == Kind::Name && token_.kind == Kind::Paren) {
                    names.is_open = false;
                    return function(name, Scope::Value);
                }
                if (names.is_open) names.names.push_back(name.text);
                return {};
            }
            case Kind::Star:
                next();
                names.is_open = is_chain_ = false;
                return projection();
            case Kind::Brace:
                names.is_open = false;
                return object(Scope::Value);
            case Kind::Bracket:
                names.is_open = is_chain_ = false;
                next();
                return list(Scope::Value);
            default:
                refuse("the name of a member is expected after '.'");
                return {};
        }
    }

    Cost projection() {
        if (++projections_ > kExpressionProjectionsMax)
            refuse(fmt::format("more than {} projections", kExpressionProjectionsMax));
        return {1, 2};
    }

    enum class AfterValue { Yes, No };

    /// [0], [1:2:3], [*], [], [?…], and where no value stands before it, [a, b].
    Cost bracket(Scope scope, AfterValue after) {
        is_chain_ = false;
        next();
        // What has no value before it is about the document itself.
        const auto about_all = [&] {
            if (scope == Scope::Document) references_.push_back({});
        };
        if (token_.kind == Kind::Number || token_.kind == Kind::Colon) {
            about_all();
            return index();
        }
        if (take(Kind::BracketEnd)) {
            about_all();
            return projection();
        }
        if (take(Kind::Question)) {
            about_all();
            const auto test = pipe(Scope::Value);
            expect(Kind::BracketEnd, "']'");
            return {1, plus(projection().work, test.work)};
        }
        if (token_.kind == Kind::Star && lexer_.is_next_a(']')) {
            next();
            next();
            about_all();
            return projection();
        }
        if (after == AfterValue::Yes) {
            refuse(
                "an index, a slice, '*' or a filter is expected within '[…]'; a list of values is '.[a, b]'");
            return {};
        }
        return list(scope);
    }

    /// 3 or 1:2:3, behind the bracket.
    Cost index() {
        int colons = 0;
        for (; token_.kind == Kind::Number || token_.kind == Kind::Colon; next()) {
            if (token_.kind == Kind::Colon) ++colons;
            if (colons > 2) refuse("a slice has at most three numbers");
            if (token_.kind == Kind::Number && colons == 2 && token_.number == 0)
                refuse("the step of a slice cannot be 0");
        }
        expect(Kind::BracketEnd, "']'");
        return colons == 0 ? Cost{} : projection();
    }

    /// a, b], behind the bracket.
    Cost list(Scope scope) {
        count_select();
        Cost cost;
        do {
            cost = beside(cost, part(scope));
        } while (!error_ && take(Kind::Comma));
        expect(Kind::BracketEnd, "']'");
        return cost;
    }

    /// {a: b, c: d}
    Cost object(Scope scope) {
        count_select();
        next();
        Cost cost;
        do {
            if (token_.kind != Kind::Name && token_.kind != Kind::Quoted) {
                refuse("the name of a member is expected");
                break;
            }
            cost = beside(cost, {1 + take_any().text.size() / kUnitBytes, 0});
            expect(Kind::Colon, "':'");
            cost = beside(cost, part(scope));
        } while (!error_ && take(Kind::Comma));
        expect(Kind::BraceEnd, "'}'");
        return cost;
    }

    /// A part of a list, an object or a call: for the library it is put in parentheses.
    Cost part(Scope scope) {
        normal_ += '(';
        const auto cost = pipe(scope);
        normal_ += ')';
        return cost;
    }

    void count_select() {
        is_chain_ = false;
        if (++selects_ > kExpressionSelectsMax)
            refuse(fmt::format("more than {} lists and objects of values", kExpressionSelectsMax));
    }

    Cost function(const Token& name, Scope scope) {
        is_chain_ = false;
        const auto* known = function_of(name.text);
        if (!known) refuse_at(name.at, unknown_function(name.text));
        next();
        Cost cost{0, 1};
        Cost each;
        std::uint64_t repeated = 1;  // what join() puts between its items
        std::size_t given = 0;
        if (token_.kind != Kind::ParenEnd) do {
                if (given > kExpressionSelectsMax) break;
                const bool is_reference = take(Kind::Ampersand);
                if (!error_ && is_reference != known->takes_expression(given)) {
                    refuse(is_reference ? fmt::format("{}() takes no '&' here", name.text)
                                        : fmt::format("{}() wants '&' and an expression here", name.text));
                    break;
                }
                if (known && known->repeats_first && given == 0) {
                    if (token_.kind != Kind::Literal)
                        refuse("the first argument of join() is a literal, like ', '");
                    repeated += 1 + token_.text.size() / kUnitBytes;
                }
                if (is_reference)
                    each = part(Scope::Value);
                else
                    cost = beside(cost, part(scope));
                ++given;
            } while (!error_ && take(Kind::Comma));
        if (!error_ && !known->is_arity(given))
            refuse_at(name.at, fmt::format("{}() takes {}", name.text, known->arity_text()));
        expect(Kind::ParenEnd, "')'");
        return error_ ? Cost{} : called(*known, {times(cost.growth, repeated), cost.work}, each);
    }

    void note(Scope scope, Names& names) {
        if (scope != Scope::Document || names.names.empty()) return;
        if (is_chain_) chain_ = names.names;
        references_.push_back(reference_of(std::move(names.names)));
        names = {};
    }

    // Tokens and errors.

    struct Deeper {
        explicit Deeper(Reader& reader) : reader_(reader) {
            if (++reader_.depth_ > kExpressionNestingMax)
                reader_.refuse(fmt::format("nested deeper than {} levels", kExpressionNestingMax));
        }
        ~Deeper() { --reader_.depth_; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;
        Reader& reader_;
    };

    void next() {
        normal_ += text_.substr(token_.at, token_.end - token_.at);
        auto token = lexer_.next();
        if (!token) {
            if (!error_) error_ = token.error();
            token_ = Token{};
            return;
        }
        token_ = std::move(*token);
    }
    Token take_any() {
        auto token = token_;
        next();
        return token;
    }
    bool take(Kind kind) {
        if (error_ || token_.kind != kind) return false;
        next();
        return true;
    }
    void expect(Kind kind, std::string_view what) {
        if (!take(kind)) refuse(fmt::format("{} is expected", what));
    }
    void refuse(std::string_view what) { refuse_at(token_.at, what); }
    void refuse_at(std::size_t at, std::string_view what) {
        if (error_) return;
        error_ = lexer_.error(at, what);
        token_ = Token{};
    }

    const std::string_view text_;
    Lexer lexer_;
    Token token_;
    std::string normal_;
    std::optional<Error> error_;
    std::size_t depth_ = 0;
    std::size_t projections_ = 0;
    std::size_t selects_ = 0;
    std::vector<Reference> references_;
    std::vector<std::string> chain_;
    bool is_chain_ = true;
};

}  // namespace

Result<Grammar> read_grammar(std::string_view text) {
    return Reader(text).read();
}

}  // namespace meshai::workflow::detail
