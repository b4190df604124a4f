#include "net/tls/test_certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <stdexcept>

namespace meshai::net::tls {
namespace {

constexpr long kDay = 24 * 60 * 60;

void must(bool fine, const char* what) {
    if (!fine) throw std::runtime_error(what);
}

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
    must(extension != nullptr, "no extension");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

CertificatePtr unsigned_certificate(EVP_PKEY* key, const char* name, long serial, Validity validity) {
    CertificatePtr certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -2 * kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity == Validity::Now ? kDay : -kDay);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

void write_pem(const std::string& path, X509* certificate, EVP_PKEY* key) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"), &std::fclose);
    must(file != nullptr, "no file");
    if (certificate != nullptr) must(PEM_write_X509(file.get(), certificate) == 1, "no certificate written");
    if (key != nullptr)
        must(PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
             "no key written");
}

}  // namespace

TestCertificate::TestCertificate(const std::string& names, Validity validity) {
    auto pattern = (std::filesystem::temp_directory_path() / "meshai-tls-XXXXXX").string();
    must(::mkdtemp(pattern.data()) != nullptr, "no folder");
    folder_ = pattern;

    const KeyPtr authority_key(EVP_EC_gen("P-256"));
    const auto authority = unsigned_certificate(authority_key.get(), "Test authority", 1, Validity::Now);
    X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
    extend(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign");
    must(X509_sign(authority.get(), authority_key.get(), EVP_sha256()) > 0, "not signed");

    const KeyPtr key(EVP_EC_gen("P-256"));
    const auto certificate = unsigned_certificate(key.get(), "Test server", 2, validity);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority.get()));
    extend(certificate.get(), authority.get(), NID_subject_alt_name, names);
    must(X509_sign(certificate.get(), authority_key.get(), EVP_sha256()) > 0, "not signed");

    write_pem(authority_file(), authority.get(), nullptr);
    write_pem(certificate_file(), certificate.get(), nullptr);
    write_pem(key_file(), nullptr, key.get());
}

TestCertificate::~TestCertificate() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

}  // namespace meshai::net::tls
