#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/real_loop.h"
#include "net/client/client.h"
#include "net/http/server.h"
#include "net/tcp/network.h"
#include "net/tls/context.h"
#include "net/tls/test_certificate.h"

namespace meshai::net::tls {
namespace {

using testing::HasSubstr;

/// A server with a certificate, and a client that trusts its authority.
struct Secured {
    explicit Secured(const std::string& names = "DNS:localhost,IP:127.0.0.1",
                     Validity validity = Validity::Now)
        : certificate(names, validity) {
        network = std::make_unique<TcpNetwork>(
            loop.clock, TcpSettings{context, ClientContext::make(certificate.authority_file()).value()});
        auto listener = std::move(*network->listen(loop.ex(), {"127.0.0.1", 0}));
        at = listener->local();
        server.serve(std::move(listener));
    }
    ~Secured() { loop.run(server.drain(0s)); }

    auto connect(Network& by, const std::string& host) {
        return loop.run(by.connect({host, at.port}, Security::Tls, Reach::Anywhere, loop.clock.in(10s)));
    }

    auto fetch(const std::string& host, std::string body = "") {
        client::Client client(loop.ex(), *network, loop.clock, loop.log);
        client::Request request;
        request.url = *http::parse_url("https://" + host + ":" + std::to_string(at.port) + "/x");
        request.reach = Reach::Anywhere;
        request.body = std::move(body);
        return loop.run(client.fetch(std::move(request)));
    }

    TestCertificate certificate;
    RealLoop loop;
    Metrics metrics;
    std::shared_ptr<ServerContext> context =
        ServerContext::load(certificate.certificate_file(), certificate.key_file()).value();
    std::unique_ptr<TcpNetwork> network{};
    Endpoint at{};
    http::Server server{
        loop.ex(), loop.clock, loop.log, metrics, {}, {}, [](http::Exchange& exchange) -> Async<void> {
            auto body = co_await exchange.body();
            const std::string how = exchange.head().is_encrypted ? "encrypted " : "plain ";
            if (body)
                (void)co_await exchange.respond(http::Response{200, {}, how + std::to_string(body->size())});
        }};
};

TEST(Tls, RequestsOfEverySizeArrive) {
    Secured secured;
    for (std::size_t size : {0U, 1U, 16'384U, 100'000U, 3'000'000U}) {
        const auto answer = secured.fetch("localhost", std::string(size, 'x'));
        ASSERT_TRUE(answer) << answer.error().error.message << " " << answer.error().error.cause;
        EXPECT_EQ(answer->body, "encrypted " + std::to_string(size));
    }
}

TEST(Tls, AnAddressInTheCertificateIsVerifiedToo) {
    Secured secured;
    EXPECT_TRUE(secured.fetch("127.0.0.1"));
}

TEST(Tls, ACertificateForAnotherNameIsRefusedBeforeAnythingIsSent) {
    Secured secured("DNS:other.example");
    const auto answer = secured.fetch("localhost");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, Code::Unavailable);
    EXPECT_FALSE(answer.error().was_sent);
    EXPECT_THAT(answer.error().error.message, HasSubstr("ostname mismatch"));
}

TEST(Tls, AnExpiredCertificateIsRefused) {
    Secured secured("DNS:localhost", Validity::Expired);
    const auto answer = secured.fetch("localhost");
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().error.message, HasSubstr("expired"));
}

TEST(Tls, AnAuthorityNobodyTrustsIsRefused) {
    Secured secured;
    TcpNetwork stranger(secured.loop.clock, TcpSettings{nullptr, ClientContext::make().value()});
    const auto got = secured.connect(stranger, "localhost");
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Code::Unavailable);
    EXPECT_THAT(got.error().message, HasSubstr("The certificate is not trusted"));
}

TEST(Tls, WithoutAuthoritiesThereIsNoHttps) {
    Secured secured;
    TcpNetwork stranger(secured.loop.clock);
    EXPECT_EQ(secured.connect(stranger, "localhost").error().code, Code::InvalidArgument);
}

TEST(Tls, AClientThatSpeaksPlainHttpIsCutOff) {
    Secured secured;
    auto plain = std::move(*secured.loop.run(
        secured.network->connect(secured.at, Security::Plain, Reach::Anywhere, secured.loop.clock.in(10s))));
    ASSERT_TRUE(secured.loop.run(
        plain->write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", secured.loop.clock.in(10s))));
    char piece[512];
    for (;;) {
        const auto count = secured.loop.run(plain->read_some(piece, secured.loop.clock.in(10s)));
        if (!count || *count == 0) break;
        EXPECT_THAT(std::string(piece, *count), testing::Not(HasSubstr("200 OK")));
    }
    EXPECT_TRUE(secured.fetch("localhost"));
}

TEST(Tls, ACutConnectionIsNotAnEnd) {
    Secured secured;
    auto listener = std::move(*secured.network->listen(secured.loop.ex(), {"127.0.0.1", 0}));
    std::unique_ptr<Connection> far;
    auto serve = [](Listener& at, std::unique_ptr<Connection>& into) -> Async<void> {
        into = std::move(*co_await at.accept());
        char piece[16];
        if (!co_await into->read_some(piece, kNever)) co_return;
        (void)co_await into->write("half", kNever);
        into->close();  // without close_notify
    };
    secured.loop.scope.spawn("far", serve(*listener, far));
    auto near = std::move(*secured.loop.run(secured.network->connect(
        {"localhost", listener->local().port}, Security::Tls, Reach::Anywhere, secured.loop.clock.in(10s))));
    ASSERT_TRUE(secured.loop.run(near->write("ask", secured.loop.clock.in(10s))));
    char piece[16];
    EXPECT_EQ(*secured.loop.run(near->read_some(piece, secured.loop.clock.in(10s))), 4U);
    EXPECT_EQ(secured.loop.run(near->read_some(piece, secured.loop.clock.in(10s))).error().code,
              Code::Unavailable);
}

TEST(Tls, OldProtocolsAreRefused) {
    Secured secured;
    ContextPtr old(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_security_level(old.get(), 0);
    SSL_CTX_set_min_proto_version(old.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(old.get(), TLS1_1_VERSION);
    TcpNetwork stranger(secured.loop.clock,
                        TcpSettings{nullptr, std::make_shared<ClientContext>(std::move(old))});
    EXPECT_FALSE(secured.connect(stranger, "localhost"));
}

TEST(Tls, WrongFilesAreNamedInTheError) {
    const TestCertificate one("DNS:localhost");
    const TestCertificate two("DNS:localhost");
    EXPECT_THAT(ServerContext::load("/nowhere.pem", one.key_file()).error().message,
                HasSubstr("/nowhere.pem"));
    EXPECT_THAT(ServerContext::load(one.certificate_file(), one.certificate_file()).error().message,
                HasSubstr("not the private key"));
    EXPECT_EQ(ServerContext::load(one.certificate_file(), two.key_file()).error().code, Code::Configuration);
    EXPECT_FALSE(ClientContext::make(one.key_file()));
}

TEST(Tls, ARenewedCertificateIsUsedAfterAReloadAndABrokenOneIsNot) {
    Secured secured("DNS:other.example");
    EXPECT_FALSE(secured.fetch("localhost"));
    const TestCertificate renewed("DNS:localhost");
    const auto overwrite = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(renewed.certificate_file(), secured.certificate.certificate_file(), overwrite);
    std::filesystem::copy_file(renewed.key_file(), secured.certificate.key_file(), overwrite);
    ASSERT_TRUE(secured.context->reload());
    TcpNetwork trusting(secured.loop.clock,
                        TcpSettings{nullptr, ClientContext::make(renewed.authority_file()).value()});
    EXPECT_TRUE(secured.connect(trusting, "localhost"));
    std::ofstream(secured.certificate.key_file()) << "nonsense";
    EXPECT_FALSE(secured.context->reload());
    EXPECT_TRUE(secured.connect(trusting, "localhost"));
}

}  // namespace
}  // namespace meshai::net::tls
