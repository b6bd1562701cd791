package dev.vellum.codec.latent;

import dev.vellum.codec.CodecException;

/** Knows the symbols of a picture: read from a stream, chosen by an encoder, or all zero. */
public interface SymbolCoder {

    /** A part begins. */
    void begin(CodingOrder.Part part) throws CodecException;

    /** Fills in the symbols of a row, with 0 wherever the class is 0. */
    void code(PassRow row) throws CodecException;

    /** The part is complete. */
    void end(CodingOrder.Part part) throws CodecException;
}
