#include <map>
#include <thread>

#include "store/contract_test.h"

namespace meshai::store {
namespace {

const TenantId kAcme{"acme"};
const TenantId kOther{"other"};

class Feed : public Contract {
  protected:
    Result<FeedPage> look(std::string cursor, std::size_t max = 999, const TenantId& tenant = kAcme) {
        return loop.run(engine->read_feed(tenant, std::move(cursor), max));
    }
    Code refusal(const std::string& cursor, const TenantId& tenant = kAcme) {
        const auto page = look(cursor, 9, tenant);
        return page ? kFine : page.error().code;
    }
    /// "t1:a u1:b …" up to the end, page by page; `cursor` is then behind it.
    std::string follow(std::string& cursor, std::size_t max = 999, const TenantId& tenant = kAcme) {
        std::string text;
        for (looks = 1;; ++looks) {
            const auto page = look(cursor, max, tenant);
            EXPECT_TRUE(page) << page.error().message;
            if (!page) return text;
            EXPECT_LE(page->records.size(), max);
            for (const auto& one : page->records)
                text += (text.empty() ? "" : " ") + one.log.value + std::to_string(one.stored.seq.value) +
                        ":" + one.stored.record.bytes;
            cursor = page->cursor;
            if (page->is_end) return text;
        }
    }
    std::string all(const TenantId& tenant = kAcme) {
        std::string cursor;
        return follow(cursor, 999, tenant);
    }
    Status erase(const std::string& name) { return loop.run(engine->erase_log(kAcme, TaskId{name})); }

    int looks = 0;
};
INSTANTIATE_TEST_SUITE_P(Engine, Feed, testing::Values(Kind::Memory, Kind::Sqlite),
                         [](const auto& one) { return name_of(one.param); });

TEST_P(Feed, GivesTheEventsOfAllLogsInTheOrderOfTheirCommits) {
    EXPECT_EQ(all(), "");
    ASSERT_EQ(commit(append("t", 0, {"a"})), kFine);
    ASSERT_EQ(commit(Unit{kAcme, {append("u", 0, {"b", "c"}), append("t", 1, {"d"})}, {}}), kFine);
    ASSERT_EQ(commit(append("u", 2, {"e"}, true)), kFine);
    for (int pass = 0; pass < 2; ++pass) {
        EXPECT_EQ(all(), "t1:a u1:b u2:c t2:d u3:e");
        reopen();
    }
}

TEST_P(Feed, GoesOnBehindEveryCursorItGave) {
    for (std::uint64_t i = 0; i < 6; ++i)
        ASSERT_EQ(commit(append(i % 2 ? "u" : "t", i / 2, {std::to_string(i)})), kFine);
    const auto whole = look("");
    ASSERT_TRUE(whole);
    ASSERT_EQ(whole->records.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i) {
        const auto rest = look(whole->records[i].cursor);
        ASSERT_TRUE(rest);
        ASSERT_EQ(rest->records.size(), 5 - i);
        if (i < 5) EXPECT_EQ(rest->records.front().stored, whole->records[i + 1].stored);
        EXPECT_EQ(rest->cursor, whole->cursor);
    }
    std::string cursor;
    EXPECT_EQ(follow(cursor, 2), "t1:0 u1:1 t2:2 u2:3 t3:4 u3:5");
    EXPECT_GE(looks, 3);
    EXPECT_EQ(follow(cursor), "");
    reopen();
    EXPECT_EQ(follow(cursor), "");
    ASSERT_EQ(commit(append("t", 3, {"6"})), kFine);
    EXPECT_EQ(follow(cursor), "t4:6");
}

TEST_P(Feed, BeginsAtItsEndForWhoWantsOnlyWhatIsNew) {
    ASSERT_EQ(commit(append("t", 0, {"old"})), kFine);
    auto cursor = loop.run(engine->feed_end(kAcme)).value();
    EXPECT_EQ(follow(cursor), "");
    ASSERT_EQ(commit(append("t", 1, {"new"})), kFine);
    EXPECT_EQ(follow(cursor), "t2:new");
    EXPECT_EQ(cursor, loop.run(engine->feed_end(kAcme)).value());
    EXPECT_TRUE(loop.run(engine->feed_end(TenantId{"nobody yet"})));
}

TEST_P(Feed, ShowsNothingOfOtherTenantsAndCostsBoundedLooksForThem) {
    ASSERT_EQ(commit(append("mine", 0, {"first"})), kFine);
    const std::vector<std::string> many(kUnitRecordsMax, "theirs");
    for (std::uint64_t i = 0; i < 3; ++i)
        ASSERT_EQ(commit(append("x", i * kUnitRecordsMax, many), kOther), kFine);
    ASSERT_EQ(commit(append("mine", 1, {"second"})), kFine);
    EXPECT_EQ(all(), "mine1:first mine2:second");
    EXPECT_LE(looks, 5);
    EXPECT_EQ(all(TenantId{"nobody"}), "");

    auto behind_mine = look("", 1)->cursor;
    EXPECT_EQ(follow(behind_mine), "mine2:second");
    ASSERT_EQ(commit(append("x", 3 * kUnitRecordsMax, {"theirs"}), kOther), kFine);
    EXPECT_EQ(follow(behind_mine), "");
    ASSERT_EQ(commit(append("mine", 2, {"third"})), kFine);
    EXPECT_EQ(follow(behind_mine), "mine3:third");
}

TEST_P(Feed, NeverGivesAPlaceASecondTime) {
    ASSERT_EQ(commit(append("stays", 0, {"a"})), kFine);
    ASSERT_EQ(commit(append("goes", 0, {"b", "c", "d"}, true)), kFine);
    std::string cursor;
    EXPECT_EQ(follow(cursor), "stays1:a goes1:b goes2:c goes3:d");
    for (int round = 0; round < 2; ++round) {
        // The newest events go, and the next ones must not be taken for them.
        ASSERT_TRUE(erase(round == 0 ? "goes" : "new0"));
        if (round == 1) reopen();
        const auto name = "new" + std::to_string(round);
        ASSERT_EQ(commit(append(name, 0, {"x"})), kFine);
        EXPECT_EQ(follow(cursor), name + "1:x");
    }
    EXPECT_EQ(all(), "stays1:a new11:x");
}

TEST_P(Feed, GoesOnFromAPlaceThatRetentionHasErased) {
    ASSERT_EQ(commit(append("t", 0, {"a", "b", "c"})), kFine);
    const auto old = look("", 2)->cursor;
    ASSERT_EQ(commit(append("u", 0, {"d"})), kFine);
    ASSERT_TRUE(erase("t"));
    for (int pass = 0; pass < 2; ++pass) {
        auto cursor = old;
        EXPECT_EQ(follow(cursor), "u1:d");
        reopen();
    }
}

TEST_P(Feed, RefusesWhatIsNoCursorOfThisTenant) {
    ASSERT_EQ(commit(append("t", 0, {"a"})), kFine);
    ASSERT_EQ(commit(append("t", 0, {"theirs"}), kOther), kFine);
    const auto mine = look("")->cursor;
    EXPECT_EQ(refusal(mine), kFine);
    EXPECT_EQ(refusal(mine, kOther), Code::InvalidArgument);
    EXPECT_EQ(refusal(mine, TenantId{"nobody"}), Code::InvalidArgument);
    for (const auto& wrong :
         {std::string("1"), std::string("0"), mine + "A", mine.substr(1), std::string(22, 'A'),
          std::string(5000, 'x'), std::string("\0\xFF", 2), mine + " "})
        EXPECT_EQ(refusal(wrong), Code::InvalidArgument) << wrong;
    for (std::size_t i = 0; i < mine.size(); ++i) {
        auto forged = mine;
        forged[i] = forged[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(refusal(forged), Code::InvalidArgument) << i;
    }
}

TEST_P(Feed, HasNothingOfAUnitThatWasRefused) {
    ASSERT_EQ(commit(append("t", 0, {"a"})), kFine);
    EXPECT_EQ(commit(Unit{kAcme, {append("u", 0, {"x"}), append("t", 5, {"y"})}, {}}), Code::Conflict);
    auto twin = append("u", 0, {"x"});
    twin.records[0].id = EventId{"e_1"};
    EXPECT_EQ(commit(twin), Code::Conflict);
    ASSERT_EQ(commit(append("u", 0, {"b"})), kFine);
    EXPECT_EQ(all(), "t1:a u1:b");
}

TEST_P(Feed, OfLargeEventsComesInPieces) {
    for (std::uint64_t i = 0; i < 6; ++i)
        ASSERT_EQ(commit(append("t", i, {std::string(10U << 20U, 'x')})), kFine);
    std::string cursor;
    EXPECT_EQ(follow(cursor).size(), 6 * ((10U << 20U) + 3) + 5);
    EXPECT_GE(looks, 2);
}

TEST_P(Feed, RingsForEveryLogOfTheTenantAndForNoOther) {
    const Signal ours(loop.ex(), loop.clock);
    const Signal theirs(loop.ex(), loop.clock);
    const auto rings = [&](const Signal& bell, MonoTime until) {
        return loop.run([](Signal signal, MonoTime deadline) -> Async<Wake> {
            co_return co_await signal.wait_until(deadline);
        }(bell, until)) == Wake::Notified;
    };
    auto watch = engine->watch_feed(kAcme, ours);
    const auto other = engine->watch_feed(kOther, theirs);
    // A bell rings after the answer; when the later one has rung, the earlier would have.
    ASSERT_EQ(put("row", 0, "v"), kFine);
    ASSERT_EQ(commit(append("t", 0, {"a"}), kOther), kFine);
    EXPECT_TRUE(rings(theirs, kNever));
    EXPECT_FALSE(rings(ours, MonoTime::min()));
    for (const auto* name : {"t", "u"}) {
        ASSERT_EQ(commit(append(name, 0, {"a"})), kFine);
        EXPECT_TRUE(rings(ours, kNever));
    }
    watch.reset();
    ASSERT_EQ(commit(append("u", 1, {"b"})), kFine);
    ASSERT_EQ(commit(append("t", 1, {"b"}), kOther), kFine);
    EXPECT_TRUE(rings(theirs, kNever));
    EXPECT_FALSE(rings(ours, MonoTime::min()));
}

Async<int> write_log(Engine& engine, std::string log, int events) {
    for (int i = 0; i < events; ++i) {
        Record record{EventId{log + std::to_string(i)}, WallTime{}, "x", false};
        Unit unit{kAcme, {{TaskId{log}, Seq{static_cast<std::uint64_t>(i)}, {std::move(record)}}}, {}};
        EXPECT_TRUE(co_await engine.commit(std::move(unit), kNever));
    }
    co_return events;
}

TEST_P(Feed, GivesEachEventOnceAndEachLogInOrderWhileManyWrite) {
    constexpr int kWriters = 3;
    constexpr int kEvents = 80;
    std::vector<std::thread> writers;
    for (int i = 0; i < kWriters; ++i)
        writers.emplace_back([this, i, &own = another_loop()] {
            own.run(write_log(*engine, "w" + std::to_string(i) + "-", kEvents));
        });
    std::map<std::string, std::uint64_t> seen;
    std::vector<std::string> live;
    std::string cursor;
    while (live.size() < static_cast<std::size_t>(kWriters * kEvents)) {
        const auto page = look(cursor, 7);
        ASSERT_TRUE(page);
        for (const auto& one : page->records) {
            EXPECT_EQ(one.stored.seq.value, ++seen[one.log.value]);
            live.push_back(one.stored.record.id.value);
        }
        cursor = page->cursor;
    }
    for (auto& writer : writers) writer.join();
    std::vector<std::string> again;
    for (const auto& one : look("", 999)->records) again.push_back(one.stored.record.id.value);
    EXPECT_EQ(live, again);
}

TEST_P(Feed, IsUnavailableAfterClose) {
    engine->close();
    EXPECT_EQ(refusal(""), Code::Unavailable);
    EXPECT_EQ(loop.run(engine->feed_end(kAcme)).error().code, Code::Unavailable);
}

}  // namespace
}  // namespace meshai::store
