#include "doors/ws/turns.h"

#include <gtest/gtest.h>

#include "base/test_loop.h"

namespace meshai::doors::ws {
namespace {

/// Speakers that each have something to say, and a line with so much room.
struct Table {
    TestLoop loop;
    int room = 0;
    std::string said;
    Turns turns{loop.ex(), loop.clock, [this] { return room > 0; }};

    ~Table() { turns.close(); }

    void speaks(char name, int lines) {
        loop.scope.spawn("speak", speak(*this, name, lines));
        loop.settle();
    }
    void gets_room(int lines) {
        room += lines;
        turns.look();
        loop.settle();
    }

    static Async<void> speak(Table& table, char name, int lines) {
        for (; lines > 0; --lines) {
            if (!co_await table.turns.take()) co_return;
            --table.room;
            table.said += name;
            table.turns.look();
        }
    }
};

TEST(Turns, ALoneSpeakerTakesWhatRoomThereIs) {
    Table table;
    table.room = 2;
    table.speaks('a', 3);
    EXPECT_EQ(table.said, "aa");
    table.gets_room(5);
    EXPECT_EQ(table.said, "aaa");
    EXPECT_EQ(table.turns.waiting(), 0U);
}

TEST(Turns, GoRound) {
    Table table;
    table.speaks('a', 5);
    table.speaks('b', 3);
    table.speaks('c', 1);
    for (int i = 0; i < 9; ++i) table.gets_room(1);
    EXPECT_EQ(table.said, "abcababaa");
}

TEST(Turns, AreNeverMoreThanThereIsRoom) {
    Table table;
    for (char name = 'a'; name <= 'e'; ++name) table.speaks(name, 10);
    table.gets_room(7);
    EXPECT_EQ(table.said.size(), 7U);
    EXPECT_EQ(table.room, 0);
}

TEST(Turns, EndForEverybodyWhoWaits) {
    Table table;
    table.speaks('a', 1);
    table.speaks('b', 1);
    table.turns.close();
    table.loop.settle();
    table.gets_room(9);
    EXPECT_EQ(table.said, "");
}

}  // namespace
}  // namespace meshai::doors::ws
