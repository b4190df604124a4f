// JSON from outside: what is read is written back as a text that is read again,
// and reads the same unless it holds fractions or more digits than 64 bits have
// (Boost 1.81 may round those in the last place, each time anew).
#include "base/json.h"

#include <algorithm>
#include <cstdint>

#include "tests/fuzz/judge.h"

using namespace meshai;

namespace {

bool has_double(const json::value& value) {
    if (const auto* object = value.if_object())
        return std::any_of(object->begin(), object->end(),
                           [](const auto& member) { return has_double(member.value()); });
    if (const auto* array = value.if_array()) return std::any_of(array->begin(), array->end(), has_double);
    return value.is_double();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    fuzz::must(is_valid_utf8(valid_utf8(text)), "repaired text is UTF-8");
    fuzz::must(!is_valid_utf8(text) || is_valid_utf8(utf8_prefix(text, size / 2)),
               "a prefix of UTF-8 is UTF-8");
    const auto value = parse_json(text);
    if (!value) return 0;
    fuzz::must(is_valid_utf8(text), "only UTF-8 is read");
    const auto written = to_text(*value);
    fuzz::must(written.find('\n') == std::string::npos, "it is one line");
    const auto again = parse_json(written);
    fuzz::must(again.has_value(), "it can be read again");
    if (!has_double(*value)) fuzz::must(to_text(*again) == written, "it reads the same again");
    return 0;
}
