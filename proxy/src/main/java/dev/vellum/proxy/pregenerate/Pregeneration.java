package dev.vellum.proxy.pregenerate;

import dev.vellum.proxy.picture.Bypass;
import dev.vellum.proxy.picture.Negotiation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Visits pictures through a running proxy until every form that browsers ask for is made, or known
 * to be of no use, so that first requests find it. One picture after the other; blocks its caller.
 */
public final class Pregeneration {

    private static final Pattern TOLD = Pattern.compile("picture;desc=\"([^\"]*)\"");

    /** What is not the last word. */
    private static final Set<String> FOR_NOW =
            Set.of(Bypass.NOT_YET.label(), Bypass.OVERLOADED.label(), Bypass.CANCELLED.label());

    private static final Duration STALL = Duration.ofSeconds(60);
    private static final Duration FIRST_WAIT = Duration.ofMillis(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final Visitor visitor;
    private final Duration interval;
    private final Duration patience;

    /**
     * @param proxy where it listens
     * @param interval from one picture's beginning to the next one's, at least
     * @param patience for one form of one picture
     */
    public Pregeneration(InetSocketAddress proxy, Duration interval, Duration patience) {
        this.visitor = new Visitor(proxy, STALL);
        this.interval = interval;
        this.patience = patience;
    }

    /**
     * Visits each.
     *
     * @param done told after each what came of it, in one line without breaks
     */
    public void run(List<URI> urls, BiConsumer<URI, String> done) throws InterruptedException {
        for (URI url : urls) {
            long begun = System.nanoTime();
            done.accept(url, outcome(url));
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            if (took.compareTo(interval) < 0) {
                Thread.sleep(interval.minus(took));
            }
        }
    }

    private String outcome(URI url) throws InterruptedException {
        try {
            StringBuilder forms = new StringBuilder();
            for (String accept : Negotiation.USUAL) {
                String told = settled(url, accept);
                forms.append(forms.isEmpty() ? "" : ", ").append(told);
                if (!told.startsWith("image/") && !isOfOneForm(told)) {
                    break; // nothing can be made of it for anybody
                }
            }
            return forms.toString();
        } catch (IOException failed) {
            return "failed: " + String.valueOf(failed.getMessage()).replaceAll("\\s+", " ");
        }
    }

    /** Whether another client may fare better. */
    private static boolean isOfOneForm(String told) {
        return Set.of(
                        Bypass.NOT_SMALLER.label(),
                        Bypass.BELOW_FLOOR.label(),
                        Bypass.DRAWING.label(),
                        Bypass.ALPHA.label(),
                        Bypass.ANIMATION.label(),
                        Bypass.TIMEOUT.label(),
                        Bypass.FAILED.label())
                .contains(told);
    }

    private String settled(URI url, String accept) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        Duration wait = FIRST_WAIT;
        while (true) {
            Visitor.Visit visit = visitor.get(url, accept, 0);
            Matcher told = TOLD.matcher(visit.field("Server-Timing"));
            if (visit.status() != 200) {
                return "status " + visit.status();
            }
            if (!told.find()) {
                return "no picture that is stored";
            }
            if (!FOR_NOW.contains(told.group(1))) {
                return told.group(1);
            }
            if (System.nanoTime() - end > 0) {
                return "too slow";
            }
            Thread.sleep(wait);
            wait =
                    wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0
                            ? wait.multipliedBy(2)
                            : LONGEST_WAIT;
        }
    }

    /**
     * The pictures that a sitemap lists, asked for through the proxy.
     *
     * @throws IOException if it cannot be read
     */
    public List<URI> sitemap(URI url) throws IOException {
        return new Sitemaps(visitor).pictures(url);
    }
}
