#include "base/seal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <stdexcept>

#include "base/base64url.h"

namespace meshai {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

// OpenSSL fails here for lack of memory or a missing algorithm only, which no caller can mend.
void must(int outcome) {
    if (outcome != 1) throw std::runtime_error("AES-256-GCM of OpenSSL does not work");
}

Cipher new_cipher() {
    Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    if (!cipher) throw std::bad_alloc();
    return cipher;
}

template <class Key>
std::string hmac(const Key& key, std::string_view text) {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text),
                            text.size(), bytes_of(digest), &size);
    must(done != nullptr ? 1 : 0);
    digest.resize(size);
    return digest;
}

Error broken() {
    return {Code::InvalidArgument, "The sealed text was not made by this server for this purpose."};
}

}  // namespace

std::string Seal::seal(std::string_view plain, std::string_view associated) const {
    std::string nonce(kNonceBytes, '\0');
    random_.fill({bytes_of(nonce), kNonceBytes});
    return seal_with(std::move(nonce), plain, associated);
}

// NIST SP 800-38D 8: a nonce must never serve two texts under one key. A keyed
// digest of the text is as good as a random one for that: nobody without the key
// can look for two texts that share it, and the same text may have the same.
std::string Seal::seal_alike(std::string_view plain, std::string_view associated) const {
    const auto digest_key = hmac(key_, "nonces of alike seals");
    std::string whole = std::to_string(associated.size()) + ":";
    whole += associated;
    whole += plain;
    auto nonce = hmac(digest_key, whole);
    nonce.resize(kNonceBytes);
    return seal_with(std::move(nonce), plain, associated);
}

std::string Seal::seal_with(std::string nonce, std::string_view plain, std::string_view associated) const {
    std::string out = std::move(nonce);
    out.resize(kNonceBytes + plain.size() + kTagBytes);
    const auto cipher = new_cipher();
    int written = 0;
    must(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes_of(out)));
    must(EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes_of(associated),
                           static_cast<int>(associated.size())));
    must(EVP_EncryptUpdate(cipher.get(), bytes_of(out) + kNonceBytes, &written, bytes_of(plain),
                           static_cast<int>(plain.size())));
    must(EVP_EncryptFinal_ex(cipher.get(), bytes_of(out) + kNonceBytes + plain.size(), &written));
    must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                             bytes_of(out) + kNonceBytes + plain.size()));
    return to_base64url(out);
}

Result<std::string> Seal::open(std::string_view sealed, std::string_view associated) const {
    auto bytes = from_base64url(sealed);
    if (!bytes || bytes->size() < kNonceBytes + kTagBytes) return broken();
    const auto length = bytes->size() - kNonceBytes - kTagBytes;
    std::string plain(length, '\0');
    const auto cipher = new_cipher();
    int written = 0;
    must(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes_of(*bytes)));
    must(EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes_of(associated),
                           static_cast<int>(associated.size())));
    must(EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &written, bytes_of(*bytes) + kNonceBytes,
                           static_cast<int>(length)));
    must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes),
                             bytes_of(*bytes) + kNonceBytes + length));
    unsigned char none = 0;
    if (EVP_DecryptFinal_ex(cipher.get(), &none, &written) != 1) return broken();
    return plain;
}

}  // namespace meshai
