package dev.vellum.proxy.origin;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Finds the addresses of a name. */
@FunctionalInterface
public interface Resolver {

    /**
     * All addresses of {@code host}, in the order of preference of whoever answered.
     *
     * @param host a name or an address literal, without brackets
     * @return completes on any thread; exceptionally if there is no answer, with {@link
     *     java.util.concurrent.TimeoutException} if that is because nobody answered in time
     */
    CompletionStage<List<InetAddress>> resolve(String host);
}
