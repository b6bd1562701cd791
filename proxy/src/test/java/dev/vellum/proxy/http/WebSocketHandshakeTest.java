package dev.vellum.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WebSocketHandshakeTest {

    @Test
    void theExampleOfTheStandardIsAccepted() {
        assertThat(WebSocketHandshake.accept("dGhlIHNhbXBsZSBub25jZQ=="))
                .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
