package dev.vellum.codec.latent;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.container.Segment;
import dev.vellum.codec.entropy.RansDecoder;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Symbols read from the segments of a stream. From the first missing segment on all symbols are 0,
 * so that latents take their means.
 */
public final class StreamSymbols implements SymbolCoder {

    private final byte[] stream;
    private final Iterator<Segment> segments;
    private final LatentTables tables;
    private final int lanes;
    private @Nullable RansDecoder decoder;
    private int partsRead;

    /**
     * Reads segments in order.
     *
     * @param stream the whole stream
     * @param segments those of latents, in the order of the stream
     * @param lanes of {@link CodingOrder#lanes}
     */
    public StreamSymbols(byte[] stream, List<Segment> segments, LatentTables tables, int lanes) {
        this.stream = stream;
        this.segments = segments.iterator();
        this.tables = tables;
        this.lanes = lanes;
    }

    /** How many parts the stream held. */
    public int partsRead() {
        return partsRead;
    }

    @Override
    public void begin(CodingOrder.Part part) throws CodecException {
        decoder = null;
        if (segments.hasNext()) {
            Segment segment = segments.next();
            if (segment.type() != part.type()) {
                throw new CodecException.Malformed(
                        segment.offset(),
                        "segment of type " + segment.type() + " (expected: " + part.type() + ")");
            }
            decoder = new RansDecoder(stream, segment.offset(), segment.length(), lanes);
        }
    }

    @Override
    public void code(PassRow row) throws CodecException {
        RansDecoder source = decoder;
        int count = row.count();
        for (int i = 0; i < count; i++) {
            byte kind = row.classes[i];
            row.symbols[i] = kind == 0 || source == null ? 0 : source.get(tables.table(kind));
        }
    }

    @Override
    public void end(CodingOrder.Part part) throws CodecException {
        if (decoder != null) {
            decoder.finish();
            partsRead++;
        }
    }
}
