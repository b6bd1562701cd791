package dev.vellum.proxy.admin;

import dev.vellum.proxy.access.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** The token of the admin port: 32 random bytes in hexadecimal, kept in a file of mode 0600. */
final class AdminToken {

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private AdminToken() {}

    /**
     * The token in {@code file}, which is made if it is not there; or one that nobody knows.
     *
     * @throws IOException if the file can be neither read nor made, or others may read it
     */
    static Secret of(Optional<Path> file) throws IOException {
        if (file.isEmpty()) {
            return Secret.of(random());
        }
        Path path = file.get().toAbsolutePath();
        try {
            Files.createDirectories(path.getParent());
            Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.writeString(
                    path, random() + "\n", StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException there) {
            if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(path))) {
                throw new IOException(
                        "admin.token-file: " + path + " (expected: mode 0600)", there);
            }
        }
        return Secret.ofFile(path);
    }

    private static String random() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
