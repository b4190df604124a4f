#include "tests/world/fake_agent.h"

namespace meshai::tests {

class FakeAgent::Adapter final : public agents::Adapter {
  public:
    Adapter(FakeAgent& agent, Clock& clock, AccessOf access_of)
        : agent_(agent), clock_(clock), access_of_(std::move(access_of)) {}

    Async<agents::Ending> run(agents::Call call, agents::Sink& sink) override {
        Presence here(agent_);
        Signal news(co_await this_executor(), clock_);
        agent_.waiting_.push_back(news);
        agent_.accesses_.push_back(access_of_ ? access_of_(call) : std::nullopt);
        agent_.calls_.push_back(std::move(call));
        const auto deadline = agent_.calls_.back().deadline;
        for (;;) {
            while (agent_.deeds_.empty()) {
                const auto woken = co_await news.wait_until(deadline);
                if (woken != Wake::Notified) {
                    ++agent_.calls_cancelled_;
                    co_return failure(woken == Wake::Deadline ? Code::Timeout : Code::Cancelled);
                }
            }
            auto deed = std::move(agent_.deeds_.front());
            agent_.deeds_.pop_front();
            if (auto* finish = std::get_if<Finish>(&deed))
                co_return agents::Answer{std::move(finish->result), task::Usage{7, 11, 0}};
            if (auto* wrong = std::get_if<agents::Failure>(&deed))
                co_return std::unexpected(std::move(*wrong));
            auto told = co_await tell(std::move(deed), sink);
            if (!told) co_return failure(told.error().code);
        }
    }

    Async<Status> probe(MonoTime) override { co_return Status{}; }

  private:
    struct Presence {
        explicit Presence(FakeAgent& the_agent) : agent(the_agent) { ++agent.calls_now_; }
        ~Presence() { --agent.calls_now_; }
        FakeAgent& agent;
    };

    Async<Status> tell(Deed deed, agents::Sink& sink) {
        if (auto* ask = std::get_if<Ask>(&deed)) {
            auto answers = co_await sink.ask(std::move(ask->questions), ask->expires_at);
            if (!answers && answers.error().code == Code::Timeout) co_return Status{};
            if (!answers) co_return answers.error();
            agent_.answers_.push_back(std::move(*answers));
            co_return Status{};
        }
        if (auto* progress = std::get_if<task::Progress>(&deed))
            co_return co_await sink.progress(std::move(*progress));
        co_return co_await sink.output(std::get<std::string>(std::move(deed)));
    }

    static agents::Ending failure(Code code) {
        return std::unexpected(agents::Failure{.error = {code, "The call was ended from outside."}});
    }

    FakeAgent& agent_;
    Clock& clock_;
    AccessOf access_of_;
};

void FakeAgent::says(std::string message) {
    does(task::Progress{.message = std::move(message)});
}

void FakeAgent::says(std::string message, double percent) {
    does(task::Progress{.message = std::move(message), .percent = percent});
}

void FakeAgent::writes(std::string text) {
    does(std::move(text));
}

void FakeAgent::finishes(json::value result) {
    does(Finish{std::move(result)});
}

void FakeAgent::fails(agents::Failure failure) {
    does(std::move(failure));
}

void FakeAgent::asks(const std::vector<std::string>& keys, std::optional<WallTime> expires_at) {
    json::object schema{{"type", "object"},
                        {"properties", {{"name", {{"type", "string"}}}}},
                        {"required", json::array{"name"}}};
    agents::Questions questions;
    for (const auto& key : keys)
        questions[key] = {{"method", "elicitation/create"},
                          {"params", {{"message", "What is your name?"}, {"requestedSchema", schema}}}};
    asks(std::move(questions), expires_at);
}

void FakeAgent::asks(agents::Questions questions, std::optional<WallTime> expires_at) {
    does(Ask{std::move(questions), expires_at});
}

void FakeAgent::does(Deed deed) {
    deeds_.push_back(std::move(deed));
    for (auto& bell : waiting_) bell.notify();
}

std::unique_ptr<agents::Adapter> FakeAgent::adapter(Clock& clock, AccessOf access_of) {
    return std::make_unique<Adapter>(*this, clock, std::move(access_of));
}

void FakeAgent::forgets() {
    deeds_.clear();
    waiting_.clear();
}

}  // namespace meshai::tests
