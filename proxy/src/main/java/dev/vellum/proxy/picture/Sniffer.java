package dev.vellum.proxy.picture;

import org.jspecify.annotations.Nullable;

/**
 * Tells formats by their first bytes, whatever the Content-Type says, and reads their headers: in
 * Java, in one pass over the file without recursion into data, holding nothing but numbers.
 */
public final class Sniffer {

    private Sniffer() {}

    /** The format that the bytes begin with; null if none. At least 32 bytes tell for sure. */
    public static @Nullable Format format(byte[] start) {
        Octets in = new Octets(start, 0, start.length);
        if (in.startsWith(0, "\u00ff\u00d8\u00ff")) {
            return Format.JPEG;
        }
        if (in.startsWith(0, "\u0089PNG\r\n\u001a\n")) {
            return Format.PNG;
        }
        if (in.startsWith(0, "GIF87a") || in.startsWith(0, "GIF89a")) {
            return Format.GIF;
        }
        if (in.startsWith(0, "RIFF") && in.startsWith(8, "WEBP")) {
            return Format.WEBP;
        }
        return AvifHeader.isAvif(in) ? Format.AVIF : null;
    }

    /** Reads the header of a whole file. */
    public static Sniffing sniff(byte[] file) {
        Format format = format(file);
        if (format == null) {
            return new Sniffing.Unknown();
        }
        Octets in = new Octets(file, 0, file.length);
        try {
            return new Sniffing.Found(
                    switch (format) {
                        case JPEG -> JpegHeader.read(in);
                        case PNG -> PngHeader.read(in);
                        case GIF -> GifHeader.read(in);
                        case WEBP -> WebpHeader.read(in);
                        case AVIF -> AvifHeader.read(in);
                    });
        } catch (MalformedHeader malformed) {
            return new Sniffing.Malformed(format, malformed.reason());
        }
    }
}
