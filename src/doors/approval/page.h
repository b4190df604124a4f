// doors/approval/page.h
//
// The pages behind a signed link, as plain HTML: no script, nothing loaded from
// anywhere, nothing kept by the browser, never inside a frame. Whatever an agent
// wrote stands there as text. Pure.
#pragma once

#include <string>
#include <string_view>

#include "doors/approval/form.h"
#include "net/http/message.h"

namespace meshai::doors {

/// What the page of a question shows.
struct QuestionPage {
    std::string task{};
    std::string agent{};       ///< may be empty
    std::string message{};     ///< of whoever asks
    std::string url{};         ///< that the person is to visit, as text; empty: none
    std::string expires_at{};  ///< empty: with the task
    std::string problem{};     ///< with what was sent before; empty: none
    std::vector<FormField> fields{};
};

net::http::Response question_page(int status, const QuestionPage& page);

/// A page that only says something.
net::http::Response notice_page(int status, std::string_view title, std::string_view text);

/// Text as it may stand in HTML, also within quotes.
std::string escaped(std::string_view text);

/// The style of every page. The policy of the pages names it by its SHA-256, so
/// that no other can be slipped in.
extern const std::string_view kPageStyle;
extern const std::string_view kPageStyleHash;

}  // namespace meshai::doors
