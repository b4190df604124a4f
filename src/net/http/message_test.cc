#include "net/http/message.h"

#include <gtest/gtest.h>

#include "net/http/writer.h"
#include "net/network.h"

namespace meshai::net::http {
namespace {

TEST(Headers, AreFoundWithoutCase) {
    const Headers headers{{"Content-Type", "text/plain"}};
    EXPECT_EQ(headers.get("content-TYPE"), "text/plain");
}

TEST(Headers, AFieldThatStandsTwiceHasNoSingleValue) {
    Headers headers{{"A", "1"}, {"a", "2"}};
    EXPECT_EQ(headers.get("A"), std::nullopt);
    EXPECT_EQ(headers.count("A"), 2U);
    headers.set("a", "3");
    EXPECT_EQ(headers.get("A"), "3");
}

TEST(HasToken, LooksAtWholeListItemsWithoutParameters) {
    EXPECT_TRUE(has_token("text/event-stream", "text/event-stream"));
    EXPECT_TRUE(has_token("application/json , TEXT/Event-Stream;q=0.5", "text/event-stream"));
    EXPECT_FALSE(has_token("text/event-streams", "text/event-stream"));
    EXPECT_FALSE(has_token("", "close"));
    EXPECT_TRUE(has_token(",,close,", "close"));
}

struct UrlCase {
    const char* text;
    const char* expected;  // written back; "" when refused
};

const UrlCase kUrlCases[] = {
    {"http://Agent.Example", "http://agent.example/"},
    {"http://agent.example:80/x?y=1", "http://agent.example/x?y=1"},
    {"https://agent.example:8443", "https://agent.example:8443/"},
    {"https://agent.example:443/", "https://agent.example/"},
    {"http://[::1]:8080/a", "http://[::1]:8080/a"},
    {"http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"},
    {"http://host?q", "http://host/?q"},
    {"http://host:", "http://host/"},
    {"htp://localhost", ""},
    {"localhost:80", ""},
    {"http://", ""},
    {"http:///path", ""},
    {"http://user:pass@host/", ""},
    {"http://host/#part", ""},
    {"http://host:0/", ""},
    {"http://host:65536/", ""},
    {"http://host:8x/", ""},
    {"http://host name/", ""},
    {"http://ho\rst/", ""},
    {"http://[::1/", ""},
    {"http://[zz]/", ""},
    {"http://[::1]x/", ""},
    {"http://host/\xC3\xBC", ""},
    {"http://h\\ost/", ""},
};

TEST(Url, IsReadAndWrittenBackOrRefused) {
    for (const auto& [text, expected] : kUrlCases) {
        const auto url = parse_url(text);
        EXPECT_EQ(url ? to_text(*url) : "", expected) << text;
        if (!url) EXPECT_EQ(url.error().code, Code::InvalidArgument) << text;
    }
}

TEST(Url, ARefusalSaysWhatToWrite) {
    EXPECT_EQ(parse_url("htp://localhost").error().message,
              "\"htp://localhost\" is no URL to call: scheme \"htp\" is not known; use http:// or https://.");
}

TEST(Endpoint, IsReadAndWrittenBackOrRefused) {
    for (const char* text : {"127.0.0.1:80", "[::1]:0", "localhost:65535"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_TRUE(endpoint) << text;
        EXPECT_EQ(to_text(*endpoint), text);
    }
    for (const char* text :
         {"", ":80", "localhost", "localhost:", "localhost:65536", "::1:80", "[]:1", "a b:1"})
        EXPECT_FALSE(parse_endpoint(text)) << text;
}

TEST(Date, IsWrittenAsRfc9110Says) {
    EXPECT_EQ(http_date(wall_of(784'111'777'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Field, AValueCannotBeginAFieldOfItsOwn) {
    std::string out;
    write_field(out, "Location", "a\r\nSet-Cookie: b");
    EXPECT_EQ(out, "Location: a  Set-Cookie: b\r\n");
}

}  // namespace
}  // namespace meshai::net::http
