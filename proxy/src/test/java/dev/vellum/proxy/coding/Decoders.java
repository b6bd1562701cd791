package dev.vellum.proxy.coding;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** What clients do with coded bodies. */
final class Decoders {

    private Decoders() {}

    static InputStream open(Coding coding, byte[] coded) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(coded);
        return switch (coding) {
            case ZSTD -> new ZstdInputStream(in);
            case BR -> new BrotliInputStream(in);
            case GZIP -> new GZIPInputStream(in);
        };
    }

    static byte[] decode(Coding coding, byte[] coded) throws IOException {
        try (InputStream in = open(coding, coded)) {
            return in.readAllBytes();
        }
    }
}
