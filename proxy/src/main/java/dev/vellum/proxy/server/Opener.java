package dev.vellum.proxy.server;

import io.netty.channel.Channel;

/** Goes on with a tunnel whose inside is to be served. */
@FunctionalInterface
interface Opener {

    /**
     * Serves it.
     *
     * @param tunnel the bare connection
     */
    void open(Channel tunnel, Inside inside);
}
