// Expressions that nobody would write, made at random from the grammar: each is
// read, and evaluating it over any document gives a value or an error of the
// caller's, twice the same, and never a complaint of the library about itself.
#include <gtest/gtest.h>

#include <random>

#include "workflow/expression.h"

namespace meshai::workflow {
namespace {

class Writer {
  public:
    explicit Writer(unsigned seed) : random_(seed) {}

    std::string expression(int depth) {
        switch (depth <= 0 ? 0 : below(9)) {
            case 0:
                return path(depth);
            case 1:
                return expression(depth - 1) + pick({" || ", " && "}) + expression(depth - 1);
            case 2:
                return path(depth) + pick({" == ", " != ", " < ", " <= ", " > ", " >= "}) + path(depth);
            case 3:
                return "!" + path(depth);
            case 4:
                return "(" + expression(depth - 1) + ")";
            case 5:
                return expression(depth - 1) + " | " + path_from_name(depth);
            default:
                return path(depth);
        }
    }

    json::value value(int depth) {
        switch (below(depth <= 0 ? 6U : 9U)) {
            case 0:
                return nullptr;
            case 1:
                return below(2) == 0;
            case 2:
                return static_cast<std::int64_t>(below(7)) - 3;
            case 3:
                return 0.5 * below(5);
            case 4:
                return json::value(pick({"", "a", "b", "\"\\\n", "é"}));
            case 5:
                return json::array{};
            case 6:
                return json::object{};
            case 7: {
                json::array array;
                for (auto n = below(4); n > 0; --n) array.push_back(value(depth - 1));
                return array;
            }
            default: {
                json::object object;
                for (auto n = below(4); n > 0; --n)
                    object[pick({"a", "b", "c-d", "result"})] = value(depth - 1);
                return object;
            }
        }
    }

  private:
    unsigned below(unsigned bound) { return random_() % bound; }
    std::string pick(std::initializer_list<std::string_view> words) {
        return std::string(words.begin()[below(static_cast<unsigned>(words.size()))]);
    }
    std::string name() {
        return pick({"a", "b", "result", "input", "steps", "item", "\"c-d\"", "\"\\u00e9\""});
    }
    std::string literal() {
        return pick({"`1`", "`-0.5`", "`null`", "`\"x\"`", "`[1, \"a\", null]`", "`{\"a\": [true]}`", "'a'",
                     "''", R"('it\'s')", "`[]`"});
    }

    std::string path(int depth) { return (below(6) == 0 ? literal() : first(depth)) + rest(depth); }
    std::string path_from_name(int depth) { return first(depth) + rest(depth); }

    std::string first(int depth) {
        switch (depth <= 0 ? below(2) : below(8)) {
            case 0:
            case 1:
            case 2:
                return name();
            case 3:
                return pick({"@", "*"});
            case 4:
                return call(depth - 1);
            case 5:
                return "[" + expression(depth - 1) + ", " + expression(depth - 1) + "]";
            case 6:
                return "{x: " + expression(depth - 1) + ", \"y z\": " + expression(depth - 1) + "}";
            default:
                return pick({"[0]", "[*]", "[]", "[::-1]"});
        }
    }

    std::string rest(int depth) {
        std::string text;
        for (auto n = below(3); n > 0; --n) switch (below(8)) {
                case 0:
                    text += pick({"[0]", "[-1]", "[*]", "[]", "[1:]", "[::-2]", "[-3:9:2]"});
                    break;
                case 1:
                    text += depth > 0 ? "[?" + expression(depth - 1) + "]" : std::string(".*");
                    break;
                case 2:
                    text += depth > 0 ? ".[" + expression(depth - 1) + "]" : std::string(".a");
                    break;
                case 3:
                    text += depth > 0 ? "." + call(depth - 1) : std::string(".b");
                    break;
                default:
                    text += "." + name();
            }
        return text;
    }

    std::string call(int depth) {
        const auto one = [&] { return expression(depth); };
        switch (below(5)) {
            case 0:
                return pick({"abs", "avg", "ceil", "floor", "keys", "length", "max", "min", "reverse", "sort",
                             "sum", "to_array", "to_number", "to_string", "type", "values"}) +
                       "(" + one() + ")";
            case 1:
                return pick({"contains", "starts_with", "ends_with"}) + "(" + one() + ", " + one() + ")";
            case 2:
                return pick({"sort_by", "max_by", "min_by"}) + "(" + one() + ", &" + one() + ")";
            case 3:
                return pick({"map(&", "map(&"}) + one() + ", " + one() + ")";
            default:
                return pick({"merge", "not_null"}) + "(" + one() + ", " + one() + ", " + one() + ")";
        }
    }

    std::mt19937 random_;
};

TEST(ExpressionProperty, WhateverTheGrammarAllowsIsReadAndEvaluated) {
    std::size_t values = 0;
    std::size_t refused = 0;
    for (unsigned seed = 1; seed <= 3000; ++seed) {
        Writer writer(seed);
        const auto text = writer.expression(4);
        const auto expression = Expression::compile(text);
        if (!expression) {
            const auto& message = expression.error().message;
            const bool is_bound = message.find("more than") != std::string::npos ||
                                  message.find("are the most") != std::string::npos ||
                                  message.find("nested deeper") != std::string::npos;
            EXPECT_TRUE(is_bound) << "seed " << seed << ": " << message;
            ++refused;
            continue;
        }
        json::object document{
            {"input", writer.value(4)}, {"steps", writer.value(4)}, {"item", writer.value(3)}};
        const auto value = expression->evaluate(document);
        const auto again = expression->evaluate(document);
        ASSERT_EQ(value.has_value(), again.has_value()) << "seed " << seed << ": " << text;
        if (value) {
            EXPECT_EQ(*value, *again) << text;
            ++values;
        } else {
            const auto& message = value.error().message;
            const bool is_ours =
                message.find("does not fit") != std::string::npos || value.error().code == Code::TooLarge;
            EXPECT_TRUE(is_ours) << "seed " << seed << ": " << message << "\n" << text;
        }
    }
    EXPECT_GT(values, 1000U);
    EXPECT_LT(refused, 1000U);
}

}  // namespace
}  // namespace meshai::workflow
