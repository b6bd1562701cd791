package dev.vellum.proxy.command;

import dev.vellum.codec.CodecException;
import dev.vellum.codec.ModelRegistry;
import dev.vellum.codec.Picture;
import dev.vellum.codec.VellumDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Decodes latent streams. */
@Command(
        name = "decode",
        mixinStandardHelpOptions = true,
        description =
                "Decodes latent streams (.vlm) to PNG; one that is cut off gives a coarser picture.")
public final class DecodeCommand implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;
    @Mixin private final FileTasks tasks = new FileTasks();
    @Mixin private final CodecOptions codec = new CodecOptions();

    @Override
    public Integer call() throws IOException, CodecException {
        try (ModelRegistry models = codec.open();
                PictureFiles files = PictureFiles.open(codec.pixels())) {
            VellumDecoder decoder = new VellumDecoder(models, codec.limits());
            return tasks.run(
                    Commands.spec(spec),
                    List.of(".vlm"),
                    ".png",
                    (in, out) -> {
                        byte[] stream = Files.readAllBytes(in);
                        long start = System.nanoTime();
                        Picture picture = decoder.decode(stream);
                        double seconds = (System.nanoTime() - start) / 1e9;
                        files.writePng(out, picture);
                        return String.format(
                                Locale.ROOT,
                                "%d x %d, decoded in %.3f s",
                                picture.width(),
                                picture.height(),
                                seconds);
                    });
        }
    }
}
