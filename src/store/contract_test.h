// store/contract_test.h
//
// What every engine must pass: the fixture of the contract suite. The suite
// runs against each engine on a real loop, because some of them have threads
// of their own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "base/log.h"
#include "base/real_loop.h"
#include "store/memory/engine.h"
#include "store/sqlite/engine.h"

namespace meshai::store {

/// A folder of its own for one test, removed at the end.
class Folder {
  public:
    Folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "meshai-store-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string file(std::string_view name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

enum class Kind { Memory, Sqlite };

inline std::string name_of(Kind kind) {
    return kind == Kind::Memory ? "Memory" : "Sqlite";
}

class Contract : public testing::TestWithParam<Kind> {
  protected:
    Contract() { open(); }
    ~Contract() override = default;

    void open() {
        if (GetParam() == Kind::Memory) {
            engine = std::make_unique<MemoryEngine>(loop.clock, disk_);
            return;
        }
        auto opened = open_sqlite({.path = folder_.file("store.db")}, loop.clock, log);
        ASSERT_TRUE(opened) << opened.error().message << " " << opened.error().cause;
        engine = std::move(*opened);
    }
    /// The server ends and starts again on the same data.
    void reopen() {
        engine.reset();
        open();
    }

    Record record(std::string bytes, bool last = false) {
        return {EventId{"e_" + std::to_string(++records_made_)}, wall_of(1737028800000), std::move(bytes),
                last};
    }
    Append append(std::string log_name, std::uint64_t after, std::vector<std::string> texts,
                  bool closes = false) {
        Append made{TaskId{std::move(log_name)}, Seq{after}, {}};
        for (auto& text : texts) made.records.push_back(record(std::move(text)));
        if (closes) made.records.back().last = true;
        return made;
    }
    Code commit(Unit unit) {
        const auto outcome = loop.run(engine->commit(std::move(unit), kNever));
        return outcome ? kFine : outcome.error().code;
    }
    Code commit(Append one, const TenantId& tenant = TenantId{"acme"}) {
        return commit(Unit{tenant, {std::move(one)}, {}});
    }
    Code put(std::string key, std::uint64_t version, std::optional<std::string> value,
             const TenantId& tenant = TenantId{"acme"}, Table table = Table::Agents) {
        return commit(Unit{tenant, {}, {{table, std::move(key), version, std::move(value)}}});
    }
    /// "1:text 2:text", or the name of the error.
    std::string read(std::string log_name, std::uint64_t after = 0, std::size_t max = 999,
                     const TenantId& tenant = TenantId{"acme"}) {
        const auto records = loop.run(engine->read(tenant, TaskId{std::move(log_name)}, Seq{after}, max));
        if (!records) return std::string(code_name(records.error().code));
        std::string text;
        for (const auto& one : *records)
            text += (text.empty() ? "" : " ") + std::to_string(one.seq.value) + ":" + one.record.bytes;
        return text;
    }
    std::optional<Row> get(std::string key, const TenantId& tenant = TenantId{"acme"},
                           Table table = Table::Agents) {
        return loop.run(engine->get(tenant, table, std::move(key))).value();
    }
    /// The keys, separated by spaces.
    std::string scan(std::string prefix, std::string after, std::size_t max, Order order,
                     const TenantId& tenant = TenantId{"acme"}) {
        std::string keys;
        for (const auto& row :
             loop.run(engine->scan(tenant, Table::Agents, std::move(prefix), std::move(after), max, order))
                 .value())
            keys += (keys.empty() ? "" : " ") + row.key;
        return keys;
    }

    static constexpr Code kFine = Code::Internal;  // no test here expects our bug

    /// One more loop, for another thread. An engine ends before the loops that wait for it.
    RealLoop& another_loop() { return *loops_.emplace_back(std::make_unique<RealLoop>()); }

  private:
    std::vector<std::unique_ptr<RealLoop>> loops_;

  protected:
    RealLoop loop;
    MemoryLog log;
    std::unique_ptr<Engine> engine;

  private:
    Folder folder_;
    std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
    int records_made_ = 0;
};

}  // namespace meshai::store
