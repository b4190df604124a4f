// A definition and a document, both from outside, divided by the first zero
// byte: whatever they hold, reading, checking and filling in end, a definition
// that is read is read again as the same, and what is said of it is short and
// valid UTF-8. What is no JSON is tried as an expression instead.
#include <cstdint>

#include "tests/fuzz/judge.h"
#include "workflow/check.h"
#include "workflow/compile.h"
#include "workflow/definition.h"
#include "workflow/expression.h"
#include "workflow/graph.h"

using namespace meshai;

namespace {

constexpr std::size_t kSentenceBytesMax = 16 * 1024;

void judge(const Error& error) {
    fuzz::must(error.code == Code::InvalidArgument || error.code == Code::TooLarge,
               "what is wrong is the caller's");
    fuzz::must(is_valid_utf8(error.message), "a sentence is valid UTF-8");
    fuzz::must(error.message.size() <= kSentenceBytesMax, "a sentence is short");
}

void judge(const std::vector<workflow::Problem>& problems) {
    fuzz::must(problems.size() <= workflow::kProblemsMax + 1, "problems are bounded");
    if (!problems.empty()) judge(workflow::to_error(problems));
}

void evaluate(std::string_view text, const json::object& document) {
    const auto expression = workflow::Expression::compile(text);
    if (!expression) return judge(expression.error());
    for (const auto& reference : expression->references())
        fuzz::must(!path_text(reference).empty(), "a reference has a name");
    const auto value = expression->evaluate(document);
    if (!value) return judge(value.error());
    const auto again = expression->evaluate(document);
    fuzz::must(again && *again == *value, "the same expression gives the same again");
}

void fill(const json::value& value, const json::object& document) {
    const auto made = workflow::Template::compile(value);
    if (!made) return judge(made.error());
    const auto filled = made->evaluate(document);
    if (!filled) judge(filled.error());
    const auto safe = workflow::Template::compile(workflow::escaped(value));
    fuzz::must(safe.has_value(), "what is escaped can be read");
    const auto same = safe->evaluate(document);
    fuzz::must(!same || *same == value, "what is escaped is given back as it is");
}

void define(const json::value& value, const json::object& document) {
    const auto definition = workflow::read(value);
    if (!definition) return judge(definition.error());
    const auto again = workflow::read(json::value(to_json(*definition)));
    fuzz::must(again && *again == *definition, "the normal form is the same definition");
    judge(workflow::check(*definition, {}));
    const auto* input = document.if_contains("input");
    judge(workflow::check(*definition, {}, input ? *input : json::value(nullptr)));
    workflow::Percent percent(*definition);
    for (const auto& place : workflow::flattened(*definition)) percent.settled(place.path);
    fuzz::must(percent.now() == 100, "all settled is the whole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto cut = std::min(text.find('\0'), text.size());
    const auto given = parse_json_object(cut == text.size() ? "{}" : text.substr(cut + 1));
    const json::object document = given ? *given : json::object{};
    const auto value = parse_json(text.substr(0, cut));
    if (!value) {
        evaluate(text.substr(0, cut), document);
        return 0;
    }
    define(*value, document);
    fill(*value, document);
    if (const auto* body = value->if_object())
        if (const auto family = workflow::from_family(*body); !family) judge(family.error());
    if (const auto list = workflow::to_list(*value); !list) judge(list.error());
    if (const auto list = workflow::to_list(json::value(text)); !list) judge(list.error());
    return 0;
}
