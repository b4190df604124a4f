// mesh/executor/answers.h
//
// What becomes of the answers that a client gives to questions of its task:
// those that fit a question which is still unanswered go into the log, through
// the run if this process has it, else into the log alone. What fits nothing is
// left out without a word, so that an answer given twice counts once.
#pragma once

#include "mesh/executor/workshop.h"

namespace meshai::mesh {

/// The events that these answers make. Pure.
std::vector<task::Body> bodies_of(const task::Inquiries& inquiries, const agents::Answers& answers,
                                  const Subject& by);

/// Stores answers of `by`, through the task's run if this process has it. NotFound,
/// AlreadyFinished, Conflict where the log is too busy.
Async<Status> store_answer(std::shared_ptr<Workshop> shop, TenantId tenant, TaskId id,
                           agents::Answers answers, Subject by);

/// Stores the answers in the run's mailbox. False: the log is not the run's any more.
Async<bool> store_answers(Workshop& shop, Run& run);

}  // namespace meshai::mesh
