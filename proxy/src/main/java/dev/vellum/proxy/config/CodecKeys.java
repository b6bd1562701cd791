package dev.vellum.proxy.config;

import dev.vellum.proxy.latent.CodecConfig;
import dev.vellum.proxy.picture.QualityClass;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The keys of {@code codec}. */
record CodecKeys(Section section, Path folder) {

    CodecConfig read() {
        CodecConfig standard = CodecConfig.DEFAULT;
        try (section) {
            return section.make(() ->
                    new CodecConfig(
                            section.flag("on", standard.on()),
                            section.optional("models", folder::resolve),
                            section.values("pins", List.of(), Function.identity()),
                            section.integer("effort", standard.effort()),
                            section.integer("idle-effort", standard.idleEffort()),
                            Map.of(
                                    QualityClass.FINE, quality(QualityClass.FINE),
                                    QualityClass.STANDARD, quality(QualityClass.STANDARD),
                                    QualityClass.SAVING, quality(QualityClass.SAVING)),
                            section.integer("trials", standard.trials()),
                            section.duration("hold", standard.hold()),
                            section.size("decoded-bytes", standard.decoded()),
                            section.flag("keep-originals", standard.keepsOriginals()),
                            section.flag("save-data", standard.savesData())));
        }
    }

    private int quality(QualityClass quality) {
        return section.integer(
                "quality-" + quality.name().toLowerCase(Locale.ROOT),
                CodecConfig.DEFAULT.qualities().getOrDefault(quality, 0));
    }
}
