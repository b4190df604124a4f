#include "workflow/expression.h"

#include <gtest/gtest.h>

namespace meshai::workflow {
namespace {

json::value tree(std::string_view text) {
    auto value = parse_json(text, 512);
    EXPECT_TRUE(value) << text;
    return value ? *value : json::value(nullptr);
}

json::object document() {
    return tree(R"json({
      "input": {"topic": "bridges", "files": ["a.cc", "b.cc"], "limit": 3, "empty": "", "deep": {"er": {"est": 7}},
                "people": [{"name": "Ann", "age": 41}, {"name": "Bob", "age": 7}, {"name": "Cy", "age": 41}]},
      "steps": {"draft": {"result": "A text.", "status": "completed"},
                "my-step": {"result": {"score": 0.5}, "status": "completed"}},
      "item": {"title": "one"}, "index": 2})json")
        .get_object();
}

std::string value_of(std::string_view expression) {
    const auto compiled = Expression::compile(expression);
    if (!compiled) return "compile: " + compiled.error().message;
    const auto value = compiled->evaluate(document());
    return value ? to_text(*value) : "evaluate: " + value.error().message;
}

struct ValueCase {
    std::string_view name;
    std::string_view expression;
    std::string_view value;
};

const ValueCase kValues[] = {
    {"Member", "input.topic", R"("bridges")"},
    {"InBraces", "${ input.topic }", R"("bridges")"},
    {"DeepMember", "input.deep.er.est", "7"},
    {"AbsentMember", "input.deep.no.est", "null"},
    {"MemberOfText", "input.topic.length", "null"},
    {"Whole", "input.files", R"(["a.cc","b.cc"])"},
    {"QuotedName", R"(steps."my-step".result.score)", "5E-1"},
    {"Element", "input.files[0]", R"("a.cc")"},
    {"LastElement", "input.files[-1]", R"("b.cc")"},
    {"BeyondTheEnd", "input.files[9]", "null"},
    {"Slice", "input.files[:1]", R"(["a.cc"])"},
    {"SliceBackwards", "input.files[::-1]", R"(["b.cc","a.cc"])"},
    {"HugeSlice", "input.files[-999999999:999999999:999999999]", R"(["a.cc"])"},
    {"HugeSliceBackwards", "input.files[999999999:-999999999:-999999999]", R"(["b.cc"])"},
    {"Projection", "input.people[*].name", R"(["Ann","Bob","Cy"])"},
    {"Filter", "input.people[?age > `40`].name", R"(["Ann","Cy"])"},
    {"FilterByText", "input.people[?name == 'Bob'].age | [0]", "7"},
    {"Flatten", "input.[files, files][]", R"(["a.cc","b.cc","a.cc","b.cc"])"},
    {"ObjectProjection", "steps.*.status", R"(["completed","completed"])"},
    {"Default", "input.nothing || 'none'", R"("none")"},
    {"EmptyIsFalse", "input.empty || 'none'", R"("none")"},
    {"And", "input.topic && input.limit", "3"},
    {"Not", "!input.nothing", "true"},
    {"NotOfAPath", "!input.topic == `false`", "true"},
    {"Comparison", "input.limit >= `3` && input.limit < `4`", "true"},
    {"Equality", "input.people[0].age == input.people[2].age", "true"},
    {"ListOfValues", "[input.limit, index]", "[3,2]"},
    {"ObjectOfValues", "{topic: input.topic, n: length(input.files)}", R"({"n":2,"topic":"bridges"})"},
    {"Pipe", "input.people | length(@)", "3"},
    {"Join", "join(', ', input.files)", R"("a.cc, b.cc")"},
    {"OperatorsInAnObject", "{a: input.no || 'x', b: input.limit > `1` && input.topic, c: input.files | [0]}",
     R"({"a":"x","b":"bridges","c":"a.cc"})"},
    {"OperatorsInAList", "[input.no || 'x', 'a' == 'a', !input.no]", R"(["x",true,true])"},
    {"OperatorsInAnArgument", "map(&(age > `40` || name), input.people)", R"([true,"Bob",true])"},
    {"OperatorBehindAnAmpersand", "map(&age > `40` || name, input.people)", R"([true,"Bob",true])"},
    {"SpacesEverywhere", " { a : input . files [ 0 ] , b : length ( input.files [ ? @ != 'x' ] ) } ",
     R"({"a":"a.cc","b":2})"},
    {"SortBy", "sort_by(input.people, &age)[0].name", R"("Bob")"},
    {"MaxBy", "max_by(input.people, &age).name", R"("Ann")"},
    {"MapFunction", "map(&name, input.people)", R"(["Ann","Bob","Cy"])"},
    {"Merge", "merge(input.deep, {more: `1`}, item)", R"({"er":{"est":7},"more":1,"title":"one"})"},
    {"ToText", "to_string(input.files)", R"("[\"a.cc\",\"b.cc\"]")"},
    {"ToNumber", "to_number('12')", "12"},
    {"Contains", "contains(input.files, 'b.cc')", "true"},
    {"Literal", "`{\"a\": [1, \"`", "compile: this literal is no JSON"},
    {"LiteralObject", "`{\"a\": [1, true]}`", R"({"a":[1,true]})"},
    {"RawText", "'it''s'", "compile: something follows"},
    {"RawTextWithQuote", R"('it\'s')", R"("it's")"},
    {"Big64BitNumber", "`9007199254740993`", "9007199254740993"},
    {"WrongType", "length(input.limit)", "evaluate: The expression 'length(input.limit)' does not fit"},
};

class ValueTest : public testing::TestWithParam<ValueCase> {};

TEST_P(ValueTest, GivesWhatJmespathSays) {
    const auto& [name, expression, expected] = GetParam();
    const auto value = value_of(expression);
    EXPECT_EQ(value.substr(0, expected.size()), expected) << value;
    if (!expected.starts_with("compile") && !expected.starts_with("evaluate")) EXPECT_EQ(value, expected);
}

INSTANTIATE_TEST_SUITE_P(Expression, ValueTest, testing::ValuesIn(kValues),
                         [](const auto& info) { return std::string(info.param.name); });

struct RefusedCase {
    std::string_view name;
    std::string_view expression;
    std::string_view words;
};

const RefusedCase kRefused[] = {
    {"Empty", "", "is empty"},
    {"EmptyBraces", "${ }", "is empty"},
    {"EndsTooSoon", "input.", "the name of a member is expected"},
    {"TwoValues", "input topic", "something follows"},
    {"Hyphen", "steps.my-step.result", "quoted"},
    {"HyphenBeforeDigit", "steps.step-2.result", "quoted"},
    {"SingleEquals", "input.a = 'b'", "'=='"},
    {"BareNumber", "input.n > 3", "`3`"},
    {"UnknownFunction", "lenght(input)", "did you mean 'length()'"},
    {"WrongArity", "length(input, item)", "takes one argument"},
    {"NoArguments", "not_null()", "at least one"},
    {"ExpressionWhereAValueIs", "length(&input)", "takes no '&'"},
    {"ValueWhereAnExpressionIs", "sort_by(input.a, input.b)", "wants '&'"},
    {"ComputedSeparator", "join(input.a, input.b)", "literal"},
    {"Variable", "let $x = input in $x", "no meaning"},
    {"Dollar", "$", "no meaning"},
    {"OpenText", "'abc", "no end"},
    {"OpenName", "\"abc", "no end"},
    {"OpenLiteral", "`1", "no end"},
    {"LiteralIsNoJson", "`foo`", "no JSON"},
    {"LiteralEndsInAnEscape", "`\\", "no end"},
    {"BadEscapeInName", R"("\ud800")", "no JSON string"},
    {"OpenBracket", "input[0", "']'"},
    {"OpenList", "[input", "']'"},
    {"OpenObject", "{a: input", "'}'"},
    {"EmptyObject", "{}", "name of a member"},
    {"ObjectWithoutColon", "{a}", "':'"},
    {"ListBehindAValue", "input[a, b]", "'.[a, b]'"},
    {"FourNumbers", "input[1:2:3:4]", "at most three"},
    {"StepZero", "input[::0]", "cannot be 0"},
    {"IndexTooLarge", "input[99999999999999999999]", "index"},
    {"SmallestIndex", "input[-9223372036854775808]", "index"},
    {"UnbalancedParenthesis", "(input))", "something follows"},
    {"LiteralBehindAPipe", "input | 'x'", "stands for itself"},
    {"NothingCompared", "input ==", "ends where a value"},
    {"LonelyAmpersand", "&input", "a value is expected"},
    {"NulByte", std::string_view("input\0x", 7), "no meaning"},
    {"InvalidUtf8", "input.\xff", "UTF-8"},
};

class RefusedTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedTest, SaysWhatIsWrong) {
    const auto compiled = Expression::compile(GetParam().expression);
    ASSERT_FALSE(compiled);
    EXPECT_EQ(compiled.error().code, Code::InvalidArgument);
    EXPECT_NE(compiled.error().message.find(GetParam().words), std::string::npos) << compiled.error().message;
}

INSTANTIATE_TEST_SUITE_P(Expression, RefusedTest, testing::ValuesIn(kRefused),
                         [](const auto& info) { return std::string(info.param.name); });

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

TEST(Expression, IsBoundedInLengthNestingAndNumberOfParts) {
    EXPECT_FALSE(Expression::compile("a" + repeated(".a", kExpressionBytesMax / 2)));
    EXPECT_TRUE(Expression::compile("a" + repeated(".a", kExpressionBytesMax / 2 - 1)));
    EXPECT_FALSE(Expression::compile(repeated("(", 2000) + "a" + repeated(")", 2000)));
    EXPECT_FALSE(Expression::compile(repeated("[", 2000)));
    EXPECT_FALSE(Expression::compile(repeated("{a:", 1000)));
    EXPECT_FALSE(Expression::compile("a" + repeated("[*]", kExpressionProjectionsMax + 1)));
    EXPECT_FALSE(Expression::compile("a" + repeated("[?a", 1000)));
    EXPECT_FALSE(Expression::compile("[a]" + repeated("|[@]", kExpressionSelectsMax)));
    EXPECT_TRUE(Expression::compile(repeated("!", 4000) + "a")->evaluate(document()));
    EXPECT_TRUE(Expression::compile("a" + repeated("||a", 1000))->evaluate(document()));
    EXPECT_TRUE(Expression::compile(repeated("(", 30) + "a" + repeated(")", 30))->evaluate(document()));
}

TEST(Expression, ThatDoublesItsValueAgainAndAgainIsRefusedBeforeItRuns) {
    for (const auto* doubling :
         {"|[@, @]", "|[@, @][]", "|{a: @, b: @}", "|to_string([@, @])", "|merge({a: @}, {b: @})"}) {
        const auto expression = Expression::compile("input.files" + repeated(doubling, 15));
        ASSERT_TRUE(expression) << doubling << expression.error().message;
        const auto few = Expression::compile("input.files" + repeated(doubling, 3));
        EXPECT_TRUE(few->evaluate(document())) << doubling;
        auto large = document();
        auto& files = large["input"].get_object()["files"].get_array();
        for (int i = 0; i < 1000; ++i) files.emplace_back("c.cc");
        const auto value = expression->evaluate(large);
        ASSERT_FALSE(value) << doubling;
        EXPECT_EQ(value.error().code, Code::TooLarge) << value.error().message;
    }
}

TEST(Expression, GivesNoMoreThanAMessageMayHave) {
    json::object large;
    large["input"] = {{"text", std::string(kEvaluatedBytesMax / 2, 'x')}};
    EXPECT_TRUE(Expression::compile("[input.text]")->evaluate(large));
    const auto twice = Expression::compile("[input.text, input.text, input.text]")->evaluate(large);
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, Code::TooLarge);
}

TEST(Expression, ThatOnlyNamesAValueGivesItHoweverLargeItIs) {
    json::object large;
    json::array items;
    for (int i = 0; i < 200'000; ++i) items.emplace_back(i);
    large["input"] = {{"items", std::move(items)}};
    EXPECT_EQ(Expression::compile("input.items")->evaluate(large)->get_array().size(), 200'000U);
    EXPECT_EQ(Expression::compile("length(input.items)")->evaluate(large), json::value(200'000));
}

TEST(Expression, KeepsTheOrderOfMembersThatItPassesOn) {
    json::object given;
    given["input"] = tree(R"({"z": 1, "a": 2})");
    EXPECT_EQ(to_text(*Expression::compile("input")->evaluate(given)), R"({"z":1,"a":2})");
}

std::string references_of(std::string_view expression) {
    const auto compiled = Expression::compile(expression);
    if (!compiled) return compiled.error().message;
    std::string text;
    for (const auto& reference : compiled->references())
        text += (text.empty() ? "" : " ") + path_text(reference);
    return text;
}

TEST(Expression, SaysWhatItReads) {
    EXPECT_EQ(references_of("input.files[0].name"), "input.files");
    EXPECT_EQ(references_of("steps.draft.result.title"), "steps.draft.result.title");
    EXPECT_EQ(references_of(R"(steps."my-step".result)"), R"(steps."my-step".result)");
    EXPECT_EQ(references_of("item.title || index"), "item.title index");
    EXPECT_EQ(references_of("length(input.a) > steps.b.result"), "input.a steps.b.result");
    EXPECT_EQ(references_of("{a: input.a, b: [steps.b, item]}"), "input.a steps.b item");
    EXPECT_EQ(references_of("(input).files"), "input");
    EXPECT_EQ(references_of("nothing.at.all"), "nothing");
    EXPECT_EQ(references_of("@"), "@");
    EXPECT_EQ(references_of("*.result"), "@");
    EXPECT_EQ(references_of("steps.*.result"), "steps");
    EXPECT_EQ(references_of("[*].a"), "@");
    EXPECT_EQ(references_of("!input.a"), "input.a");
}

TEST(Expression, DoesNotTakeForAReferenceWhatIsSaidOfAnotherValue) {
    EXPECT_EQ(references_of("input.people[?item == 'steps.x'].index"), "input.people");
    EXPECT_EQ(references_of("input.a | steps.b"), "input.a");
    EXPECT_EQ(references_of("sort_by(input.list, &steps.x)"), "input.list");
    EXPECT_EQ(references_of("'steps.x' == `\"item\"`"), "");
    EXPECT_EQ(references_of("input.[item, steps]"), "input");
    EXPECT_EQ(references_of("input.length(@)"), "input");
    EXPECT_EQ(references_of("input.{a: item}"), "input");
}

TEST(Expression, ReadsOnlyThePartOfTheDocumentItNames) {
    json::object large;
    json::array items;
    for (int i = 0; i < 3'000'000; ++i) items.emplace_back(nullptr);
    large["steps"] = {{"big", {{"result", std::move(items)}}}, {"small", {{"result", {1, 2}}}}};
    EXPECT_EQ(Expression::compile("length(steps.small.result)")->evaluate(large), json::value(2));
    EXPECT_EQ(Expression::compile("max(steps.*.result[0])")->evaluate(large).error().code, Code::TooLarge);
}

}  // namespace
}  // namespace meshai::workflow
