// doors/route/route.h
//
// The table of everything a client can call. One row says the method, the
// path, the scope a key must have, who answers, and what the API description
// says about it; the server routes by the table and /openapi.json is made from
// it, so that neither can lie about the other. Pure, apart from the handlers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.h"

namespace meshai::doors {

struct Call;

using Handle = Async<void> (*)(Call& call);

/// A parameter in the query or the header, for the description.
struct Parameter {
    std::string_view name;
    std::string_view in;    ///< "query" or "header"
    std::string_view type;  ///< of JSON Schema
    std::string_view about;
};

/// What the API description says about a route.
struct About {
    std::string_view name;  ///< operationId
    std::string_view tag;
    std::string_view summary;
    std::string_view takes{};  ///< schema of the request body; empty: none
    int status = 200;          ///< of success
    std::string_view gives{};  ///< schema of the answer; empty: any JSON
    std::string_view media = "application/json";
    std::vector<Parameter> parameters{};
    std::vector<int> failures{};  ///< statuses beside 401, 403 and 429
};

/// Instead of a scope: open to everybody, or to every key (the handler then asks for more).
inline constexpr std::string_view kOpen = "";
inline constexpr std::string_view kAnyKey = "*";

struct Route {
    std::string_view method;
    std::string_view pattern;  ///< "/api/v1/tasks/{id}": one segment each
    std::string_view scope;    ///< that the key must have, or kOpen, or kAnyKey
    Handle handle;
    About about;
};

/// A template's values, in order.
using PathValues = std::vector<std::pair<std::string, std::string>>;

/// The values of `pattern` in `path`; nothing if it does not fit.
std::optional<PathValues> match_path(std::string_view pattern, std::string_view path);

struct Match {
    const Route* route = nullptr;  ///< null: no such path, or not with this method
    PathValues values{};
    std::string allowed{};  ///< methods of this path, as Allow lists them; empty: no such path
};

class RouteTable {
  public:
    explicit RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {}

    /// The first row that fits. HEAD is answered by the row of GET. The match
    /// points into the table, so a table that is about to end cannot be asked.
    Match find(std::string_view method, std::string_view path) const&;
    Match find(std::string_view method, std::string_view path) const&& = delete;

    const std::vector<Route>& routes() const { return routes_; }

  private:
    std::vector<Route> routes_;
};

}  // namespace meshai::doors
