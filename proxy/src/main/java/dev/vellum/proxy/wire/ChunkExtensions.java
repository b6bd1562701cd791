package dev.vellum.proxy.wire;

/**
 * The grammar of chunk extensions (RFC 9112 section 7.1.1): {@code *( BWS ";" BWS name [ BWS "="
 * BWS ( token / quoted-string ) ] )}. They mean nothing to us, but a reader that takes another view
 * of them would see another end of the line.
 */
final class ChunkExtensions {

    private final byte[] bytes;
    private int at;

    private ChunkExtensions(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Refuses anything else than extensions, without their line's end. */
    static void check(byte[] bytes) throws MalformedMessage {
        ChunkExtensions extensions = new ChunkExtensions(bytes);
        while (extensions.at < bytes.length) {
            extensions.one();
        }
    }

    private void one() throws MalformedMessage {
        blanks();
        if (current() != ';') {
            throw MalformedMessage.syntax("chunk size line that goes on without a semicolon");
        }
        at++;
        blanks();
        token();
        int nameEnd = at;
        blanks();
        if (current() != '=') {
            at = nameEnd;
            return;
        }
        at++;
        blanks();
        if (current() == '"') {
            quoted();
        } else {
            token();
        }
    }

    private void token() throws MalformedMessage {
        int start = at;
        while (at < bytes.length && Octets.isToken(bytes[at])) {
            at++;
        }
        if (at == start) {
            throw MalformedMessage.syntax("chunk extension without a name or value");
        }
    }

    private void quoted() throws MalformedMessage {
        at++;
        while (current() != '"') {
            if (current() == '\\') {
                at++;
            }
            if (!Octets.isText(current())) {
                throw MalformedMessage.syntax("chunk extension with an open quotation");
            }
            at++;
        }
        at++;
    }

    private void blanks() {
        while (Octets.isBlank(current())) {
            at++;
        }
    }

    /** The octet to be read, or 0, which is in no class, behind the last. */
    private int current() {
        return at < bytes.length ? bytes[at] & 0xff : 0;
    }
}
