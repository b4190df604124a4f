#include "net/tls/connection.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/tls/context.h"

namespace meshai::net::tls {
namespace {

// TLS may want to write in order to read, while a writer already waits at the
// socket. That is rare (a key update), so it is tried again a little later.
constexpr Duration kCrossedWait = 10ms;

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE when the
// peer is gone; this one does not.
int bio_result(BIO* bio, ssize_t count) {
    BIO_clear_retry_flags(bio);
    const bool is_not_ready = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (count < 0 && is_not_ready) BIO_set_flags(bio, BIO_FLAGS_SHOULD_RETRY);
    return static_cast<int>(count);
}

int bio_write(BIO* bio, const char* bytes, int size) {
    const auto* socket = static_cast<const Socket*>(BIO_get_data(bio));
    const auto count =
        ::send(socket->fd(), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
    const int result = bio_result(bio, count);
    if (BIO_should_retry(bio)) BIO_set_retry_write(bio);
    return result;
}

int bio_read(BIO* bio, char* into, int size) {
    const auto* socket = static_cast<const Socket*>(BIO_get_data(bio));
    const auto count = ::recv(socket->fd(), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
    const int result = bio_result(bio, count);
    if (BIO_should_retry(bio)) BIO_set_retry_read(bio);
    if (count == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return result;
}

long bio_control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* socket_method() {
    static const BIO_METHOD* const kMethod = [] {
        auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "non-blocking socket");
        BIO_meth_set_write(method, bio_write);
        BIO_meth_set_read(method, bio_read);
        BIO_meth_set_ctrl(method, bio_control);
        BIO_meth_set_create(method, [](BIO* bio) {
            BIO_set_init(bio, 1);
            return 1;
        });
        return method;
    }();
    return kMethod;
}

}  // namespace

TlsConnection::TlsConnection(Clock& clock, std::unique_ptr<Socket> socket, SslPtr ssl)
    : clock_(clock), socket_(std::move(socket)), ssl_(std::move(ssl)), peer_(peer_of(socket_->fd())) {
    auto* bio = BIO_new(socket_method());
    has_failed_ = !ssl_ || bio == nullptr;
    if (has_failed_) {
        BIO_free(bio);
        return;
    }
    BIO_set_data(bio, socket_.get());
    SSL_set_bio(ssl_.get(), bio, bio);
}

TlsConnection::~TlsConnection() {
    TlsConnection::close();
}

Async<Status> TlsConnection::usable() const {
    if (co_await is_cancelled()) co_return Error{Code::Cancelled, "The call was cancelled."};
    if (has_failed_ || socket_->fd() < 0) co_return Error{Code::Unavailable, "The connection is closed."};
    ERR_clear_error();
    co_return Status{};
}

Error TlsConnection::broken() {
    has_failed_ = true;
    const auto verdict = SSL_get_verify_result(ssl_.get());
    auto cause = last_words();
    if (verdict != X509_V_OK && SSL_get_verify_mode(ssl_.get()) == SSL_VERIFY_PEER)
        return Error{
            Code::Unavailable,
            fmt::format("The certificate is not trusted: {}.", X509_verify_cert_error_string(verdict)),
            cause};
    return Error{Code::Unavailable, "The encrypted connection broke.", cause};
}

Async<Result<TlsConnection::Next>> TlsConnection::after(int result, For side, MonoTime deadline) {
    const int why = SSL_get_error(ssl_.get(), result);
    if (why == SSL_ERROR_ZERO_RETURN) co_return Next::End;
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) co_return broken();
    const auto wanted = why == SSL_ERROR_WANT_READ ? For::Reading : For::Writing;
    const bool is_crossed = wanted != side && SSL_is_init_finished(ssl_.get());
    if (is_crossed && clock_.now() >= deadline)
        co_return Error{Code::Timeout, "The peer was silent for too long."};
    auto ready = is_crossed ? co_await pause(clock_, kCrossedWait) : co_await socket_->wait(wanted, deadline);
    if (!ready) co_return ready.error();
    ERR_clear_error();
    co_return Next::TryAgain;
}

Async<Status> TlsConnection::handshake(MonoTime deadline) {
    if (auto usable_now = co_await usable(); !usable_now) co_return usable_now;
    for (;;) {
        const int result = SSL_do_handshake(ssl_.get());
        if (result == 1) co_return Status{};
        auto next = co_await after(result, For::Reading, deadline);
        if (!next) co_return next.error();
        if (*next == Next::End) co_return broken();
    }
}

Async<Status> TlsConnection::readable(MonoTime deadline) {
    if (auto usable_now = co_await usable(); !usable_now) co_return usable_now;
    for (;;) {
        char peeked = 0;
        std::size_t count = 0;
        const int result = SSL_peek_ex(ssl_.get(), &peeked, 1, &count);
        if (result == 1) co_return Status{};
        auto next = co_await after(result, For::Reading, deadline);
        if (!next) co_return next.error();
        if (*next == Next::End) co_return Status{};
    }
}

Async<Result<std::size_t>> TlsConnection::read_some(std::span<char> into, MonoTime deadline) {
    if (auto usable_now = co_await usable(); !usable_now) co_return usable_now.error();
    for (;;) {
        std::size_t count = 0;
        const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
        if (result == 1) co_return count;
        auto next = co_await after(result, For::Reading, deadline);
        if (!next) co_return next.error();
        if (*next == Next::End) co_return 0;
    }
}

Async<Status> TlsConnection::write(std::string_view bytes, MonoTime deadline) {
    if (auto usable_now = co_await usable(); !usable_now) co_return usable_now;
    while (!bytes.empty()) {
        std::size_t count = 0;
        const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
        if (result == 1) {
            bytes.remove_prefix(count);
            continue;
        }
        auto next = co_await after(result, For::Writing, deadline);
        if (!next) co_return next.error();
        if (*next == Next::End) co_return broken();
        // The other coroutine may have met the end of the connection meanwhile.
        if (has_failed_ || socket_->fd() < 0) co_return Error{Code::Unavailable, "The connection is closed."};
    }
    co_return Status{};
}

void TlsConnection::finish_writing() {
    ERR_clear_error();
    if (!has_failed_ && socket_->fd() >= 0 && SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
    ERR_clear_error();
    socket_->finish_writing();
}

void TlsConnection::close() {
    socket_->close();
}

}  // namespace meshai::net::tls
