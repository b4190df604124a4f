#include "doors/toolbox/changes.h"

#include <fmt/format.h>

namespace meshai::doors {
namespace {

class RegisteredWatch;

}  // namespace

struct Changes::State {
    std::mutex mutex{};
    std::set<RegisteredWatch*> watches{};
};

namespace {

// What a watch has heard is guarded by the mutex of the state, as the list of watches is.
class RegisteredWatch final : public Changes::Watch {
  public:
    RegisteredWatch(std::mutex& mutex, std::shared_ptr<void> state, std::set<RegisteredWatch*>& watches,
                    TenantId the_tenant, Signal signal)
        : state_(std::move(state)),
          mutex_(mutex),
          watches_(watches),
          tenant_(std::move(the_tenant)),
          signal_(std::move(signal)) {
        std::lock_guard lock(mutex_);
        watches_.insert(this);
    }
    ~RegisteredWatch() override {
        std::lock_guard lock(mutex_);
        watches_.erase(this);
    }
    RegisteredWatch(const RegisteredWatch&) = delete;
    RegisteredWatch& operator=(const RegisteredWatch&) = delete;

    News take() override {
        std::lock_guard lock(mutex_);
        return std::exchange(heard_, {});
    }

    Status add_uri(std::string uri) override {
        std::lock_guard lock(mutex_);
        if (uris_.size() >= kWatchedUrisMax && !uris_.contains(uri))
            return Error{Code::ResourceExhausted,
                         fmt::format("At most {} resources can be subscribed to at once.", kWatchedUrisMax)};
        uris_.insert(std::move(uri));
        return {};
    }

    void remove_uri(const std::string& uri) override {
        std::lock_guard lock(mutex_);
        uris_.erase(uri);
        heard_.uris.erase(uri);
    }

    // The caller holds the mutex.
    void hear(bool News::* kind) {
        heard_.*kind = true;
        signal_.notify();
    }
    void hear(const TenantId& tenant, const std::string& uri) {
        if (!tenant.empty() && tenant != tenant_) return;
        if (!uris_.contains(uri)) return;
        heard_.uris.insert(uri);
        signal_.notify();
    }

  private:
    std::shared_ptr<void> state_;
    std::mutex& mutex_;
    std::set<RegisteredWatch*>& watches_;
    TenantId tenant_;
    Signal signal_;
    std::set<std::string> uris_{};
    News heard_{};
};

void tell(std::mutex& mutex, std::set<RegisteredWatch*>& watches, bool News::* kind) {
    std::lock_guard lock(mutex);
    for (auto* watch : watches) watch->hear(kind);
}

}  // namespace

std::shared_ptr<Changes::State> Changes::make_state() {
    return std::make_shared<State>();
}

void Changes::fire_tools() {
    tell(state_->mutex, state_->watches, &News::tools);
}

void Changes::fire_prompts() {
    tell(state_->mutex, state_->watches, &News::prompts);
}

void Changes::fire_resources() {
    tell(state_->mutex, state_->watches, &News::resources);
}

void Changes::fire_resource(const TenantId& tenant, const std::string& uri) {
    std::lock_guard lock(state_->mutex);
    for (auto* watch : state_->watches) watch->hear(tenant, uri);
}

std::unique_ptr<Changes::Watch> Changes::watch(TenantId tenant, Signal signal) {
    return std::make_unique<RegisteredWatch>(state_->mutex, state_, state_->watches, std::move(tenant),
                                             std::move(signal));
}

}  // namespace meshai::doors
