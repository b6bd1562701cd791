package dev.vellum.codec;

/** A stream, a picture or a model that the codec refuses, with the place and the reason. */
public abstract sealed class CodecException extends Exception {

    private static final long serialVersionUID = 1L;

    private CodecException(String message) {
        super(message);
    }

    /** A stream whose bytes break the format. */
    public static final class Malformed extends CodecException {

        private static final long serialVersionUID = 1L;

        /** Position of the offending byte, counted from the start of the stream. */
        private final long offset;

        /**
         * Refuses the bytes at {@code offset}.
         *
         * @param offset position of the offending byte, from 0
         * @param reason what stands there and what was expected
         */
        public Malformed(long offset, String reason) {
            super("offset " + offset + ": " + reason);
            this.offset = offset;
        }

        /**
         * Position of the offending byte.
         *
         * @return bytes from the start of the stream, from 0
         */
        public long offset() {
            return offset;
        }
    }

    /**
     * Something that would cost more than the caller's limits allow; nothing was allocated for it.
     */
    public static final class TooLarge extends CodecException {

        private static final long serialVersionUID = 1L;

        /**
         * Refuses a size.
         *
         * @param what the quantity, with its unit
         * @param given its value
         * @param limit the most that is allowed
         */
        public TooLarge(String what, long given, long limit) {
            super(what + ": " + given + " (expected: at most " + limit + ")");
        }
    }

    /**
     * A stream that names a model which is not at hand, or a model file that is not what it should
     * be.
     */
    public static final class WrongModel extends CodecException {

        private static final long serialVersionUID = 1L;

        /**
         * Refuses a model.
         *
         * @param reason the model that was given, by hash, and what was expected
         */
        public WrongModel(String reason) {
            super(reason);
        }
    }
}
