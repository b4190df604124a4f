// workflow/step_reader.h
//
// Lists of steps as they are read: what every step has, what each type has, and
// the bounds of the whole. Used by definition_reader.cc and by compile.cc, which
// reads steps of another form. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "workflow/members.h"

namespace meshai::workflow {

class StepReader {
  public:
    explicit StepReader(Problems& problems) : problems_(problems) {}

    /// `nesting` is 1 for the steps of the definition itself.
    std::vector<Step> steps(const json::value& value, const std::string& place, std::size_t nesting);

  private:
    Step step(const json::value& value, const std::string& place, std::size_t nesting);
    void read_frame(Members& members, Step& step);
    OnError on_error(Members& members);
    Retry retry(Members& members);
    Work work(Members& members, std::size_t nesting);

    AgentWork agent(Members& members);
    Parallel parallel(Members& members, std::size_t nesting);
    Map map(Members& members, std::size_t nesting);
    Condition condition(Members& members, std::size_t nesting);
    Wait wait(Members& members);
    Approval approval(Members& members);
    Call call(Members& members);
    Collaboration collaboration(Members& members);

    void take_agents(Members& members, std::vector<std::string>& agents,
                     std::vector<std::string>& capabilities);
    std::vector<Step> nested(Members& members, std::string_view name, std::size_t nesting);

    Problems& problems_;
    std::size_t count_ = 0;
    bool is_full_ = false;
};

inline constexpr std::size_t kNameBytesMax = 128;  ///< of an agent, a capability, a strategy of routing

}  // namespace meshai::workflow
