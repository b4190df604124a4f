#include "store/sqlite/care.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "store/sqlite/schema.h"

namespace meshai::store {
namespace {

constexpr std::int64_t kPagesPerStep = -1;  // all: one step reads one snapshot

Status must_exist(const std::string& path) {
    std::error_code error;
    if (std::filesystem::exists(path, error)) return {};
    return Error{Code::NotFound, fmt::format("There is no file {}.", path)};
}

// Gives every row of `sql` (one column of text) to the report.
Status find(Connection& db, std::string_view sql, CheckReport& report) {
    auto statement = db.prepare(sql);
    if (!statement) return statement.error();
    while (report.findings.size() < kFindingsMax) {
        const auto row = statement->step();
        if (!row) return row.error();
        if (!*row) return {};
        if (auto finding = statement->bytes(0); finding != "ok")
            report.findings.push_back(std::move(finding));
    }
    return {};
}

// Each gives one sentence for each thing that is wrong.
constexpr std::string_view kQuestions[] = {
    "PRAGMA integrity_check(100)",

    "SELECT 'Log ' || ifnull(logs.id, '(removed)') || ' has ' || count(*) || ' events, numbered from ' || "
    "min(seq)"
    " || ' to ' || max(seq) || '.' FROM events LEFT JOIN logs ON logs.key=log"
    " WHERE log NOT IN (SELECT log FROM erasing) GROUP BY log HAVING min(seq)<>1 OR max(seq)<>count(*)",

    "SELECT 'Log ' || ifnull(logs.id, '(removed)') || ' goes on after its terminal event ' || seq || '.'"
    " FROM events AS e LEFT JOIN logs ON logs.key=log WHERE last<>0"
    " AND EXISTS (SELECT 1 FROM events AS later WHERE later.log=e.log AND later.seq>e.seq)",

    "SELECT 'The events of log number ' || log || ' belong to no log.' FROM events"
    " WHERE log NOT IN (SELECT key FROM logs) AND log NOT IN (SELECT log FROM erasing) GROUP BY log",

    "SELECT 'Log ' || id || ' has no event.' FROM logs WHERE NOT EXISTS (SELECT 1 FROM events WHERE log=key)",

    "SELECT 'Row ' || key || ' belongs to no tenant.' FROM rows WHERE tenant NOT IN (SELECT key FROM "
    "tenants)",

    "SELECT 'The store counts ' || logs || ' logs and has ' || (SELECT count(*) FROM logs) || '.' FROM totals"
    " WHERE logs<>(SELECT count(*) FROM logs)",

    "SELECT 'The store counts ' || records || ' events and has ' || (SELECT count(*) FROM events) || '.' "
    "FROM totals"
    " WHERE records<>(SELECT count(*) FROM events)",
};

// The columns it asks for are of version 2.
constexpr std::string_view kFeedQuestion =
    "SELECT 'The store has numbered ' || newest || ' events and has one with the number ' || "
    "(SELECT max(n) FROM events) || '.' FROM totals WHERE newest<(SELECT max(n) FROM events)";

Status count(Connection& db, CheckReport& report) {
    const std::pair<std::uint64_t*, std::string_view> counts[] = {
        {&report.logs, "SELECT count(*) FROM logs"},
        {&report.records, "SELECT count(*) FROM events"},
        {&report.rows, "SELECT count(*) FROM rows"},
    };
    for (const auto& [into, sql] : counts) {
        const auto number = db.number(sql);
        if (!number) return number.error();
        *into = static_cast<std::uint64_t>(*number);
    }
    return {};
}

struct FinishBackup {
    void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

Status copy(const std::string& from, const std::string& to) {
    auto source = open_as_it_is(from);
    if (!source) return source.error();
    auto target = Connection::open(to);
    if (!target) return target.error();
    std::unique_ptr<sqlite3_backup, FinishBackup> backup(
        sqlite3_backup_init(target->raw(), "main", source->raw(), "main"));
    if (!backup) return error_of(target->raw(), "beginning the backup");
    const int code = sqlite3_backup_step(backup.get(), static_cast<int>(kPagesPerStep));
    backup.reset();
    if (code != SQLITE_DONE) return error_of(target->raw(), "copying to " + to);
    return {};
}

// The name of a new file is durable when its folder is.
void sync_folder_of(const std::string& path) {
    const auto folder = std::filesystem::absolute(path).parent_path();
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    ::fsync(fd);
    ::close(fd);
}

}  // namespace

Result<CheckReport> check_database(const std::string& path) {
    if (auto fine = must_exist(path); !fine) return fine.error();
    CheckReport report;
    auto db = open_as_it_is(path);
    if (!db) return db.error();
    // One transaction is one snapshot: a server may go on writing meanwhile.
    if (auto fine = db->run("BEGIN"); !fine) return fine.error();
    const auto version = db->number("PRAGMA user_version");
    if (!version) return version.error();
    std::vector<std::string_view> questions(std::begin(kQuestions), std::end(kQuestions));
    if (*version >= 2) questions.push_back(kFeedQuestion);
    for (const auto sql : questions) {
        const auto asked = find(*db, sql, report);
        // A damaged file answers some questions with an error; that is a finding.
        if (!asked)
            report.findings.push_back(fmt::format("{} ({})", asked.error().message, asked.error().cause));
    }
    if (auto counted = count(*db, report); !counted && report.findings.empty()) return counted.error();
    return report;
}

Status backup_database(const std::string& from, const std::string& to) {
    if (auto fine = must_exist(from); !fine) return fine;
    // Under another name until it is whole, and never over something that is there.
    const auto unfinished = to + ".part";
    const int fd = ::open(unfinished.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return Error{errno == EEXIST ? Code::Conflict : Code::InvalidArgument,
                     fmt::format("{} cannot be made: {}.", unfinished, std::strerror(errno))};
    ::close(fd);
    auto copied = copy(from, unfinished);
    if (copied && ::link(unfinished.c_str(), to.c_str()) != 0)
        copied = Error{errno == EEXIST ? Code::Conflict : Code::InvalidArgument,
                       fmt::format("{} cannot be made: {}.", to, std::strerror(errno))};
    std::error_code ignored;
    for (const auto* part : {"", "-wal", "-shm", "-journal"})
        std::filesystem::remove(unfinished + part, ignored);
    if (copied) sync_folder_of(to);
    return copied;
}

}  // namespace meshai::store
