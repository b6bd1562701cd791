package dev.vellum.proxy.picture.vips;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Where the shared library lies: at the system property {@code vellum.vips} if it is set, else
 * below {@code vellum.home} (which the launcher sets) or the working directory, in {@code native}
 * of a distribution or where the build of a checkout installs it.
 */
public final class VipsLocation {

    /** Path of the shared library itself; a system's own libvips.so.42 does. */
    public static final String OVERRIDE = "vellum.vips";

    private static final List<String> FOLDERS =
            List.of("native", "proxy/native/node_modules/@img", "native/node_modules/@img");

    private VipsLocation() {}

    /** The library for this machine. */
    public static Optional<Path> find() {
        return find(System.getProperties(), Path.of(""));
    }

    static Optional<Path> find(Properties properties, Path workingDirectory) {
        String override = properties.getProperty(OVERRIDE);
        if (override != null) {
            return Optional.of(Path.of(override)).filter(Files::isRegularFile);
        }
        List<Path> homes = new ArrayList<>();
        String home = properties.getProperty("vellum.home");
        if (home != null) {
            homes.add(Path.of(home));
        }
        homes.add(workingDirectory);
        return homes.stream()
                .flatMap(root -> FOLDERS.stream().map(root::resolve))
                .flatMap(folder -> platforms(properties).stream().map(folder::resolve))
                .map(platform -> platform.resolve("lib"))
                .filter(Files::isDirectory)
                .flatMap(lib -> library(lib).stream())
                .findFirst();
    }

    /** Names of the packages that may suit, best first. */
    private static List<String> platforms(Properties properties) {
        String arch =
                switch (properties.getProperty("os.arch", "")) {
                    case "amd64", "x86_64" -> "x64";
                    case "aarch64", "arm64" -> "arm64";
                    case String other -> other;
                };
        String system = properties.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return List.of("sharp-libvips-darwin-" + arch);
        }
        String glibc = "sharp-libvips-linux-" + arch;
        String musl = "sharp-libvips-linuxmusl-" + arch;
        boolean muslSystem = Files.exists(Path.of("/etc/alpine-release"));
        return muslSystem ? List.of(musl) : List.of(glibc, musl);
    }

    private static Optional<Path> library(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("libvips-cpp."))
                    .sorted()
                    .findFirst();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
