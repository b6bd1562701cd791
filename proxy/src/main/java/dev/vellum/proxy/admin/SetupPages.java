package dev.vellum.proxy.admin;

import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * What a user of the proxy needs to set a browser up: where the proxy is, and the certificate of
 * its authority. Open to everyone who reaches the port, as none of it is secret.
 */
public final class SetupPages {

    private final Optional<String> certificate;
    private final IntSupplier proxyPort;

    /**
     * Pages for one proxy.
     *
     * @param certificate of the authority that opens HTTPS, in PEM; none if none is opened
     * @param proxyPort where clients connect
     */
    public SetupPages(Optional<String> certificate, IntSupplier proxyPort) {
        this.certificate = certificate;
        this.proxyPort = proxyPort;
    }

    /** The certificate to install, in PEM. */
    Optional<String> certificate() {
        return certificate;
    }

    /**
     * A proxy auto-configuration: what is public goes through the proxy, and directly where that is
     * down.
     *
     * @param host how the asker calls this machine: a name or an address literal
     */
    String autoConfiguration(String host) {
        return """
        function FindProxyForURL(url, host) {
          if (isPlainHostName(host) || dnsDomainIs(host, ".local") || host.charAt(0) == "[" ||
              shExpMatch(host, "127.*") || shExpMatch(host, "10.*") || shExpMatch(host, "192.168.*") ||
              shExpMatch(host, "172.1?.*") || shExpMatch(host, "172.2?.*") || shExpMatch(host, "172.3?.*")) {
            return "DIRECT";
          }
          return "PROXY %s:%d; DIRECT";
        }
        """
                .formatted(host, proxyPort.getAsInt());
    }

    /** Instructions; parameter as of {@link #autoConfiguration}. */
    String instructions(String host) {
        return """
        <!DOCTYPE html>
        <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Set up this proxy</title>
        <h1>Set up this proxy</h1>
        <h2>1. Use the proxy</h2>
        <p>Automatic configuration: <code>%1$s</code> (<a href="/proxy.pac">proxy.pac</a>), or by hand for HTTP and
        HTTPS: host <code>%2$s</code>, port <code>%3$d</code>.</p>
        <ul>
        <li>Windows: Settings, Network &amp; internet, Proxy, Use setup script.
        <li>macOS: System Settings, Network, the connection, Details, Proxies, Automatic proxy configuration.
        <li>GNOME: Settings, Network, Proxy, Automatic. KDE: System Settings, Network, Proxy.
        <li>Android: Settings, Wi-Fi, the network, Proxy, Auto-config.
        <li>iOS: Settings, Wi-Fi, the network, Configure Proxy, Automatic.
        <li>Firefox: Settings, Network Settings, Automatic proxy configuration URL. Others use the system's.
        </ul>
        %4$s\
        """
                .formatted(url(host), host, proxyPort.getAsInt(), authority());
    }

    private static String url(String host) {
        return "http://" + host + "/proxy.pac";
    }

    private String authority() {
        return certificate.isEmpty()
                ? "<p>This proxy does not open HTTPS: no certificate is needed.</p>\n"
                : """
                <h2>2. Trust its authority</h2>
                <p>This proxy opens HTTPS of some hosts to make it smaller. Whoever installs
                <a href="/ca.crt">its certificate</a> lets its owner read what goes to those hosts. Without it these
                hosts stay closed to the proxy, and work as before.</p>
                <ul>
                <li>Windows: open the file, Install Certificate, Local Machine, Trusted Root Certification Authorities.
                <li>macOS: open the file in Keychain Access, System, then Always Trust.
                <li>Debian, Ubuntu: copy it to <code>/usr/local/share/ca-certificates/vellum.crt</code> and run
                <code>update-ca-certificates</code>. Fedora: <code>/etc/pki/ca-trust/source/anchors</code> and
                <code>update-ca-trust</code>.
                <li>Chrome on Linux: Settings, Privacy and security, Security, Manage certificates, Authorities, Import.
                <li>Firefox: Settings, Privacy &amp; Security, View Certificates, Authorities, Import.
                <li>Android: Settings, Security, Encryption &amp; credentials, Install a certificate, CA certificate.
                <li>iOS: open it in Safari, install the profile, then Settings, General, About, Certificate Trust Settings.
                </ul>
                """;
    }
}
