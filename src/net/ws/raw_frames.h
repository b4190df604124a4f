// net/ws/raw_frames.h
//
// For tests: frames of RFC 6455 made and read by hand, byte for byte, also such
// as no library would make. What a client says, and what it hears. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshai::net::ws::raw {

enum Opcode : std::uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

/// One frame as a client sends it; everything can be wrong.
struct Frame {
    std::uint8_t opcode = kText;
    std::string payload{};
    bool fin = true;
    std::uint8_t rsv = 0;  ///< the three reserved bits
    bool is_masked = true;
    std::uint64_t announced = 0;  ///< a length other than the payload's; 0: the true one
    int length_bytes = 0;         ///< of the extended length: 0 (the shortest), 2 or 8
};

inline void put_length(std::string& out, const Frame& frame, std::uint8_t mask_bit) {
    const std::uint64_t length = frame.announced != 0 ? frame.announced : frame.payload.size();
    int bytes = frame.length_bytes;
    if (bytes == 0 && length > 125) bytes = length > 0xFFFF ? 8 : 2;
    if (bytes == 0) {
        out += static_cast<char>(mask_bit | length);
        return;
    }
    out += static_cast<char>(mask_bit | (bytes == 2 ? 126 : 127));
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(length >> shift);
}

inline std::string bytes_of(const Frame& frame) {
    constexpr std::string_view kMask = "\x37\xfa\x21\x3d";  // RFC 6455 5.7
    std::string out;
    out += static_cast<char>((frame.fin ? 0x80 : 0) | (frame.rsv << 4U) | frame.opcode);
    put_length(out, frame, frame.is_masked ? 0x80 : 0);
    if (!frame.is_masked) return out + frame.payload;
    out += kMask;
    for (std::size_t i = 0; i < frame.payload.size(); ++i)
        out += static_cast<char>(frame.payload[i] ^ kMask[i % kMask.size()]);
    return out;
}

inline std::string text(std::string payload) {
    return bytes_of({.opcode = kText, .payload = std::move(payload)});
}

inline std::string close_payload(std::uint16_t code, std::string_view reason = {}) {
    std::string payload;
    payload += static_cast<char>(code >> 8U);
    payload += static_cast<char>(code & 0xFFU);
    return payload.append(reason);
}

inline std::string close(std::uint16_t code, std::string_view reason = {}) {
    return bytes_of({.opcode = kClose, .payload = close_payload(code, reason)});
}

/// What the server sent: "text hello", "ping 1", "pong x", "close 1000 bye", or
/// "broken …" where it is no frame that a server may send.
class Reader {
  public:
    std::vector<std::string> feed(std::string_view bytes) {
        kept_ += bytes;
        std::vector<std::string> heard;
        for (auto word = next(); !word.empty(); word = next()) heard.push_back(std::move(word));
        return heard;
    }

    /// Bytes of a frame that is not whole yet.
    std::size_t unfinished() const { return kept_.size(); }

  private:
    std::uint8_t at(std::size_t i) const { return static_cast<std::uint8_t>(kept_[i]); }

    std::string next() {
        if (kept_.size() < 2) return {};
        std::size_t header = 2;
        std::uint64_t length = at(1) & 0x7FU;
        if (length >= 126) {
            const std::size_t bytes = length == 126 ? 2 : 8;
            if (kept_.size() < header + bytes) return {};
            length = 0;
            for (std::size_t i = 0; i < bytes; ++i) length = length << 8U | at(header + i);
            header += bytes;
        }
        if (kept_.size() < header + length) return {};
        const auto first = at(0);
        const bool is_masked = (at(1) & 0x80U) != 0;
        const auto payload = kept_.substr(header, length);
        kept_.erase(0, header + length);
        return words(first, is_masked, payload);
    }

    static std::string words(std::uint8_t first, bool is_masked, const std::string& payload) {
        // RFC 6455 5.1: "A server MUST NOT mask any frames that it sends to the client."
        if (is_masked) return "broken: masked";
        if ((first & 0x70U) != 0) return "broken: reserved bits";
        if ((first & 0x80U) == 0) return "broken: in pieces";
        switch (first & 0x0FU) {
            case kText:
                return "text " + payload;
            case kPing:
                return "ping " + payload;
            case kPong:
                return "pong " + payload;
            case kClose: {
                if (payload.size() < 2) return "close";
                const int code =
                    static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1]);
                auto said = "close " + std::to_string(code);
                return payload.size() > 2 ? said + " " + payload.substr(2) : said;
            }
            default:
                return "broken: opcode " + std::to_string(first & 0x0FU);
        }
    }

    std::string kept_{};
};

/// The example of RFC 6455 1.3: this key has that answer.
inline constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A client's handshake; `fields` are whole lines, each with its CRLF.
inline std::string handshake(std::string_view target, std::string_view fields = {}) {
    std::string request = "GET ";
    request.append(target).append(
        " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    request.append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ").append(kKey).append("\r\n");
    return request.append(fields).append("\r\n");
}

}  // namespace meshai::net::ws::raw
