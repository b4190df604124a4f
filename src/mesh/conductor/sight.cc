#include "mesh/conductor/sight.h"

#include <fmt/format.h>

namespace meshai::mesh {

Status Memory::take(std::size_t bytes) {
    if (held_ + bytes > kResultsHeldBytesMax)
        return Error{Code::TooLarge, fmt::format("The results of the workflow's steps have over {} MiB.",
                                                 kResultsHeldBytesMax >> 20U)};
    held_ += bytes;
    return {};
}

void Sight::set_item(json::value item, std::size_t index) {
    item_ = std::move(item);
    index_ = index;
}

Status Sight::settle(const std::string& id, const Outcome& outcome) {
    statuses_[id] = outcome.status();
    if (outcome.how != Outcome::How::Done) return {};
    const auto bytes = to_text(outcome.result).size();
    if (auto room = memory_.take(bytes); !room) return room;
    bytes_ += bytes;
    results_[id] = outcome.result;
    return {};
}

Result<json::value> Sight::evaluate(const std::string& expression) const {
    auto compiled = workflow::Expression::compile(expression);
    if (!compiled) return compiled.error();
    return compiled->evaluate(document(compiled->references()));
}

Result<json::value> Sight::fill(const json::value& value) const {
    auto compiled = workflow::Template::compile(value);
    if (!compiled) return compiled.error();
    return compiled->evaluate(document(compiled->references()));
}

json::value Sight::step(const std::string& id) const {
    for (const auto* at = this; at; at = at->outer_) {
        const auto status = at->statuses_.find(id);
        if (status == at->statuses_.end()) continue;
        const auto result = at->results_.find(id);
        json::object step;
        step["result"] = result == at->results_.end() ? json::value(nullptr) : result->second;
        step["status"] = status->second;
        return step;
    }
    return nullptr;
}

json::object Sight::all_steps() const {
    json::object steps;
    for (const auto* at = this; at; at = at->outer_)
        for (const auto& [id, status] : at->statuses_)
            if (!steps.contains(id)) steps[id] = step(id);
    return steps;
}

/// Only what is read is put in: results may be large.
json::object Sight::document(const std::vector<workflow::Reference>& references) const {
    using Root = workflow::Reference::Root;
    json::object document;
    json::object steps;
    bool wants_all = false;
    for (const auto& reference : references) {
        if (reference.root == Root::Step && !steps.contains(reference.step))
            if (auto one = step(reference.step); !one.is_null()) steps[reference.step] = std::move(one);
        wants_all = wants_all || reference.root == Root::Steps || reference.root == Root::Document;
    }
    document["steps"] = wants_all ? all_steps() : std::move(steps);
    for (const auto* at = this; at; at = at->outer_) {
        if (at->input_) document["input"] = *at->input_;
        if (!at->item_ || document.contains("item")) continue;
        document["item"] = *at->item_;
        document["index"] = at->index_;
    }
    return document;
}

}  // namespace meshai::mesh
