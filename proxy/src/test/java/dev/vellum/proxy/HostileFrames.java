package dev.vellum.proxy;

import static dev.vellum.proxy.Http2Client.WHOLE;
import static dev.vellum.proxy.Http2Client.with;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a client may send that is not HTTP/2, or no HTTP, and what it must be told. */
final class HostileFrames {

    static final byte[] NONE = {};

    private HostileFrames() {}

    /** What is sent. */
    @FunctionalInterface
    interface Script {
        void send(Http2Client client) throws IOException;
    }

    /**
     * A case.
     *
     * @param expected outcomes of stream 1 that are right, separated by {@code |}
     */
    record Case(String name, String expected, Script script) {
        boolean allows(String outcome) {
            return Arrays.asList(expected.split("\\|", -1)).contains(outcome);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        cases.addAll(SoundFrames.all());
        cases.addAll(FrameCases.all());
        cases.addAll(StreamCases.all());
        cases.addAll(SettingsCases.all());
        cases.addAll(WindowCases.all());
        cases.addAll(BlockCases.all());
        cases.addAll(MessageCases.all());
        cases.addAll(FloodCases.all());
        return cases;
    }

    static Case sent(String name, String expected, Script script) {
        return new Case(name, expected, script);
    }

    static Case request(String name, String expected, String... lines) {
        return sent(name, expected, client -> client.headers(1, WHOLE, lines));
    }

    static Case field(String name, String expected, String... more) {
        return request(name, expected, with("/", more));
    }

    static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }
}
