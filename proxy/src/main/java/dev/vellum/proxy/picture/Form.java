package dev.vellum.proxy.picture;

import java.util.regex.Pattern;

/** What a picture may travel as. */
public sealed interface Form {

    /** Content-Type of the form. */
    String mediaType();

    /** What tells a form from all others. */
    default String key() {
        return mediaType();
    }

    /** A format that every program of its time can show. */
    record Ordinary(Format format) implements Form {
        @Override
        public String mediaType() {
            return format.mediaType();
        }
    }

    /**
     * Latents of the learned codec, for whoever has the decoder.
     *
     * @param model first ten hex digits, in lower case, of the SHA-256 of the decoder's file
     */
    record Latents(String model) implements Form {
        /** Media type but for the model. */
        public static final String TYPE = "image/vnd.vellum";

        static final String PARAMETER = "m";
        static final Pattern MODEL = Pattern.compile("[0-9a-f]{10}");

        public Latents {
            if (!MODEL.matcher(model).matches()) {
                throw new IllegalArgumentException(
                        "model: \"" + model + "\" (expected: 10 hex digits in lower case)");
            }
        }

        @Override
        public String mediaType() {
            return TYPE + ";" + PARAMETER + "=" + model;
        }
    }

    /**
     * A few hundred bytes, small and coarse, that stand in the place of a picture until it is
     * there.
     */
    record Placeholder(Format format) implements Form {
        /** Columns at most. */
        public static final int WIDTH = 32;

        @Override
        public String mediaType() {
            return format.mediaType();
        }

        @Override
        public String key() {
            return mediaType() + ";placeholder";
        }
    }
}
