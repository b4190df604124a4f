// URLs, endpoints and request targets: what is accepted is written back as a
// text that is accepted again and means the same.
#include <cstdint>

#include "base/json.h"
#include "net/http/message.h"
#include "net/http/target.h"
#include "net/network.h"
#include "tests/fuzz/judge.h"

using namespace meshai;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto url = net::http::parse_url(text)) {
        const auto again = net::http::parse_url(to_text(*url));
        fuzz::must(again && *again == *url, "a URL reads the same again");
        fuzz::must(url->target.starts_with('/') && url->port != 0 && !url->host.empty(), "a URL is complete");
    }
    if (const auto endpoint = net::parse_endpoint(text)) {
        const auto again = net::parse_endpoint(net::to_text(*endpoint));
        fuzz::must(again && *again == *endpoint, "an endpoint reads the same again");
    }
    if (const auto target = net::http::parse_target(text)) {
        fuzz::must(target->path.starts_with('/') && is_valid_utf8(target->path), "a path is a path");
        fuzz::must((target->path + "/").find("/../") == std::string::npos, "a path climbs nowhere");
        fuzz::must(target->path.find('\0') == std::string::npos, "a path holds no NUL");
    }
    return 0;
}
