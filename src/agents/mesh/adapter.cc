#include "agents/mesh/adapter.h"

#include "agents/address.h"
#include "agents/mesh/farewell.h"
#include "agents/mesh/follow.h"

namespace meshai::agents::mesh {
namespace {

class MeshAdapter final : public Adapter {
  public:
    MeshAdapter(Remote remote, Tools tools) : remote_(std::move(remote)), tools_(tools) {}

    Async<Ending> run(Call call, Sink& sink) override {
        const auto ex = co_await this_executor();
        if (!farewells_) farewells_.emplace(ex, tools_);
        Follow follow(remote_, tools_, std::move(call), sink);
        auto ending = co_await follow.run();
        if (const auto id = follow.abandoned())
            farewells_->say(remote_.spec.name, cancellation(remote_, *id, tools_.clock.in(kFarewellTime)));
        co_return ending;
    }

    Async<Status> probe(MonoTime deadline) override {
        auto health = net::http::parse_url(remote_.spec.health_url);
        auto url = health ? std::move(*health) : with_path(remote_.url, "/livez");
        co_return co_await ask_health(remote_.spec, std::move(url), tools_, deadline, false);
    }

  private:
    Remote remote_;
    Tools tools_;
    std::optional<Farewells> farewells_{};  // made on the executor of the first run
};

}  // namespace

Result<std::unique_ptr<Adapter>> make_adapter(Spec spec, Tools tools) {
    auto url = net::http::parse_url(spec.url);
    if (!url) return Error{Code::Configuration, "url: " + url.error().message};
    Remote remote{
        .spec = std::move(spec), .url = std::move(*url), .limits = tools.limits, .tracing = tools.tracing};
    return std::unique_ptr<Adapter>(std::make_unique<MeshAdapter>(std::move(remote), tools));
}

}  // namespace meshai::agents::mesh
