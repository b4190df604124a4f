#include "mesh/executor/pending.h"

#include <utility>

namespace meshai::mesh {

void Pending::add(task::Body body, std::size_t bytes) {
    bytes_ += bytes;
    auto* piece = std::get_if<task::Output>(&body);
    auto* before = bodies_.empty() ? nullptr : std::get_if<task::Output>(&bodies_.back());
    const bool joins = piece && before && before->attempt == piece->attempt &&
                       before->text.size() + piece->text.size() <= task::kOutputPieceBytesMax;
    if (joins)
        before->text += piece->text;
    else
        bodies_.push_back(std::move(body));
}

std::vector<task::Body> Pending::take() {
    bytes_ = 0;
    return std::exchange(bodies_, {});
}

}  // namespace meshai::mesh
