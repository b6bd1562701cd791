package dev.vellum.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vellum.proxy.access.Destinations.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {

    private static final InetAddress OWN = InetAddress.ofLiteral("198.41.0.4");

    private static Destinations allowing(String... networks) {
        return new Destinations(
                new DestinationsConfig(
                        List.of(networks).stream().map(Network::parse).toList(), Set.of(443)),
                Set.of(3128, 3129),
                Set.of(OWN, InetAddress.ofLiteral("2a00::4")));
    }

    private static Verdict check(Destinations destinations, String address, int port) {
        return destinations.check(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    @ParameterizedTest
    @CsvSource({
        "loopback,             127.0.0.1,         128.0.0.0",
        "end of loopback,      127.255.255.255,   126.255.255.255",
        "this network,         0.0.0.0,           1.0.0.0",
        "end of this network,  0.255.255.255,     1.0.0.1",
        "private 10,           10.0.0.0,          9.255.255.255",
        "end of private 10,    10.255.255.255,    11.0.0.0",
        "private 172.16,       172.16.0.0,        172.15.255.255",
        "end of private 172,   172.31.255.255,    172.32.0.0",
        "private 192.168,      192.168.0.1,       192.167.255.255",
        "end of private 192,   192.168.255.255,   192.169.0.0",
        "shared,               100.64.0.0,        100.63.255.255",
        "end of shared,        100.127.255.255,   100.128.0.0",
        "link-local,           169.254.0.1,       169.253.255.255",
        "metadata,             169.254.169.254,   169.255.0.0",
        "metadata ECS,         169.254.170.2,     169.255.0.1",
        "metadata Alibaba,     100.100.100.200,   100.200.100.100",
        "metadata Azure,       168.63.129.16,     168.63.129.17",
        "metadata Oracle,      192.0.0.192,       192.0.1.192",
        "protocol assignments, 192.0.0.1,         192.0.1.0",
        "documentation,        192.0.2.1,         192.0.3.0",
        "benchmarks,           198.18.0.1,        198.20.0.0",
        "multicast,            224.0.0.1,         223.255.255.255",
        "end of multicast,     239.255.255.255,   223.255.255.254",
        "reserved,             240.0.0.1,         223.0.0.1",
        "broadcast,            255.255.255.255,   8.8.8.8",
        "v6 unspecified,       ::,                2600::",
        "v6 loopback,          ::1,               2600::1",
        "v4-compatible,        ::7f00:1,          2600::2",
        "NAT64,                64:ff9b::7f00:1,   64:ff9c::1",
        "NAT64 public inside,  64:ff9b::808:808,  64:ff9a::1",
        "NAT64 local,          64:ff9b:1::1,      64:ff9b:2::1",
        "discard,              100::1,            101::1",
        "Teredo,               2001::1,           2001:200::1",
        "v6 documentation,     2001:db8::1,       2001:db9::1",
        "6to4,                 2002:7f00:1::1,    2003::1",
        "6to4 public inside,   2002:808:808::1,   2001:ffff::1",
        "ULA,                  fc00::1,           fbff::1",
        "ULA metadata,         fd00:ec2::254,     2a02:ec2::254",
        "v6 link-local,        fe80::1,           fe7f::1",
        "site-local,           fec0::1,           2a00::1",
        "v6 multicast,         ff02::1,           2a00::2",
    })
    void addressesThatAreNotPublicAreRefusedAndTheirNeighboursAreNot(
            String what, String refused, String neighbour) {
        assertThat(check(allowing(), refused, 80)).as(what).isEqualTo(Verdict.NOT_PUBLIC);
        assertThat(check(allowing(), neighbour, 80))
                .as("beside " + what)
                .isEqualTo(Verdict.ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7f000001", "0a000001", "08080808", "a9fea9fe"})
    void mappedAddressesAreRefusedWhateverTheyMap(String four) {
        byte[] mapped =
                ByteBuffer.allocate(16)
                        .putLong(0)
                        .putInt(0xffff)
                        .putInt(Integer.parseUnsignedInt(four, 16))
                        .array();
        assertThat(allowing().check(mapped, 80)).isEqualTo(Verdict.NOT_PUBLIC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "169.254.169.254", "fd00:ec2::254"})
    void aNetworkThatTheConfigurationNamesIsAllowed(String address) {
        Destinations named = allowing("10.0.0.0/8", "127.0.0.1", "169.254.0.0/16", "fd00::/8");
        assertThat(check(named, address, 80)).isEqualTo(Verdict.ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "127.9.9.9", "0.0.0.0", "::", "::1", "198.41.0.4", "2a00::4"})
    void ourOwnPortsAreRefusedEvenWhereTheirAddressIsAllowed(String address) {
        Destinations all = allowing("0.0.0.0/0", "::/0");
        InetSocketAddress own = new InetSocketAddress(InetAddress.ofLiteral(address), 3129);
        assertThat(all.check(own)).isEqualTo(Verdict.OURSELVES);
        assertThat(all.checkConfigured(own)).isEqualTo(Verdict.OURSELVES);
        assertThat(check(all, address, 8080)).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void theMappedFormOfAnOwnAddressIsOurselvesToo() {
        byte[] mapped =
                ByteBuffer.allocate(16).putLong(0).putInt(0xffff).put(OWN.getAddress()).array();
        assertThat(allowing("::/0").check(mapped, 3128)).isEqualTo(Verdict.OURSELVES);
    }

    @Test
    void aConfiguredOriginMayBePrivate() {
        InetSocketAddress origin = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8080);
        assertThat(allowing().checkConfigured(origin)).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void connectMayNamePort443Only() {
        assertThat(allowing().checkConnectPort(443)).isEqualTo(Verdict.ALLOWED);
        assertThat(allowing().checkConnectPort(25)).isEqualTo(Verdict.CONNECT_PORT);
        assertThat(allowing().checkConnectPort(80)).isEqualTo(Verdict.CONNECT_PORT);
    }
}
