#include "doors/approval/approval.h"

#include <fmt/format.h>

#include <charconv>

#include "doors/approval/link.h"
#include "doors/approval/page.h"
#include "doors/mcp/desk.h"
#include "doors/mcp/tasks/shown.h"
#include "doors/rest/input_answer.h"

namespace meshai::doors {
namespace {

constexpr int kOk = 200;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kGone = 410;
constexpr int kTooLarge = 413;
constexpr int kUnsupported = 415;
constexpr int kUnprocessable = 422;
constexpr int kTooMany = 429;

struct Opened {
    ApprovalLink link;
    task::View view;
};

Async<void> say(Call& call, int status, std::string_view title, std::string_view text) {
    co_await answer(call, notice_page(status, title, text));
}

// A link that is none is a wrong key of its kind. What else is unknown (the task
// is past its retention) looks the same from outside.
Async<void> say_unknown(Call& call, Error error) {
    const auto refusal = call.house.gate.refuse_wrong(call.http.head(), std::move(error));
    if (refusal.error.code != Code::RateLimited)
        co_return co_await say(call, kNotFound, "Not found",
                               "This link is not valid. It may have been cut when it was copied.");
    auto page = notice_page(kTooMany, "Too many tries",
                            "Too many wrong links came from your address. Try again in some minutes.");
    if (const auto wait = refusal.headers.get("Retry-After"))
        page.headers.add("Retry-After", std::string(*wait));
    co_await answer(call, std::move(page));
}

Async<void> say_closed(Call& call, const NotTaken& why) {
    if (why.outcome == "answered")
        co_return co_await say(call, why.status, "Answered already",
                               "This question has been answered already. Nothing was changed.");
    if (why.outcome == "expired")
        co_return co_await say(call, kGone, "Expired",
                               "This question has expired; the task went on without an answer.");
    if (why.outcome == "finished")
        co_return co_await say(call, why.status, "The task is over",
                               "The task has ended and takes no answers any more.");
    co_await say(call, why.status == kUnprocessable ? kNotFound : why.status, "No answer is possible",
                 why.error.message);
}

// The question that the link is for, while it can be answered. When nothing comes
// back, a page has been given.
Async<std::optional<Opened>> open(Call& call) {
    auto link = open_link(call.house.mcp.seal(), call.path_value("token"));
    if (!link) {
        co_await say_unknown(call, link.error());
        co_return std::nullopt;
    }
    auto view = co_await call.house.tasks.view(link->tenant, link->task);
    if (!view) {
        const bool is_gone = view.error().code == Code::NotFound || view.error().code == Code::Gone;
        if (is_gone)
            co_await say(call, kGone, "Gone", "The task of this link is not kept any more.");
        else
            co_await say(call, status_of(view.error().code), "Try again later", view.error().message);
        co_return std::nullopt;
    }
    const auto now = call.house.clock.wall();
    if (auto why = closed(*view, link->key, now)) {
        co_await say_closed(call, *why);
        co_return std::nullopt;
    }
    if (link->until <= now) {
        co_await say(call, kGone, "Expired", "This link has expired.");
        co_return std::nullopt;
    }
    co_return Opened{std::move(*link), std::move(*view)};
}

wire::mcp::Question question_of(const Opened& opened) {
    return mcp::question_from(opened.view.inquiries.at(opened.link.key).question);
}

bool is_for_a_person(const wire::mcp::Question& question) {
    return std::holds_alternative<wire::mcp::FormQuestion>(question) ||
           std::holds_alternative<wire::mcp::UrlQuestion>(question);
}

QuestionPage page_of(const Opened& opened, const wire::mcp::Question& question) {
    QuestionPage page;
    page.task = opened.link.task.value;
    page.agent = opened.view.agent_name;
    const auto& expires_at = opened.view.inquiries.at(opened.link.key).expires_at;
    if (expires_at) page.expires_at = rfc3339(*expires_at);
    if (const auto* form = std::get_if<wire::mcp::FormQuestion>(&question)) {
        page.message = form->message;
        page.fields = fields_of(form->schema);
    } else if (const auto* visit = std::get_if<wire::mcp::UrlQuestion>(&question)) {
        page.message = visit->message;
        page.url = visit->url;
    }
    return page;
}

Async<void> get_approval(Call& call) {
    auto opened = co_await open(call);
    if (!opened) co_return;
    const auto question = question_of(*opened);
    if (!is_for_a_person(question))
        co_return co_await say(
            call, kOk, "For a program",
            "This question is for a program, not for a person; it cannot be answered here.");
    co_await answer(call, question_page(kOk, page_of(*opened, question)));
}

std::string_view authority_of(std::string_view origin) {
    const auto at = origin.find("://");
    return at == std::string_view::npos ? std::string_view() : origin.substr(at + 3);
}

// The form comes from our own page: whoever knows the link could answer anyway,
// but a page that has caught it somehow must not make a visitor do it. Browsers
// say where a form comes from; a program that says nothing has the link itself.
bool is_from_here(const Call& call) {
    const auto site = call.header("Sec-Fetch-Site");
    if (site && *site != "same-origin") return false;
    const auto origin = call.header("Origin");
    if (!origin) return call.http.head().headers.count("Origin") == 0;
    const auto authority = authority_of(*origin);
    const auto own = authority_of(call.house.identity.public_url);
    return !authority.empty() &&
           (authority == call.header("Host").value_or("") || authority == own.substr(0, own.find('/')));
}

bool is_form(const Call& call) {
    const auto type = call.header("Content-Type").value_or("");
    return net::http::has_token(type.substr(0, type.find(';')), "application/x-www-form-urlencoded");
}

bool is_too_long(const Call& call) {
    const auto text = call.header("Content-Length");
    if (!text) return false;
    std::size_t length = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), length);
    return read.ec != std::errc{} || length > kApprovalBodyBytesMax;
}

// What the browser sent. When nothing comes back, a page has been given.
Async<std::optional<FormValues>> sent_form(Call& call) {
    int status = 0;
    std::string why;
    FormValues values;
    if (!is_from_here(call)) {
        status = kForbidden;
        why = "The form did not come from this page.";
    } else if (!is_form(call)) {
        status = kUnsupported;
        why = "The form must be sent as application/x-www-form-urlencoded.";
    } else if (is_too_long(call)) {
        status = kTooLarge;
        why = "The answer is too long.";
    } else {
        const auto body = co_await call.http.body();
        auto parsed = body ? parse_form(*body) : Result<FormValues>(body.error());
        if (body && body->size() > kApprovalBodyBytesMax) {
            status = kTooLarge;
            why = "The answer is too long.";
        } else if (!parsed) {
            status = status_of(parsed.error().code);
            why = parsed.error().message;
        } else {
            values = std::move(*parsed);
        }
    }
    if (status == 0) co_return values;
    co_await say(call, status, "Not taken", why);
    co_return std::nullopt;
}

json::object answer_in(const FormValues& values, const QuestionPage& page,
                       const wire::mcp::Question& question) {
    json::object said;
    said["action"] = value_of(values, "action");
    if (said["action"] == "accept" && std::holds_alternative<wire::mcp::FormQuestion>(question))
        said["content"] = content_of(page.fields, values);
    return said;
}

Async<void> post_approval(Call& call) {
    auto opened = co_await open(call);
    if (!opened) co_return;
    auto values = co_await sent_form(call);
    if (!values) co_return;
    const auto question = question_of(*opened);
    auto page = page_of(*opened, question);
    const auto said = answer_in(*values, page, question);
    const bool accepts = said.at("action") == "accept";
    if (!is_for_a_person(question) || (!accepts && said.at("action") != "decline"))
        co_return co_await say(call, kUnprocessable, "Not taken", "Use one of the buttons of the page.");

    // Who holds the link may answer: that they were shown it was the permission.
    task::Caller caller{opened->link.tenant, answers_as(opened->link), true};
    Said all;
    all.emplace(opened->link.key, said);
    auto taken = co_await give_answers(call.house, std::move(caller), opened->link.task, std::move(all));
    if (taken)
        co_return co_await say(call, kOk, accepts ? "Accepted" : "Declined",
                               "Your answer is stored; the task goes on. You can close this page.");
    if (taken.error().outcome != "invalid") co_return co_await say_closed(call, taken.error());
    page.problem = taken.error().error.message;
    page.fields = refilled(std::move(page.fields), *values);
    co_await answer(call, question_page(kUnprocessable, page));
}

}  // namespace

std::vector<Route> approval_routes() {
    return {{"GET",
             "/approve/{token}",
             kOpen,
             get_approval,
             {.name = "showApproval",
              .tag = "approval",
              .summary = "The page of a signed link: one question of a task",
              .media = "text/html"}},
            {"POST",
             "/approve/{token}",
             kOpen,
             post_approval,
             {.name = "giveApproval",
              .tag = "approval",
              .summary = "Answer by a signed link, as the form of its page does",
              .media = "text/html"}}};
}

}  // namespace meshai::doors
