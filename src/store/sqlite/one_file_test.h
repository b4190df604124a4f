// store/sqlite/one_file_test.h
//
// What the tests of the SQLite engine share: one file in a folder of its own,
// opened by a server, by a tool, or by a vandal with a SQL prompt.
#pragma once

#include "store/contract_test.h"
#include "store/sqlite/connection.h"

namespace meshai::store {

inline const TenantId kAcme{"acme"};

struct OneFile : testing::Test {
    Result<std::unique_ptr<Engine>> opens(Role role = Role::Server) {
        return open_sqlite({.path = path, .role = role}, loop.clock, log);
    }
    static Unit event(const std::string& name, std::uint64_t after, bool last = false) {
        return {kAcme,
                {{TaskId{name}, Seq{after}, {{EventId{name + "-" + std::to_string(after)}, {}, "x", last}}}},
                {}};
    }
    static Unit row(const std::string& key) { return {kAcme, {}, {{Table::ApiKeys, key, kAnyVersion, "v"}}}; }
    Status commits(Engine& engine, Unit unit) { return loop.run(engine.commit(std::move(unit), kNever)); }
    void runs_sql(const std::string& sql) {
        auto db = Connection::open(path);
        ASSERT_TRUE(db);
        const auto outcome = db->run(sql);
        ASSERT_TRUE(outcome) << outcome.error().cause;
    }

    Folder folder;
    std::string path = folder.file("store.db");
    RealLoop loop;
    MemoryLog log;
};

}  // namespace meshai::store
