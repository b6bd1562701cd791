package dev.vellum.proxy.pregenerate;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * Asks a proxy for URLs as a browser would, one connection for each. The URL goes out as an
 * absolute target, which a forward proxy wants and an edge takes (RFC 9112 section 3.2.2).
 *
 * @param patience for one response to go on
 */
record Visitor(InetSocketAddress proxy, Duration patience) {

    private static final int MOST_HEAD = 64 * 1024;

    /**
     * A response.
     *
     * @param head status line and fields, each ended by CRLF
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Visit(String head, byte[] content) {

        /** 0 where there is none. */
        int status() {
            return head.matches("(?s)HTTP/1\\.[01] \\d{3}.*")
                    ? Integer.parseInt(head.substring(9, 12))
                    : 0;
        }

        /** Value of the first field of that name, or empty. */
        String field(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    /**
     * Asks for a URL.
     *
     * @param most bytes of content that are kept; the rest is read and dropped
     * @throws IOException if no whole response comes
     */
    Visit get(URI url, String accept, int most) throws IOException {
        String host = url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        String request =
                """
                GET %s://%s%s%s HTTP/1.1
                Host: %s
                Accept: %s
                User-Agent: vellum-pregenerate
                Connection: close

                """
                        .formatted(scheme, host, path, query, host, accept)
                        .replace("\n", "\r\n");
        try (Socket socket = new Socket()) {
            int millis = (int) patience.toMillis();
            socket.connect(proxy, millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            return new Visit(head(in), content(in, most));
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            head.append((char) octet);
            if (octet == '\n' && head.toString().endsWith("\r\n\r\n")) {
                return head.toString();
            }
            if (head.length() > MOST_HEAD) {
                break;
            }
        }
        throw new IOException("no response (expected: a header of at most 64 KiB)");
    }

    private static byte[] content(InputStream in, int most) throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        byte[] buffer = new byte[16 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            kept.write(buffer, 0, Math.min(count, most - kept.size()));
        }
        return kept.toByteArray();
    }
}
