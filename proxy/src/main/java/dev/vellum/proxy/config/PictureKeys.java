package dev.vellum.proxy.config;

import dev.vellum.proxy.picture.Form;
import dev.vellum.proxy.picture.Format;
import dev.vellum.proxy.picture.Guard;
import dev.vellum.proxy.picture.Offer;
import dev.vellum.proxy.picture.PictureLimits;
import dev.vellum.proxy.picture.QualityClass;
import dev.vellum.proxy.picture.SizeKey;
import dev.vellum.proxy.picture.TranscoderConfig;
import dev.vellum.proxy.variant.PictureConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The keys of {@code pictures}. */
record PictureKeys(Section section, Path folder, Map<String, String> environment) {

    PictureConfig read() {
        PictureConfig standard = PictureConfig.DEFAULT;
        try (section) {
            return section.make(() ->
                    new PictureConfig(
                            section.flag("on", standard.on()),
                            offer(standard.offer()),
                            guard(standard.guard()),
                            standard.efforts(),
                            limits(standard.limits()),
                            transcoder(standard.transcoder())));
        }
    }

    private Offer offer(Offer standard) {
        return new Offer(
                section.values("formats", names(standard.forms()), Function.identity()).stream()
                        .map(PictureKeys::form)
                        .toList(),
                quality(section.text("quality", name(standard.quality()))),
                section.flag("heed-save-data", standard.heedsSaveData()),
                section.flag("heed-network", standard.heedsNetwork()),
                section.values("widths", standard.widths(), Section::integer),
                0,
                section.sections("size-keys").stream().map(this::key).toList(),
                section.flag("placeholders", standard.placeholders()));
    }

    /** The configuration names the secret's place only: it is printed and passed around. */
    private SizeKey key(Section key) {
        try (key) {
            String name = key.text("name", "");
            Optional<SizeKey> ofFile =
                    key.optional("secret-file", text -> SizeKey.ofFile(name, folder.resolve(text)));
            Optional<SizeKey> ofVariable =
                    key.optional(
                            "secret-env", text -> SizeKey.ofEnvironment(name, text, environment));
            return key.make(() -> {
                if (ofFile.isPresent() == ofVariable.isPresent()) {
                    throw new IllegalArgumentException(
                            "size-keys (expected: one of secret-file, secret-env)");
                }
                return ofFile.or(() -> ofVariable).orElseThrow();
            });
        }
    }

    private Guard guard(Guard standard) {
        return new Guard(
                section.fraction("margin", standard.margin()),
                standard.leastBytes(),
                standard.floors(),
                standard.drawings());
    }

    private PictureLimits limits(PictureLimits standard) {
        return new PictureLimits(
                section.size("source-bytes", standard.sourceBytes()),
                section.integer("pixels", (int) standard.pixels()),
                section.integer("frames", standard.frames()),
                section.duration("time", standard.time()));
    }

    private TranscoderConfig transcoder(TranscoderConfig standard) {
        int threads = section.integer("threads", 0);
        return new TranscoderConfig(
                threads == 0 ? standard.threads() : threads,
                section.size("memory", standard.memory()),
                standard.ageing());
    }

    private static List<String> names(List<Form> forms) {
        return forms.stream()
                .flatMap(form ->
                        form instanceof Form.Ordinary(var format)
                                ? Stream.of(name(format))
                                : Stream.empty())
                .toList();
    }

    private static Form form(String text) {
        // a GIF is never worth writing
        List<Format> formats = List.of(Format.AVIF, Format.WEBP, Format.JPEG, Format.PNG);
        return new Form.Ordinary(one("formats", text, formats));
    }

    private static QualityClass quality(String text) {
        return one("quality", text, List.of(QualityClass.values()));
    }

    private static <E extends Enum<E>> E one(String key, String text, List<E> values) {
        for (E value : values) {
            if (name(value).equals(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "%s: \"%s\" (expected: one of %s)"
                        .formatted(key, text, values.stream().map(PictureKeys::name).toList()));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
