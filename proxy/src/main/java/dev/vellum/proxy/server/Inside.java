package dev.vellum.proxy.server;

import dev.vellum.proxy.http.Fields;
import dev.vellum.proxy.http.RequestHead;
import dev.vellum.proxy.http.RequestTarget;
import dev.vellum.proxy.intercept.Interception;
import java.util.Locale;

/**
 * The tunnel that a connection is the inside of.
 *
 * @param user who asked for the tunnel
 */
record Inside(Interception.Opened tunnel, String user) {

    /** Whether a request may be made here; what it says of its host is taken note of. */
    boolean admits(RequestHead request) {
        boolean covered =
                switch (request.target()) {
                    case RequestTarget.Absolute target ->
                            tunnel.covers(target.scheme(), target.authority());
                    case RequestTarget.Asterisk target ->
                            tunnel.covers(target.scheme(), target.authority());
                    case RequestTarget.AuthorityForm other -> false;
                };
        if (covered && asksForPicture(request.fields()) && isPersonal(request.fields())) {
            tunnel.pictureWithCredentials();
        }
        return covered;
    }

    private static boolean asksForPicture(Fields fields) {
        String destination = fields.combined("Sec-Fetch-Dest");
        String accept = fields.combined("Accept");
        return destination != null
                ? destination.equals("image")
                : accept != null && accept.toLowerCase(Locale.ROOT).startsWith("image/");
    }

    private static boolean isPersonal(Fields fields) {
        return fields.contains("Cookie") || fields.contains("Authorization");
    }
}
