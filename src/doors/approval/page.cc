#include "doors/approval/page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"

namespace meshai::doors {

const std::string_view kPageStyle =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#222;"
    "background:#fff}"
    "blockquote{margin:1rem 0;padding:.5rem 1rem;border-left:4px solid #888;white-space:pre-wrap;"
    "overflow-wrap:anywhere}"
    "label,legend{display:block;margin-top:1rem;font-weight:600}"
    "fieldset{border:0;margin:0;padding:0}"
    "fieldset label{font-weight:400;margin-top:.25rem}"
    "input,select{font:inherit;padding:.3rem}"
    "small{display:block;color:#555}"
    "button{font:inherit;margin:1.5rem 1rem 0 0;padding:.5rem 1.5rem}"
    ".problem{color:#a00}";

const std::string_view kPageStyleHash = "axBYcIQYKD44LBj7TJ34KRnQDrH8iQT1VBDFIkH+ly0=";

namespace {

std::string policy() {
    return fmt::format(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'",
        kPageStyleHash);
}

net::http::Response page_of(int status, std::string_view title, std::string_view body) {
    net::http::Response response{
        status,
        {{"Content-Type", "text/html; charset=utf-8"},
         {"Cache-Control", "no-store"},
         {"Content-Security-Policy", policy()},
         // The address of the page is a secret: no other site is ever told. ("no-referrer" would
         // make browsers send "Origin: null" with the form, which nobody could tell from a stranger's.)
         {"Referrer-Policy", "same-origin"},
         {"X-Content-Type-Options", "nosniff"},
         {"X-Frame-Options", "DENY"},
         {"X-Robots-Tag", "noindex, nofollow"}}};
    response.body = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{0}</title>\n<style>{1}</style>\n"
        "</head>\n<body>\n<h1>{0}</h1>\n{2}</body>\n</html>\n",
        escaped(title), kPageStyle, body);
    return response;
}

bool is_chosen(const FormField& field, const std::string& value) {
    return std::ranges::find(field.values, value) != field.values.end();
}

std::string attribute(std::string_view name, std::string_view value) {
    return fmt::format(" {}=\"{}\"", name, escaped(value));
}

template <class Number>
std::string attribute(std::string_view name, const std::optional<Number>& number) {
    return number ? fmt::format(" {}=\"{}\"", name, *number) : std::string();
}

std::string input_of(const FormField& field) {
    const bool is_number = field.kind == FieldKind::Number;
    auto html = "<input" + attribute("type", is_number ? "number" : field.input_type);
    html += attribute("id", field.input) + attribute("name", field.input);
    if (!field.values.empty()) html += attribute("value", field.values.front());
    if (is_number) html += attribute("step", field.is_whole ? "1" : "any");
    html += attribute("min", field.least) + attribute("max", field.most);
    html += attribute("minlength", field.length_min) + attribute("maxlength", field.length_max);
    html += " autocomplete=\"off\"";
    if (field.is_required) html += " required";
    return html + ">\n";
}

std::string select_of(const FormField& field) {
    auto html = "<select" + attribute("id", field.input) + attribute("name", field.input);
    html += field.is_required ? " required>\n" : ">\n";
    // Nothing is chosen for a person who did not choose.
    html += "<option value=\"\"></option>\n";
    for (const auto& choice : field.choices)
        html += fmt::format("<option{}{}>{}</option>\n", attribute("value", choice.value),
                            is_chosen(field, choice.value) ? " selected" : "", escaped(choice.title));
    return html + "</select>\n";
}

std::string boxes_of(const FormField& field) {
    std::string html;
    for (const auto& choice : field.choices)
        html += fmt::format("<label><input type=\"checkbox\"{}{}{}> {}</label>\n",
                            attribute("name", field.input), attribute("value", choice.value),
                            is_chosen(field, choice.value) ? " checked" : "", escaped(choice.title));
    return html;
}

std::string field_html(const FormField& field) {
    const auto title = escaped(field.title) + (field.is_required ? " *" : "");
    const auto about = field.about.empty() ? "" : fmt::format("<small>{}</small>\n", escaped(field.about));
    if (field.kind == FieldKind::Choices)
        return fmt::format("<fieldset>\n<legend>{}</legend>\n{}{}</fieldset>\n", title, about,
                           boxes_of(field));
    const bool is_select = field.kind == FieldKind::Choice || field.kind == FieldKind::YesNo;
    return fmt::format("<label for=\"{}\">{}</label>\n{}{}", field.input, title, about,
                       is_select ? select_of(field) : input_of(field));
}

std::string intro_of(const QuestionPage& page) {
    const auto who = page.agent.empty() ? std::string("The task") : "Agent " + page.agent;
    auto html = fmt::format("<p>{} asks, for task {}:</p>\n<blockquote dir=\"auto\">{}</blockquote>\n",
                            escaped(who), escaped(page.task), escaped(page.message));
    if (!page.url.empty())
        html += fmt::format(
            "<p>It asks you to visit this address, which this server knows nothing "
            "of:</p>\n<blockquote>{}</blockquote>\n",
            escaped(page.url));
    if (!page.expires_at.empty())
        html += fmt::format("<p>The question expires at {}.</p>\n", escaped(page.expires_at));
    if (!page.problem.empty()) html += fmt::format("<p class=\"problem\">{}</p>\n", escaped(page.problem));
    return html;
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : valid_utf8(text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                // HTML has no way to write most control characters.
                if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
        }
    }
    return out;
}

net::http::Response question_page(int status, const QuestionPage& page) {
    auto html = intro_of(page) + "<form method=\"post\">\n";
    for (const auto& field : page.fields) html += field_html(field);
    html +=
        "<button type=\"submit\" name=\"action\" value=\"accept\">Accept</button>\n"
        "<button type=\"submit\" name=\"action\" value=\"decline\" formnovalidate>Decline</button>\n"
        "</form>\n";
    return page_of(status, "A task asks you", html);
}

net::http::Response notice_page(int status, std::string_view title, std::string_view text) {
    return page_of(status, title, fmt::format("<p>{}</p>\n", escaped(text)));
}

}  // namespace meshai::doors
