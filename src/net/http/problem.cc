#include <fmt/format.h>

#include "base/json.h"
#include "net/http/server.h"

namespace meshai::net::http {

Response problem(int status, std::string_view code, std::string_view detail) {
    // RFC 9457 3.1: "about:blank" says that the status code tells the kind of
    // problem, and `title` is then its phrase. `error`, `message` and `success`
    // are for readers of the family's older bodies.
    json::object body;
    body["type"] = "about:blank";
    body["title"] = reason_phrase(status);
    body["status"] = status;
    body["detail"] = valid_utf8(detail);
    body["code"] = code;
    body["error"] = reason_phrase(status);
    body["message"] = valid_utf8(detail);
    body["success"] = false;
    Response response{status,
                      {{"Content-Type", "application/problem+json"}},
                      meshai::to_text(json::value(std::move(body)))};
    if (status == 401) response.headers.add("WWW-Authenticate", "Bearer");
    return response;
}

}  // namespace meshai::net::http
