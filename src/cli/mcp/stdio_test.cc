// Real descriptors and real threads: each test has pipes of its own.
#include "cli/mcp/stdio.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace meshai::cli::mcp {
namespace {

class StdioTest : public testing::Test {
  protected:
    StdioTest() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
    ~StdioTest() override {
        close_reader();
        close_writer();
    }

    int reader() const { return ends_[0]; }
    int writer() const { return ends_[1]; }
    void close_reader() { close_end(ends_[0]); }
    void close_writer() { close_end(ends_[1]); }

    template <class T>
    T run(Async<T> work) {
        std::optional<T> got;
        auto keep = [](Async<T> the_work, std::optional<T>& into, asio::io_context& loop) -> Async<void> {
            into.emplace(co_await std::move(the_work));
            loop.stop();
        };
        asio::co_spawn(loop_, keep(std::move(work), got, loop_), asio::detached);
        auto guard = asio::make_work_guard(loop_);
        loop_.restart();
        loop_.run();
        return std::move(*got);
    }

    Executor ex() { return loop_.get_executor(); }
    SystemClock clock_{};

  private:
    static void close_end(int& descriptor) {
        if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
    }

    asio::io_context loop_{1};
    std::array<int, 2> ends_{-1, -1};
};

TEST_F(StdioTest, GivesWhatComesAndThenTheEnd) {
    StandardInput input(ex(), clock_, reader());
    ASSERT_EQ(::write(writer(), "one\n", 4), 4);
    EXPECT_EQ(run(input.next()), "one\n");
    ASSERT_EQ(::write(writer(), "two", 3), 3);
    close_writer();
    EXPECT_EQ(run(input.next()), "two");
    EXPECT_EQ(run(input.next()), std::nullopt);
    EXPECT_EQ(run(input.next()), std::nullopt);
}

TEST_F(StdioTest, AClosedDescriptorIsTheEnd) {
    StandardInput input(ex(), clock_, reader());
    close_reader();
    EXPECT_EQ(run(input.next()), std::nullopt);
}

TEST_F(StdioTest, AFileIsReadToItsEnd) {
    const int file = ::open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(file, 0);
    {
        StandardInput input(ex(), clock_, file);
        EXPECT_TRUE(run(input.next()));
        EXPECT_EQ(run(input.next()), std::nullopt);
    }
    ::close(file);
}

TEST_F(StdioTest, AReaderThatWaitsForASilentClientCanBeEnded) {
    auto input = std::make_unique<StandardInput>(ex(), clock_, reader());
    MemoryLog log;
    {
        Scope scope(ex(), clock_, log);
        auto wait = [](Input& from) -> Async<void> { (void)co_await from.next(); };
        scope.spawn("wait", wait(*input));
        auto close = [](Scope& the_scope) -> Async<int> {
            co_await the_scope.close();
            co_return 0;
        };
        EXPECT_EQ(run(close(scope)), 0);
    }
    input.reset();  // joins its thread, which waits in poll()
}

TEST_F(StdioTest, LinesAreWrittenInTheirOrder) {
    StandardOutput output(ex(), clock_, writer());
    EXPECT_TRUE(run(output.write("one")));
    EXPECT_TRUE(run(output.write("two")));
    auto flush = [](Output& to, Clock& clock) -> Async<int> {
        co_await to.flush(clock.in(10s));
        co_return 0;
    };
    EXPECT_EQ(run(flush(output, clock_)), 0);
    std::string got(100, '\0');
    got.resize(static_cast<std::size_t>(::read(reader(), got.data(), got.size())));
    EXPECT_EQ(got, "one\ntwo\n");
}

TEST_F(StdioTest, AClientThatReadsNoMoreIsNoticed) {
    StandardOutput output(ex(), clock_, writer());
    close_reader();
    const auto until_broken = [](Output& to) -> Async<int> {
        int written = 0;
        while (co_await to.write("line")) ++written;
        co_return written;
    };
    EXPECT_GE(run(until_broken(output)), 0);
}

TEST_F(StdioTest, AClientThatReadsNothingHoldsUpItsServerAndNotTheEnd) {
    auto output = std::make_unique<StandardOutput>(ex(), clock_, writer());
    const std::string line(kOutputBytesMax / 2, 'x');
    EXPECT_TRUE(run(output->write(line)));
    EXPECT_TRUE(run(output->write("a line that fits")));
    MemoryLog log;
    Scope scope(ex(), clock_, log);
    bool is_written = false;
    auto write = [](Output& to, std::string big, bool& done) -> Async<void> {
        done = co_await to.write(std::move(big));
    };
    scope.spawn("write", write(*output, std::string(kOutputBytesMax, 'y'), is_written));
    auto close = [](Scope& the_scope) -> Async<int> {
        co_await the_scope.close();
        co_return 0;
    };
    EXPECT_EQ(run(close(scope)), 0);
    EXPECT_FALSE(is_written);
    output.reset();  // joins its thread, which waits for room in the pipe
}

}  // namespace
}  // namespace meshai::cli::mcp
