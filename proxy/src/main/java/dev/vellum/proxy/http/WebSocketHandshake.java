package dev.vellum.proxy.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** By what a server shows that it means WebSocket (RFC 6455 section 4.2.2). */
public final class WebSocketHandshake {

    private static final String WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private WebSocketHandshake() {}

    /** The Sec-WebSocket-Accept that answers the Sec-WebSocket-Key {@code key}. */
    public static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] named = (key + WEBSOCKET).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder().encodeToString(sha1.digest(named));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every JDK has SHA-1", missing);
        }
    }
}
