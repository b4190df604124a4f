#include "doors/approval/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

namespace meshai::doors {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string sha256_base64(std::string_view text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EXPECT_EQ(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr), 1);
    unsigned char written[2 * EVP_MAX_MD_SIZE];
    const int length = EVP_EncodeBlock(written, digest, static_cast<int>(size));
    return {reinterpret_cast<const char*>(written), static_cast<std::size_t>(length)};
}

QuestionPage asking() {
    QuestionPage page;
    page.task = "t_1";
    page.agent = "writer";
    page.message = "Delete it?";
    return page;
}

TEST(ApprovalPage, LoadsNothingAndIsKeptNowhere) {
    const auto page = question_page(200, asking());
    const auto field = [&](std::string_view name) {
        return std::string(page.headers.get(name).value_or(""));
    };
    EXPECT_EQ(field("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(field("Cache-Control"), "no-store");
    EXPECT_EQ(field("Referrer-Policy"), "same-origin");
    EXPECT_EQ(field("X-Frame-Options"), "DENY");
    EXPECT_THAT(field("Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(field("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
    for (const auto* word : {"<script", "src=", "href=", "http:", "https:", "style=", "onclick"})
        EXPECT_THAT(page.body, Not(HasSubstr(word))) << word;
}

TEST(ApprovalPage, ItsStyleIsTheOneThatItsPolicyNames) {
    EXPECT_EQ(kPageStyleHash, sha256_base64(kPageStyle));
    EXPECT_THAT(notice_page(404, "No", "No.").body,
                HasSubstr("<style>" + std::string(kPageStyle) + "</style>"));
}

TEST(ApprovalPage, WhatAnAgentWroteIsTextEverywhere) {
    const std::string evil = "\"><script>alert('x')</script><img src=x onerror=y>&amp;\x01";
    auto page = asking();
    page.task = page.agent = page.message = page.url = page.expires_at = page.problem = evil;
    for (const auto kind :
         {FieldKind::Text, FieldKind::Number, FieldKind::YesNo, FieldKind::Choice, FieldKind::Choices}) {
        FormField field;
        field.kind = kind;
        field.name = field.title = field.about = field.input_type = evil;
        field.input = "f0";
        field.values = {evil};
        field.choices = {{evil, evil}};
        page.fields.push_back(field);
    }
    for (const auto& html : {question_page(200, page).body, notice_page(200, evil, evil).body}) {
        EXPECT_THAT(html, Not(HasSubstr("<script")));
        EXPECT_THAT(html, Not(HasSubstr("<img")));
        EXPECT_THAT(html, Not(HasSubstr("alert('x')")));
        EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
        EXPECT_EQ(html.find('\x01'), std::string::npos);
    }
}

TEST(ApprovalPage, HasAFieldForWhatIsAsked) {
    auto page = asking();
    page.fields = fields_of(json::parse(R"json({
      "required": ["name"],
      "properties": {"name": {"type": "string", "maxLength": 9, "default": "Ann"},
                     "age": {"type": "integer", "minimum": 1},
                     "sure": {"type": "boolean", "default": true},
                     "colours": {"type": "array", "items": {"enum": ["red", "blue"]}, "default": ["red"]}}
    })json")
                                .as_object());
    const auto html = question_page(200, page).body;
    EXPECT_THAT(html, HasSubstr(R"(<label for="f0">name *</label>)"));
    EXPECT_THAT(
        html,
        HasSubstr(
            R"(<input type="text" id="f0" name="f0" value="Ann" maxlength="9" autocomplete="off" required>)"));
    EXPECT_THAT(html,
                HasSubstr(R"(<input type="number" id="f1" name="f1" step="1" min="1" autocomplete="off">)"));
    EXPECT_THAT(html, HasSubstr(R"(<option value="true" selected>Yes</option>)"));
    EXPECT_THAT(html, HasSubstr(R"(<input type="checkbox" name="f3" value="red" checked> red)"));
    EXPECT_THAT(html, HasSubstr(R"(value="decline" formnovalidate>Decline</button>)"));
    EXPECT_THAT(html, HasSubstr("Agent writer asks, for task t_1:"));
}

}  // namespace
}  // namespace meshai::doors
