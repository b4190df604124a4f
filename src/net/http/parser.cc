#include "net/http/parser.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::net::http {
namespace {

// What a chunked body may cost on the wire beside its content: sizes, line
// ends, extensions and trailers. A body of one-byte chunks needs six for one.
constexpr std::size_t kChunkedWireFactorMax = 8;
constexpr std::size_t kMethodBytesMax = 24;

bool is_token_letter(char c) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
}

bool is_value_letter(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

std::string_view trimmed_end(std::string_view text) {
    const auto last = text.find_last_not_of(" \t");
    return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

}  // namespace

struct Parser::Callbacks {
    static Parser& self(llhttp_t* llhttp) { return *static_cast<Parser*>(llhttp->data); }

    static int url(llhttp_t* llhttp, const char* at, std::size_t size) {
        auto& parser = self(llhttp);
        if (parser.target_.size() + size > parser.limits_.target_bytes)
            return parser.refuse(414, fmt::format("The target of the request is longer than {} bytes.",
                                                  parser.limits_.target_bytes));
        parser.target_.append(at, size);
        return 0;
    }

    static int protocol(llhttp_t* llhttp, const char* at, std::size_t size) {
        self(llhttp).protocol_.append(at, size);
        return 0;
    }

    static int field(llhttp_t* llhttp, const char* at, std::size_t size) {
        self(llhttp).name_.append(at, size);
        return 0;
    }

    static int value(llhttp_t* llhttp, const char* at, std::size_t size) {
        self(llhttp).value_.append(at, size);
        return 0;
    }

    static int value_complete(llhttp_t* llhttp) { return self(llhttp).take_header(); }
    static int headers_complete(llhttp_t* llhttp) { return self(llhttp).head_complete(); }

    static int body(llhttp_t* llhttp, const char* at, std::size_t size) {
        auto& parser = self(llhttp);
        if (parser.body_bytes_ + size > parser.limits_.body_bytes) {
            parser.refusal_.is_body_too_large = true;
            return parser.refuse(413,
                                 fmt::format("The body is larger than {} bytes.", parser.limits_.body_bytes));
        }
        parser.body_bytes_ += size;
        parser.body_->append(at, size);
        return 0;
    }

    static int message_complete(llhttp_t* llhttp) {
        self(llhttp).is_complete_ = true;
        return HPE_PAUSED;
    }
};

const llhttp_settings_t& Parser::settings() {
    static const llhttp_settings_t kSettings = [] {
        llhttp_settings_t made;
        llhttp_settings_init(&made);
        made.on_url = &Callbacks::url;
        made.on_protocol = &Callbacks::protocol;
        made.on_header_field = &Callbacks::field;
        made.on_header_value = &Callbacks::value;
        made.on_header_value_complete = &Callbacks::value_complete;
        made.on_headers_complete = &Callbacks::headers_complete;
        made.on_body = &Callbacks::body;
        made.on_message_complete = &Callbacks::message_complete;
        return made;
    }();
    return kSettings;
}

Parser::Parser(Kind kind, const ParserLimits& limits) : kind_(kind), limits_(limits) {
    begin();
}

void Parser::begin(bool is_head_answer) {
    // Strict: no lenient flag is ever set.
    llhttp_init(&llhttp_, kind_ == Kind::Requests ? HTTP_REQUEST : HTTP_RESPONSE, &settings());
    llhttp_.data = this;
    is_head_answer_ = is_head_answer;
    refusal_ = {};
    first_bytes_.clear();
    protocol_.clear();
    target_.clear();
    name_.clear();
    value_.clear();
    headers_ = {};
    head_bytes_ = fields_ = body_bytes_ = wire_bytes_ = 0;
    content_length_.reset();
    has_begun_ = is_method_unknown_ = is_head_complete_ = is_complete_ = is_chunked_ = is_persistent_ =
        failed_ = false;
}

Parser::Fed Parser::feed(std::string_view bytes, std::string& body) {
    if (failed_) return {0, Step::Failed};
    if (is_method_unknown_) {
        first_bytes_ += bytes.substr(0, kMethodBytesMax - first_bytes_.size());
        return judge_method(bytes.size());
    }
    body_ = &body;
    std::string_view piece = bytes;
    if (!is_head_complete_) {
        piece = piece.substr(0, limits_.header_bytes + 1 - head_bytes_);
        const auto start = has_begun_ ? 0 : std::min(piece.find_first_not_of("\r\n"), piece.size());
        has_begun_ = has_begun_ || start < piece.size();
        const auto wanted = kMethodBytesMax - std::min(first_bytes_.size(), kMethodBytesMax);
        first_bytes_ += piece.substr(start, wanted);
    }
    const bool was_head_complete = is_head_complete_;
    const auto why = llhttp_execute(&llhttp_, piece.data(), piece.size());
    auto fed = why == HPE_OK ? Fed{piece.size(), Step::More} : stopped(why, piece);
    (was_head_complete ? wire_bytes_ : head_bytes_) += fed.taken;
    if (fed.step == Step::Failed) return fed;
    if (!was_head_complete && head_bytes_ > limits_.header_bytes) {
        refuse(431, fmt::format("The header fields are larger than {} bytes.", limits_.header_bytes));
        return {fed.taken, Step::Failed};
    }
    if (wire_bytes_ > limits_.body_bytes * kChunkedWireFactorMax + limits_.header_bytes) {
        refusal_.is_body_too_large = true;
        refuse(413, "The body costs many times its content in chunk sizes.");
        return {fed.taken, Step::Failed};
    }
    return fed;
}

Parser::Fed Parser::stopped(llhttp_errno_t why, std::string_view bytes) {
    if (why == HPE_INVALID_METHOD && !failed_) return judge_method(bytes.size());
    if (why != HPE_PAUSED || failed_) {
        explain(why);
        return {bytes.size(), Step::Failed};
    }
    const char* at = llhttp_get_error_pos(&llhttp_);
    const auto taken = at == nullptr ? bytes.size() : static_cast<std::size_t>(at - bytes.data());
    llhttp_resume(&llhttp_);
    return {std::min(taken, bytes.size()), is_complete_ ? Step::End : Step::Head};
}

/// llhttp stops at the first letter that fits no method it knows. Whether it is
/// a method at all shows at the end of the word, wherever the bytes are cut.
Parser::Fed Parser::judge_method(std::size_t taken) {
    is_method_unknown_ = true;
    const auto end = std::ranges::find_if_not(first_bytes_, is_token_letter);
    if (end == first_bytes_.end() && first_bytes_.size() < kMethodBytesMax) return {taken, Step::More};
    if (end != first_bytes_.end() && *end == ' ' && end != first_bytes_.begin())
        refuse(501, "This server does not know the method of the request.");
    else
        refuse(400, "The bytes are no HTTP request.");
    return {taken, Step::Failed};
}

Parser::Step Parser::finish(std::string& body) {
    if (failed_) return Step::Failed;
    body_ = &body;
    const auto why = is_method_unknown_ ? HPE_INVALID_METHOD : llhttp_finish(&llhttp_);
    if (is_head_complete_ && is_complete_) return Step::End;
    refuse(400, why == HPE_OK ? "The connection ended before a message."
                              : "The connection ended inside a message.");
    return Step::Failed;
}

std::string_view Parser::method() const {
    if (!is_head_complete_) return {};
    return llhttp_method_name(static_cast<llhttp_method_t>(llhttp_.method));
}

int Parser::refuse(int status, std::string detail) {
    if (!failed_) {
        refusal_.status = status;
        refusal_.detail = std::move(detail);
    }
    failed_ = true;
    return HPE_USER;
}

int Parser::take_header() {
    if (++fields_ > limits_.header_fields)
        return refuse(431, fmt::format("There are more than {} header fields.", limits_.header_fields));
    // RFC 9112 5.1: trailing whitespace is no part of the value.
    value_.resize(trimmed_end(value_).size());
    if (!std::ranges::all_of(value_, is_value_letter))
        return refuse(400, "A header value holds a control character.");
    auto name = std::exchange(name_, {});
    auto value = std::exchange(value_, {});
    // RFC 9110 6.5.1: trailers may be dropped, and nothing here waits for one.
    if (is_head_complete_) return 0;
    if (const int refused = take_length_field(name, value); refused != 0) return refused;
    headers_.add(std::move(name), std::move(value));
    return 0;
}

int Parser::take_length_field(const std::string& name, std::string_view value) {
    if (equals_ignoring_case(name, "transfer-encoding")) {
        if (is_chunked_) return refuse(400, "Transfer-Encoding stands twice.");
        if (!equals_ignoring_case(value, "chunked"))
            return refuse(501, "The only Transfer-Encoding that this server knows is chunked.");
        is_chunked_ = true;
    } else if (equals_ignoring_case(name, "content-length")) {
        // RFC 9112 6.3: several or invalid lengths are an unrecoverable error.
        if (content_length_) return refuse(400, "Content-Length stands twice.");
        if (value.empty() || !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; }))
            return refuse(400, "Content-Length is no number.");
        content_length_ = llhttp_.content_length;
    } else {
        return 0;
    }
    // RFC 9112 6.3, rule 3: both together are what request smuggling looks like.
    if (is_chunked_ && content_length_)
        return refuse(400, "Content-Length and Transfer-Encoding stand together.");
    return 0;
}

int Parser::head_complete() {
    // llhttp also speaks RTSP and ICE; this server does not.
    if (protocol_ != "HTTP") return refuse(400, "The first line does not end with HTTP/1.1.");
    if (llhttp_.http_major != 1 || llhttp_.http_minor > 1)
        return refuse(505, "This server speaks HTTP/1.1 and HTTP/1.0.");
    // RFC 9112 6.1: a Transfer-Encoding in an HTTP/1.0 message is faulty framing.
    if (is_chunked_ && llhttp_.http_minor == 0) return refuse(400, "HTTP/1.0 has no Transfer-Encoding.");
    is_head_complete_ = true;
    is_persistent_ = llhttp_should_keep_alive(&llhttp_) != 0;
    // RFC 9110 7.8: a server may ignore Upgrade and go on in HTTP/1.1.
    if (kind_ == Kind::Requests) llhttp_.upgrade = 0;
    if (is_head_answer_) llhttp_.flags |= F_SKIPBODY;
    return HPE_PAUSED;
}

void Parser::explain(llhttp_errno_t why) {
    if (failed_) return;
    const char* reason = llhttp_get_error_reason(&llhttp_);
    const std::string_view said = reason == nullptr ? "" : reason;
    switch (why) {
        case HPE_INVALID_VERSION:
            // The digits may be right and only the line end wrong.
            if (llhttp_.http_major == 1 && llhttp_.http_minor <= 1)
                refuse(400, "The first line does not end with HTTP/1.1 and CRLF.");
            else
                refuse(505, "This server speaks HTTP/1.1 and HTTP/1.0.");
            break;
        case HPE_PAUSED_H2_UPGRADE:
            refuse(505, "This server speaks HTTP/1.1 and HTTP/1.0.");
            break;
        case HPE_INVALID_CONSTANT:
            refuse(400, "The first line does not end with HTTP/1.1.");
            break;
        case HPE_INVALID_TRANSFER_ENCODING:
            if (content_length_ || is_chunked_)
                refuse(400, "Transfer-Encoding stands twice, or beside Content-Length.");
            else
                refuse(501, "The only Transfer-Encoding that this server knows is chunked.");
            break;
        default:
            refuse(400, fmt::format("The message breaks HTTP/1.1: {}.",
                                    said.empty() ? llhttp_errno_name(why) : said));
            break;
    }
}

}  // namespace meshai::net::http
