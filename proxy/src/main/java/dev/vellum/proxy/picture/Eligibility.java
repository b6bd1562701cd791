package dev.vellum.proxy.picture;

import dev.vellum.proxy.http.CacheControl;
import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.ResponseHead;
import java.util.Optional;

/** Whether a response may be transformed at all, from its head alone. Pure. */
public final class Eligibility {

    private Eligibility() {}

    /** Why not; empty if it may. Whether the body is a picture shows only in its bytes. */
    public static Optional<Bypass> obstacle(ResponseHead response) {
        Fields fields = response.fields();
        if (!isPicture(fields) || (response.status() != 200 && response.status() != 206)) {
            return Optional.of(Bypass.NOT_A_PICTURE);
        }
        if (response.status() == 206) {
            return Optional.of(Bypass.RANGE);
        }
        if (isEncoded(fields)) {
            return Optional.of(Bypass.CODED);
        }
        // RFC 9111 section 5.2.2.6, RFC 9110 section 7.7
        if (CacheControl.of(fields, "Cache-Control").has("no-transform")) {
            return Optional.of(Bypass.NO_TRANSFORM);
        }
        // RFC 9421; RFC 9530 section 6: they speak of the very bytes
        boolean signed =
                fields.contains("Signature")
                        || fields.contains("Content-Digest")
                        || fields.contains("Repr-Digest");
        return signed ? Optional.of(Bypass.SIGNED) : Optional.empty();
    }

    /** An image type, but for SVG, which is text. */
    private static boolean isPicture(Fields fields) {
        String type = fields.first("Content-Type");
        if (type == null || !type.regionMatches(true, 0, "image/", 0, 6)) {
            return false; // as most are, and soon told
        }
        String essence = type.split(";", 2)[0].strip();
        return !essence.equalsIgnoreCase("image/svg+xml");
    }

    private static boolean isEncoded(Fields fields) {
        String coding = fields.combined("Content-Encoding");
        return coding != null && !coding.strip().equalsIgnoreCase("identity");
    }
}
