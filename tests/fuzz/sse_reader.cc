// Bytes of an event stream: the same messages however they are cut, and never
// more memory than the bound.
#include <cstdint>

#include "net/sse/reader.h"
#include "tests/fuzz/judge.h"

using namespace meshai;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kBound = 256;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    net::sse::Reader whole(kBound);
    const auto expected = whole.feed(bytes);
    net::sse::Reader cut(kBound);
    std::vector<net::sse::Message> got;
    for (std::size_t at = 0, step = 1; at < size; at += step, step = step % 7 + 1) {
        for (auto& message : cut.feed(bytes.substr(at, step))) got.push_back(std::move(message));
        fuzz::must(cut.unfinished_bytes() <= kBound, "the bound holds");
    }
    fuzz::must(got == expected, "the messages are the same however the bytes are cut");
    fuzz::must(whole.has_failed() == cut.has_failed(), "so is the failure");
    return 0;
}
