package dev.vellum.proxy.http;

/** How much of a representation a stored response holds (RFC 9111 section 3.3). */
public sealed interface Content {

    /** Bytes held; -1 while they are still arriving. */
    long length();

    /**
     * All of it.
     *
     * @param digest SHA-256 of the bytes in lower-case hexadecimal; empty if it was not computed
     */
    record Complete(long length, String digest) implements Content {
        public Complete(long length) {
            this(length, "");
        }
    }

    /**
     * One range of bytes.
     *
     * @param completeLength bytes of the whole representation
     */
    record Part(long first, long last, long completeLength) implements Content {
        public Part {
            if (first < 0 || last < first || completeLength <= last) {
                throw new IllegalArgumentException(
                        "part: %d-%d/%d (expected: 0 <= first <= last < length)"
                                .formatted(first, last, completeLength));
            }
        }

        @Override
        public long length() {
            return last - first + 1;
        }
    }

    /**
     * None of its bytes, but another form of it that is nearly as good, of which further forms are
     * made. Whoever asks for the very bytes has to be answered from upstream.
     *
     * @param length bytes of that form
     * @param completeLength bytes of the representation
     * @param digest SHA-256 of the representation's bytes, as of {@link Complete}
     * @param form what is held, in the words of who put it there
     */
    record Master(long length, long completeLength, String digest, String form)
            implements Content {}

    /** All of it, once it has arrived. */
    static Content arriving() {
        return new Complete(-1);
    }
}
