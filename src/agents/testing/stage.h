// agents/testing/stage.h
//
// One adapter on a stage: a fake agent on a network in memory, programs that
// are made up, a clock that stands still, and a sink that remembers. One
// thread, no real time.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "agents/adapter.h"
#include "agents/process/fake_launcher.h"
#include "agents/testing/peer.h"
#include "agents/testing/sink.h"

namespace meshai::agents {

class Stage {
  public:
    explicit Stage(Kind kind) {
        spec.id.value = "a1";
        spec.name = "writer";
        spec.kind = kind;
        spec.capabilities = {"text_generation"};
        if (kind == Kind::Command)
            spec.argv = {"program"};
        else
            spec.url = "http://agent.example";
        call.task.value = "t_1";
        call.request.input = "Write a poem";
    }

    // Everybody leaves the stage while it still stands.
    ~Stage() {
        if (scope) scope->cancel();
        loop.scope.cancel();
        loop.settle();
        http.reset();
        loop.settle();
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// Runs the call to its ending, however much time that takes.
    Ending run() {
        begin();
        auto* ending = &kept_->ending;
        loop.settle();
        for (int waits = 0; !*ending && waits < 10'000 && loop.clock.next_alarm() != kNever; ++waits)
            loop.passes(loop.clock.next_alarm() - loop.clock.now());
        if (!*ending) throw std::runtime_error("the run never ended");
        return **ending;
    }

    /// Starts the call and lets happen what can without time passing.
    void begin() {
        auto made = make_adapter(spec, tools());
        if (!made) throw std::runtime_error(made.error().message);
        adapter = std::move(*made);
        kept_ = std::make_shared<Kept>();
        scope.emplace(loop.ex(), loop.clock, loop.log);
        scope->spawn("run", keep(*adapter, call, sink, kept_));
        loop.settle();
    }

    /// The executor closes the scope of the run.
    void cancel() {
        scope->cancel();
        loop.settle();
    }

    const std::optional<Ending>& ending() const { return kept_->ending; }

    Status probe() {
        auto made = make_adapter(spec, tools());
        adapter = std::move(*made);
        return loop.run(adapter->probe(loop.clock.in(std::chrono::seconds(5))));
    }

    Tools tools() {
        return Tools{.http = *http,
                     .processes = &programs,
                     .clock = loop.clock,
                     .random = loop.random,
                     .log = loop.log,
                     .limits = limits,
                     .tracing = tracing,
                     .delegate_access = delegate_access};
    }

    TestLoop loop;
    net::MemoryNetwork network{loop.clock};
    std::unique_ptr<net::client::Client> http =
        std::make_unique<net::client::Client>(loop.ex(), network, loop.clock, loop.log);
    FakeLauncher programs{loop.ex(), loop.clock};
    FakePeer peer{loop, network, {"agent.example", 80}};
    RecordingSink sink;
    Limits limits{};
    wire::trace::Tracing tracing{};
    decltype(Tools::delegate_access) delegate_access{};
    Spec spec;
    Call call;
    std::unique_ptr<Adapter> adapter;
    std::optional<Scope> scope;

  private:
    struct Kept {
        std::optional<Ending> ending{};
    };

    static Async<void> keep(Adapter& adapter, Call call, Sink& sink, std::shared_ptr<Kept> kept) {
        kept->ending.emplace(co_await adapter.run(std::move(call), sink));
    }

    std::shared_ptr<Kept> kept_ = std::make_shared<Kept>();
};

/// An ending as a line: the result, or the code's name and the message.
inline std::string line_of(const Ending& ending) {
    if (!ending)
        return std::string(code_name(ending.error().error.code)) + ": " + ending.error().error.message;
    const auto* text = ending->result.if_string();
    return "result " + (text ? std::string(*text) : to_text(ending->result));
}

}  // namespace meshai::agents
