#include "net/tls/context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <string_view>

#include "net/address.h"
#include "net/tls/connection.h"

namespace meshai::net::tls {
namespace {

constexpr const char* kCiphers12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kAlpn = "\x08http/1.1";

Error bad_configuration(std::string message) {
    return Error{Code::Configuration, std::move(message), last_words()};
}

ContextPtr new_context(const SSL_METHOD* method) {
    ContextPtr context(SSL_CTX_new(method));
    if (!context) return context;
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context.get(), kCiphers12);
    SSL_CTX_set_options(context.get(),
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // An idle connection gives its buffers back; a write may go on from another string.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    // A key with a passphrase is refused; OpenSSL would ask for it on the terminal.
    SSL_CTX_set_default_passwd_cb(context.get(), [](char*, int, int, void*) { return 0; });
    return context;
}

/// RFC 7301 3.2: a client that offers protocols, but not ours, is refused.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned size, void*) {
    unsigned char* chosen = nullptr;
    const auto* own = reinterpret_cast<const unsigned char*>(kAlpn.data());
    if (SSL_select_next_proto(&chosen, out_size, own, kAlpn.size(), offered, size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

Result<ContextPtr> server_context(const std::string& certificate_file, const std::string& key_file) {
    auto context = new_context(TLS_server_method());
    if (!context) return bad_configuration("TLS cannot be set up.");
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1)
        return bad_configuration(fmt::format("{}: this is no certificate chain in PEM.", certificate_file));
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return bad_configuration(
            fmt::format("{}: this is not the private key of {}, in PEM and without a passphrase.", key_file,
                        certificate_file));
    if (SSL_CTX_check_private_key(context.get()) != 1)
        return bad_configuration(
            fmt::format("{}: the key does not belong to {}.", key_file, certificate_file));
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    return context;
}

/// The certificate must name `host`: as an address when it is one, else as a name that is also sent (SNI).
bool expect_host(SSL* ssl, const std::string& host) {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (parse_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
    return SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

}  // namespace

std::string last_words() {
    std::string words;
    while (const auto code = ERR_get_error()) {
        char text[256];
        ERR_error_string_n(code, text, sizeof text);
        words += (words.empty() ? "" : "; ") + std::string(text);
    }
    return words;
}

Result<std::shared_ptr<ServerContext>> ServerContext::load(const std::string& certificate_file,
                                                           const std::string& key_file) {
    auto context = server_context(certificate_file, key_file);
    if (!context) return context.error();
    return std::make_shared<ServerContext>(std::move(*context), certificate_file, key_file);
}

ServerContext::ServerContext(ContextPtr context, std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)),
      key_file_(std::move(key_file)),
      context_(std::move(context)) {}

Status ServerContext::reload() {
    auto context = server_context(certificate_file_, key_file_);
    if (!context) return context.error();
    std::lock_guard lock(mutex_);
    context_ = std::move(*context);
    return Status{};
}

std::unique_ptr<Connection> ServerContext::accept(Clock& clock, std::unique_ptr<Socket> socket) {
    SslPtr ssl;
    {
        std::lock_guard lock(mutex_);
        ssl.reset(SSL_new(context_.get()));
    }
    if (ssl) SSL_set_accept_state(ssl.get());
    return std::make_unique<TlsConnection>(clock, std::move(socket), std::move(ssl));
}

Result<std::shared_ptr<ClientContext>> ClientContext::make(const std::string& extra_ca_file) {
    auto context = new_context(TLS_client_method());
    if (!context) return bad_configuration("TLS cannot be set up.");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_default_verify_paths(context.get());
    if (!extra_ca_file.empty() && SSL_CTX_load_verify_file(context.get(), extra_ca_file.c_str()) != 1)
        return bad_configuration(fmt::format("{}: these are no certificates in PEM.", extra_ca_file));
    const auto* protocols = reinterpret_cast<const unsigned char*>(kAlpn.data());
    SSL_CTX_set_alpn_protos(context.get(), protocols, kAlpn.size());
    return std::make_shared<ClientContext>(std::move(context));
}

Async<Result<std::unique_ptr<Connection>>> ClientContext::connect(Clock& clock,
                                                                  std::unique_ptr<Socket> socket,
                                                                  std::string host, MonoTime deadline) {
    SslPtr ssl(SSL_new(context_.get()));
    if (!ssl || !expect_host(ssl.get(), host))
        co_return Error{Code::InvalidArgument, fmt::format("{} is no host name for TLS.", host),
                        last_words()};
    SSL_set_connect_state(ssl.get());
    auto connection = std::make_unique<TlsConnection>(clock, std::move(socket), std::move(ssl));
    auto done = co_await connection->handshake(deadline);
    if (!done) {
        auto error = done.error();
        if (error.code == Code::Unavailable)
            error.message = fmt::format("TLS with {} failed: {}", host, error.message);
        co_return error;
    }
    co_return connection;
}

}  // namespace meshai::net::tls
