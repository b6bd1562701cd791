package dev.vellum.codec;

import dev.vellum.codec.container.Segment;
import dev.vellum.codec.container.StreamHeader;
import dev.vellum.codec.container.StreamReader;
import dev.vellum.codec.latent.CodingOrder;
import dev.vellum.codec.latent.Grid;
import dev.vellum.codec.latent.Latents;
import dev.vellum.codec.latent.StreamSymbols;
import dev.vellum.codec.net.Deadline;
import dev.vellum.codec.net.Workspace;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns streams into pictures. The same stream gives the same pixels everywhere. A stream that is
 * cut off gives a coarser picture, as long as its first segment is whole. Any number of threads may
 * use a decoder at once.
 */
public final class VellumDecoder {

    private final ModelRegistry models;
    private final Limits limits;

    /**
     * Makes a decoder.
     *
     * @param models that streams may name; the caller closes them
     * @param limits of each call
     */
    public VellumDecoder(ModelRegistry models, Limits limits) {
        this.models = models;
        this.limits = limits;
    }

    /**
     * Reads what a stream says of itself. Its checksums are verified, no model is needed.
     *
     * @param stream a stream or any prefix of one that holds its header
     * @return its header and its segments
     * @throws CodecException.Malformed if it is no stream or is damaged
     */
    public static StreamInfo inspect(byte[] stream) throws CodecException.Malformed {
        StreamReader reader = StreamReader.read(stream);
        StreamHeader header = reader.header();
        List<StreamInfo.Part> parts = new ArrayList<>();
        for (Segment segment : reader.segments()) {
            parts.add(new StreamInfo.Part(name(segment.type()), segment.length()));
        }
        return new StreamInfo(
                "%016x".formatted(header.model()),
                header.width(),
                header.height(),
                new Quality(header.quality()),
                stream.length,
                parts);
    }

    private static String name(int type) {
        if (type >= Segment.SKIPPABLE) {
            return "skippable " + type;
        }
        return switch (type) {
            case Segment.HYPER -> "hyper-latents";
            case Segment.ALL_GROUPS -> "latents";
            case Segment.ALPHA -> "alpha";
            default ->
                    type >= Segment.FIRST_GROUP
                            ? "group " + (type - Segment.FIRST_GROUP + 1)
                            : type >= Segment.FIRST_HYPER_GROUP
                                    ? "hyper-latents " + (type - Segment.FIRST_HYPER_GROUP + 1)
                                    : "type " + type;
        };
    }

    /**
     * Decodes a picture.
     *
     * @param stream a stream, or any prefix of one that holds its header and first segment
     * @return the picture, coarser if segments are missing at the end
     * @throws CodecException if the stream is damaged, names an unknown model or would cost more
     *     than the limits allow
     */
    public Picture decode(byte[] stream) throws CodecException {
        limits.requireStream(stream.length);
        StreamHeader header = StreamReader.header(stream);
        limits.requirePixels((long) header.width() * header.height());
        Model model = models.find(header.model());
        limits.requireMemory(MemoryEstimate.decode(model, header.width(), header.height()));
        StreamReader reader = StreamReader.read(stream);
        return model.use(() -> decode(model, reader, stream));
    }

    private Picture decode(Model model, StreamReader reader, byte[] stream) throws CodecException {
        Deadline deadline = new Deadline(limits.time(), System::nanoTime);
        StreamHeader header = reader.header();
        Grid grid = new Grid(header.width(), header.height());
        CodingOrder order = CodingOrder.of(model.decoderFile().manifest(), grid);
        List<Segment> segments = coding(reader, order, stream.length);
        int split = Math.min(order.hyperParts().size(), segments.size());
        byte[] z =
                model.hyperLatents()
                        .decode(
                                stream,
                                order.hyperParts(),
                                segments.subList(0, split),
                                header.quality(),
                                grid);
        StreamSymbols symbols =
                new StreamSymbols(
                        stream,
                        segments.subList(split, segments.size()),
                        model.latentTables(),
                        order.lanes());
        try (Workspace workspace = new Workspace()) {
            Latents latents =
                    model.entropyNetwork()
                            .run(z, header.quality(), grid, symbols, workspace, deadline);
            byte[] rgb = new byte[3 * header.width() * header.height()];
            model.synthesis().run(latents, rgb, workspace, deadline);
            return new Picture(header.width(), header.height(), rgb);
        }
    }

    /** The segments that code the picture, checked to be the right ones in the right order. */
    private static List<Segment> coding(StreamReader reader, CodingOrder order, int end)
            throws CodecException.Malformed {
        List<Integer> types = order.types();
        List<Segment> coding = new ArrayList<>();
        for (Segment segment : reader.segments()) {
            if (segment.type() >= Segment.SKIPPABLE) {
                continue;
            }
            int expected = coding.size() < types.size() ? types.get(coding.size()) : -1;
            if (segment.type() != expected) {
                throw new CodecException.Malformed(
                        segment.offset(),
                        "segment of type "
                                + segment.type()
                                + (expected < 0
                                        ? " (expected: the end)"
                                        : " (expected: " + expected + ")"));
            }
            coding.add(segment);
        }
        if (coding.isEmpty()) {
            throw new CodecException.Malformed(end, "end before the first segment is complete");
        }
        return coding;
    }
}
