package dev.vellum.proxy.server;

import io.netty.channel.EventLoop;

/** A client's connection as the server sees it. All but {@link #loop} are called on its loop. */
interface Served {

    EventLoop loop();

    /** Makes what is under way, or comes next, the last. */
    void drain();

    /** Ends the connection unless an exchange needs it. */
    void closeIfIdle();

    /** Ends the connection now. */
    void abort();
}
