#include "store/position.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <memory>
#include <stdexcept>

#include "base/base64url.h"

namespace meshai::store {
namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kHalf = kBlockBytes / 2;
using Block = std::array<unsigned char, kBlockBytes>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

void put(Block& block, std::size_t at, std::uint64_t value) {
    for (std::size_t i = kHalf; i-- > 0; value >>= 8U) block.at(at + i) = static_cast<unsigned char>(value);
}

std::uint64_t get(const Block& block, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < kHalf; ++i) value = value << 8U | block.at(at + i);
    return value;
}

// OpenSSL fails here for lack of memory or a missing algorithm only, which no caller can mend.
Block turned(const Positions::Key& key, const Block& in, bool encrypts) {
    const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    if (!cipher) throw std::bad_alloc();
    Block out{};
    int written = 0;
    // One block, so a mode that chains blocks would have nothing to chain.
    const bool works =
        EVP_CipherInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr, encrypts ? 1 : 0) ==
            1 &&
        EVP_CIPHER_CTX_set_padding(cipher.get(), 0) == 1 &&
        EVP_CipherUpdate(cipher.get(), out.data(), &written, in.data(), static_cast<int>(in.size())) == 1;
    if (!works || written != static_cast<int>(kBlockBytes))
        throw std::runtime_error("AES-128 of OpenSSL does not work");
    return out;
}

std::uint64_t digest_of(const TenantId& tenant) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(tenant.value.data()), tenant.value.size(), digest.data());
    Block front{};
    std::copy_n(digest.begin(), kBlockBytes, front.begin());
    return get(front, 0);
}

}  // namespace

Positions::Positions(const Key& key, const TenantId& tenant) : key_(key), tenant_(digest_of(tenant)) {}

std::string Positions::text_of(std::uint64_t n) const {
    Block block{};
    put(block, 0, n);
    put(block, kHalf, tenant_);
    const auto sealed = turned(key_, block, /*encrypts=*/true);
    return to_base64url({reinterpret_cast<const char*>(sealed.data()), sealed.size()});
}

Result<std::uint64_t> Positions::place_of(std::string_view text) const {
    if (text.empty()) return 0;
    const Error unknown{Code::InvalidArgument,
                        "This is no place in this event stream; begin without one, or with an id it gave."};
    const auto bytes = from_base64url(text);
    if (!bytes || bytes->size() != kBlockBytes) return unknown;
    Block sealed{};
    std::copy(bytes->begin(), bytes->end(), sealed.begin());
    const auto block = turned(key_, sealed, /*encrypts=*/false);
    if (get(block, kHalf) != tenant_) return unknown;
    return get(block, 0);
}

Error beyond_the_end() {
    return Error{
        Code::InvalidArgument,
        "The place lies beyond the end of this event stream: the store may have been restored from a "
        "backup; begin without one."};
}

}  // namespace meshai::store
