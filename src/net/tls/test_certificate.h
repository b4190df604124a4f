// net/tls/test_certificate.h
//
// Certificates for tests, made when they run: nothing secret lies in the tree
// and nothing expires. Each authority is its own; files are gone with the object.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace meshai::net::tls {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;
using CertificatePtr = std::unique_ptr<X509, FreeCertificate>;

enum class Validity { Now, Expired };

/// An authority and one server certificate signed by it, as PEM files.
class TestCertificate {
  public:
    /// `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1".
    explicit TestCertificate(const std::string& names, Validity validity = Validity::Now);
    ~TestCertificate();
    TestCertificate(const TestCertificate&) = delete;
    TestCertificate& operator=(const TestCertificate&) = delete;

    std::string authority_file() const { return folder_ / "authority.pem"; }
    std::string certificate_file() const { return folder_ / "certificate.pem"; }
    std::string key_file() const { return folder_ / "key.pem"; }

  private:
    std::filesystem::path folder_;
};

}  // namespace meshai::net::tls
