// mesh/executor/errands.h
//
// What an agent has begun by requests of its own while its attempt runs, and
// who waits for the outcome: a request that is sent again, because an answer was
// lost or took too long, joins the one that runs. On the run's executor.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agents/delegation/delegation.h"
#include "mesh/executor/reply.h"

namespace meshai::mesh {

template <class Outcome>
class Errands {
  public:
    using ReplyPtr = std::shared_ptr<Reply<Result<Outcome>>>;

    bool is_running(const std::string& key) const { return waiting_.contains(key); }
    std::size_t size() const { return waiting_.size(); }

    /// Of those who ask for the same more than kWaitersMax at a time, the first go without.
    void wait(const std::string& key, ReplyPtr reply) {
        auto& all = waiting_[key];
        if (all.size() >= kWaitersMax) {
            all.front()->give(Error{Code::ResourceExhausted, "The same was asked for too often at once."});
            all.erase(all.begin());
        }
        all.push_back(std::move(reply));
    }

    void end(const std::string& key, const Result<Outcome>& outcome) {
        for (const auto& reply : waiting_[key]) reply->give(outcome);
        waiting_.erase(key);
    }

  private:
    static constexpr std::size_t kWaitersMax = 16;

    std::map<std::string, std::vector<ReplyPtr>> waiting_{};
};

using DelegationReply = Errands<agents::ChildEnding>::ReplyPtr;
using QuestionReply = Errands<json::object>::ReplyPtr;

}  // namespace meshai::mesh
