// agents/mesh/follow.h
//
// One call of a remote mesh: submits the task, follows its stream, takes a
// broken stream up again, fetches a result that stands elsewhere, and decides
// whether the remote task has to be told that nobody waits for it any more. On
// the executor of the run.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agents/dialect/relay.h"
#include "agents/event_stream.h"
#include "agents/failure.h"
#include "agents/mesh/remote.h"

namespace meshai::agents::mesh {

class Follow {
  public:
    Follow(const Remote& remote, const Tools& tools, Call call, Sink& sink);

    Async<Ending> run();

    /// The remote task that may still be at work although the run is over;
    /// nothing when it has ended, is unknown, or a rerun will want it.
    std::optional<std::string> abandoned() const;

  private:
    enum class Next { Ended, Resume };

    Async<Next> connect_and_read();
    Async<std::unique_ptr<net::client::Answer>> connect();
    Async<Next> read(std::unique_ptr<net::client::Answer> answer);
    Async<void> take(Batch batch);
    Async<bool> wait_before_resume();
    Async<void> fetch_result(std::string url);
    Async<std::optional<json::value>> fetch_once(net::client::Request request);
    bool starts_anew();
    void believe_id(std::string_view id);
    void lose(Failure failure);
    void decline(Failure failure);
    void end(Failure failure);

    const Remote& remote_;
    const Tools& tools_;
    Call call_;
    Peer peer_;
    Sink& sink_;
    std::unique_ptr<dialect::Relay> relay_;
    std::string key_;
    std::string id_{};                    ///< of the remote task; empty while unknown
    std::string last_event_{};            ///< id of the last event taken
    int resumes_ = 0;                     ///< since the last new event
    bool was_sent_ = false;               ///< the remote may know the task
    bool has_its_word_ = false;           ///< the remote itself ended the task
    std::optional<Failure> lost_{};       ///< why the stream broke last
    std::optional<Failure> failure_{};    ///< the ending, if it is ours
    std::optional<json::value> whole_{};  ///< the result that stood elsewhere
};

}  // namespace meshai::agents::mesh
