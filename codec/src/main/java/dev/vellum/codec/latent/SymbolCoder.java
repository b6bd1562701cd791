package dev.vellum.codec.latent;

import dev.vellum.codec.CodecException;

/** Knows the symbols of a picture: read from a stream, chosen by an encoder, or all zero. */
public interface SymbolCoder {

    /** A part begins. */
    void begin(CodingOrder.Part part) throws CodecException;

    /**
     * Fills in the symbols of a row, with 0 wherever the class is 0; or its offsets, if it {@link
     * #placesLatents}.
     */
    void code(PassRow row) throws CodecException;

    /**
     * Whether it fills in {@link PassRow#offsets} instead of symbols, as somebody does who has not
     * made up his mind yet.
     */
    default boolean placesLatents() {
        return false;
    }

    /** The part is complete. */
    void end(CodingOrder.Part part) throws CodecException;
}
