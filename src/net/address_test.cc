#include "net/address.h"

#include <gtest/gtest.h>

namespace meshai::net {
namespace {

TEST(Address, OnlyGlobalUnicastIsPublic) {
    for (const char* text : {"8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700::1111",
                             "2a00::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"})
        EXPECT_TRUE(is_public(*parse_address(text))) << text;
    for (const char* text : {"0.0.0.0",
                             "127.0.0.1",
                             "127.255.255.254",
                             "10.1.2.3",
                             "172.16.0.1",
                             "172.31.255.1",
                             "192.168.0.1",
                             "169.254.169.254",
                             "100.64.0.1",
                             "100.127.255.255",
                             "192.0.2.1",
                             "198.51.100.7",
                             "203.0.113.9",
                             "198.18.0.1",
                             "224.0.0.1",
                             "239.1.1.1",
                             "240.0.0.1",
                             "255.255.255.255",
                             "192.0.0.8",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fdff::1",
                             "ff02::1",
                             "2001:db8::1",
                             "2001::1",
                             "::ffff:10.0.0.1",
                             "::ffff:127.0.0.1",
                             "64:ff9b::a00:1",
                             "64:ff9b:1::1",
                             "2002:7f00:1::1",
                             "::127.0.0.1",
                             "fec0::1",
                             "3fff::1",
                             "4000::1",
                             "::ffff:169.254.1.1",
                             "100::1"})
        EXPECT_FALSE(is_public(*parse_address(text))) << text;
}

TEST(Address, ANameIsNoAddress) {
    for (const char* text : {"localhost", "", "127.1", "1.2.3.4.5", "0x7f000001", "[::1]", "fe80::1%eth0"})
        EXPECT_FALSE(parse_address(text)) << text;
}

}  // namespace
}  // namespace meshai::net
