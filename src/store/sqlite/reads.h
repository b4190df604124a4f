// store/sqlite/reads.h
//
// The readers' SQL, one set of prepared statements per reader thread, and the
// pool of those threads: no thread of the server ever waits for the disk. Every
// read is one statement and so sees one snapshot.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "store/position.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/hand_over.h"
#include "store/watches.h"

namespace meshai::store {

class Reads {
  public:
    static Result<std::unique_ptr<Reads>> open(Connection db);

    Result<std::vector<StoredRecord>> read(const LogKey& key, Seq after, std::size_t max);
    Result<FeedPage> read_feed(const TenantId& tenant, const std::string& cursor, std::size_t max);
    Result<std::string> feed_end(const TenantId& tenant);
    Result<std::optional<Row>> get(const TenantId& tenant, Table table, const std::string& key);
    Result<std::vector<Row>> scan(const TenantId& tenant, Table table, const std::string& prefix,
                                  const std::string& after, std::size_t max, Order order);
    Result<std::vector<TenantId>> tenants();
    Result<Usage> usage();

  private:
    explicit Reads(Connection db) : db_(std::move(db)) {}
    Status prepare();
    Status load_feed_key();
    Result<std::uint64_t> newest();

    Connection db_;
    Positions::Key feed_key_{};
    Statement events_, log_, feed_, row_, up_, down_, tenants_, totals_;
};

class ReaderPool {
  public:
    /// Reads that wait for a thread; one more is Unavailable.
    static constexpr std::size_t kWaitingMax = 16384;

    explicit ReaderPool(std::vector<std::unique_ptr<Reads>> readers);
    ~ReaderPool();
    ReaderPool(const ReaderPool&) = delete;
    ReaderPool& operator=(const ReaderPool&) = delete;

    /// Runs `look` on a reader's thread.
    template <class T, class Look>
    Async<Result<T>> run(Look look) {
        co_return co_await hand_over<Result<T>>(
            [this, look = std::move(look)](Reply<Result<T>> reply) mutable {
                start([look = std::move(look), reply = std::move(reply)](Reads* reads) mutable {
                    if (reads)
                        reply(look(*reads));
                    else
                        reply(Error{Code::Unavailable,
                                    "The store is closed, or has too much to read; try again."});
                });
            });
    }

    /// Finishes the reads that wait, then ends the threads.
    void close();

  private:
    using Work = std::move_only_function<void(Reads*)>;

    void start(Work job);
    void work(Reads& reads);

    std::vector<std::unique_ptr<Reads>> readers_;
    std::mutex mutex_;  // guards waiting_ and closed_
    std::condition_variable filled_;
    std::deque<Work> waiting_;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace meshai::store
