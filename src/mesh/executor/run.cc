#include "mesh/executor/run.h"

#include <utility>

namespace meshai::mesh {

bool Mailbox::put(CancelWish wish) {
    std::lock_guard lock(mutex_);
    if (closed_) return false;
    wishes_.push_back(std::move(wish));
    return true;
}

bool Mailbox::put(AnswerWish wish) {
    {
        std::lock_guard lock(mutex_);
        if (closed_) return false;
        if (answers_.size() < kAnswerWishesMax) {
            answers_.push_back(std::move(wish));
            return true;
        }
    }
    wish.reply(Error{Code::ResourceExhausted, "Too many answers wait for this task; try again."});
    return true;
}

std::vector<AnswerWish> Mailbox::take_answers() {
    std::lock_guard lock(mutex_);
    return std::exchange(answers_, {});
}

std::optional<std::pair<std::string, std::string>> Mailbox::cancel_wish() const {
    std::lock_guard lock(mutex_);
    if (wishes_.empty()) return std::nullopt;
    return std::pair{wishes_.front().by, wishes_.front().why};
}

std::vector<TaskId> Run::accounts() const {
    auto all = lineage.budgets;
    if (has_budget) all.push_back(id);
    return all;
}

void Mailbox::close(const Status& for_first, const Status& for_others) {
    std::vector<CancelWish> wishes;
    std::vector<AnswerWish> answers;
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        wishes = std::exchange(wishes_, {});
        answers = std::exchange(answers_, {});
    }
    for (auto& wish : answers) wish.reply(for_others);
    for (std::size_t i = 0; i < wishes.size(); ++i) wishes[i].answer(i == 0 ? for_first : for_others);
}

}  // namespace meshai::mesh
