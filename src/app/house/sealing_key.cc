#include "app/house/sealing_key.h"

#include <algorithm>
#include <optional>

#include "auth/keys/row.h"
#include "base/base64url.h"

namespace meshai::app {
namespace {

constexpr std::string_view kRowKey = "sealing-key";
constexpr Duration kCommitTime = std::chrono::seconds(10);

Async<Result<std::optional<Seal::Key>>> read_key(store::Engine& engine) {
    auto row = co_await engine.get(auth::system_tenant(), store::Table::Secrets, std::string(kRowKey));
    if (!row) co_return row.error();
    if (!*row) co_return std::optional<Seal::Key>{};
    const auto bytes = from_base64url((*row)->value);
    Seal::Key key{};
    if (!bytes || bytes->size() != key.size())
        co_return Error{Code::Corrupt, "The sealing key in the store is not what was written."};
    std::ranges::copy(*bytes, key.begin());
    co_return std::optional<Seal::Key>(key);
}

}  // namespace

Async<Result<Seal::Key>> sealing_key(store::Engine& engine, Clock& clock, Random& random) {
    auto known = co_await read_key(engine);
    if (!known) co_return known.error();
    if (*known) co_return **known;

    Seal::Key fresh{};
    random.fill(fresh);
    store::Unit unit;
    unit.tenant = auth::system_tenant();
    unit.puts.push_back({store::Table::Secrets, std::string(kRowKey), 0,
                         to_base64url({reinterpret_cast<const char*>(fresh.data()), fresh.size()})});
    auto stored = co_await engine.commit(std::move(unit), clock.in(kCommitTime));
    if (stored) co_return fresh;
    // Another server may have been first, or it is not known what happened: what stands there counts.
    known = co_await read_key(engine);
    if (known && *known) co_return **known;
    co_return stored.error();
}

}  // namespace meshai::app
