// A schema and an instance, both from outside, divided by the first zero byte:
// whatever they hold, the check ends, says the same twice, and what it says is
// short and valid UTF-8. Work, memory and time are bounded by the fuzzer.
#include "wire/schema/schema.h"

#include <cstdint>

#include "tests/fuzz/judge.h"

using namespace meshai;
using wire::schema::Schema;

namespace {

constexpr std::size_t kSentenceBytesMax = 8 * 1024;

void judge(const Status& status) {
    if (status) return;
    fuzz::must(status.error().code == Code::InvalidArgument, "what is wrong is an invalid argument");
    fuzz::must(is_valid_utf8(status.error().message), "a sentence is valid UTF-8");
    fuzz::must(status.error().message.size() <= kSentenceBytesMax, "a sentence is short");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto cut = text.find('\0');
    const auto schema_tree = parse_json(text.substr(0, cut));
    if (!schema_tree) return 0;
    const auto schema = Schema::compile(*schema_tree);
    if (!schema) return judge(schema.error()), 0;

    // Without a second text the schema is judged by itself.
    auto instance = parse_json(cut == std::string_view::npos ? text : text.substr(cut + 1));
    if (!instance) return 0;
    const auto status = schema->check(*instance);
    judge(status);
    const auto again = schema->check(*instance);
    fuzz::must(status.has_value() == again.has_value(), "a check is repeatable");
    fuzz::must(status || status.error() == again.error(), "it says the same again");
    return 0;
}
