#include "doors/mcp/sessions/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace meshai::doors::mcp {

Outbox::Outbox(std::uint64_t number, Keep keep, OutboxBounds bounds, std::optional<std::size_t> answers_due)
    : number_(number), keep_(keep), bounds_(bounds), answers_due_(answers_due) {}

void Outbox::put(std::string message, Weight weight) {
    std::lock_guard lock(mutex_);
    add(std::move(message), weight, false);
}

void Outbox::put_once(std::string message) {
    std::lock_guard lock(mutex_);
    const auto waits = [&](const Kept& kept) {
        return kept.message.place > place_read_ && *kept.message.text == message;
    };
    if (std::ranges::any_of(kept_, waits)) return;
    add(std::move(message), Weight::Heavy, false);
}

void Outbox::put_answer(std::string message) {
    std::lock_guard lock(mutex_);
    add(std::move(message), Weight::Heavy, true);
    count_answer();
}

void Outbox::drop_answer() {
    std::lock_guard lock(mutex_);
    count_answer();
}

void Outbox::end() {
    std::lock_guard lock(mutex_);
    is_ended_ = true;
    ring();
}

void Outbox::hang_up() {
    std::lock_guard lock(mutex_);
    is_parted_ = reader_.has_value() || turns_ == 0;
    ring();
}

bool Outbox::is_ended() const {
    std::lock_guard lock(mutex_);
    return is_ended_;
}

bool Outbox::has_reader() const {
    std::lock_guard lock(mutex_);
    return reader_.has_value();
}

std::uint64_t Outbox::place_read() const {
    std::lock_guard lock(mutex_);
    return place_read_;
}

bool Outbox::reaches(std::uint64_t place) const {
    std::lock_guard lock(mutex_);
    return place <= last_;
}

std::size_t Outbox::bytes() const {
    std::lock_guard lock(mutex_);
    return bytes_;
}

void Outbox::add(std::string message, Weight weight, bool is_answer) {
    if (is_ended_ || !make_room(message.size(), weight)) return;
    bytes_ += message.size();
    kept_.push_back({{++last_, std::make_shared<const std::string>(std::move(message)), is_answer}, weight});
    ring();
}

// The newest light message stays as long as an older one can go: of progress the
// newest tells the most. What is heavy goes only when it has been read, and is
// taken in whatever the bounds say: its number is bounded by requests and questions.
bool Outbox::make_room(std::size_t bytes, Weight weight) {
    const auto is_full = [&] { return kept_.size() >= bounds_.messages || bytes_ + bytes > bounds_.bytes; };
    while (is_full())
        if (!give_way([](const Kept& kept, std::uint64_t) { return kept.weight == Weight::Light; })) break;
    while (is_full())
        if (!give_way([](const Kept& kept, std::uint64_t read) { return kept.message.place <= read; })) break;
    return !is_full() || weight == Weight::Heavy;
}

bool Outbox::give_way(bool (*may)(const Kept&, std::uint64_t place_read)) {
    const auto oldest = std::ranges::find_if(kept_, [&](const Kept& kept) { return may(kept, place_read_); });
    if (oldest == kept_.end()) return false;
    bytes_ -= oldest->message.text->size();
    kept_.erase(oldest);
    return true;
}

void Outbox::count_answer() {
    if (!answers_due_ || is_ended_) return;
    if (*answers_due_ > 0) --*answers_due_;
    is_ended_ = *answers_due_ == 0;
    if (is_ended_) ring();
}

void Outbox::ring() const {
    if (reader_) reader_->notify();
}

Outbox::Reader::Reader(std::shared_ptr<Outbox> outbox, Signal signal, std::uint64_t after)
    : outbox_(std::move(outbox)), signal_(std::move(signal)), begin_(after), after_(after), given_(after) {
    std::lock_guard lock(outbox_->mutex_);
    outbox_->ring();  // the reader before finds that it is parted
    outbox_->reader_ = signal_;
    if (outbox_->turns_ > 0) outbox_->is_parted_ = false;
    turn_ = ++outbox_->turns_;
}

Outbox::Reader::~Reader() {
    std::lock_guard lock(outbox_->mutex_);
    if (outbox_->turns_ == turn_) outbox_->reader_.reset();
}

Outbox::Portion Outbox::Reader::take(std::size_t bytes_max) {
    std::lock_guard lock(outbox_->mutex_);
    auto& box = *outbox_;
    Portion portion;
    portion.is_parted = box.turns_ != turn_ || box.is_parted_;
    if (box.turns_ != turn_) return portion;

    after_ = given_;
    box.place_read_ = std::max(box.place_read_, after_);
    if (box.keep_ == Keep::UntilRead)
        while (!box.kept_.empty() && box.kept_.front().message.place <= after_) {
            box.bytes_ -= box.kept_.front().message.text->size();
            box.kept_.pop_front();
        }

    std::size_t bytes = 0;
    auto next =
        std::ranges::upper_bound(box.kept_, after_, {}, [](const Kept& kept) { return kept.message.place; });
    for (; next != box.kept_.end(); ++next) {
        if (!portion.messages.empty() && bytes + next->message.text->size() > bytes_max) break;
        bytes += next->message.text->size();
        portion.messages.push_back(next->message);
        given_ = next->message.place;
    }
    portion.is_ended = box.is_ended_ && next == box.kept_.end();
    return portion;
}

std::string event_id(std::uint64_t stream, std::uint64_t place) {
    return fmt::format("{}-{}", stream, place);
}

std::optional<EventPlace> parse_event_id(std::string_view text) {
    const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
            return std::nullopt;
        return value;
    };
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto stream = number(text.substr(0, dash));
    const auto place = number(text.substr(dash + 1));
    if (!stream || !place) return std::nullopt;
    return EventPlace{*stream, *place};
}

}  // namespace meshai::doors::mcp
