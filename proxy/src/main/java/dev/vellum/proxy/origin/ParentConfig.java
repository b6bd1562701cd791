package dev.vellum.proxy.origin;

/**
 * The proxy that requests go to.
 *
 * @param orDirect whether requests go to the servers they name where the parent cannot be reached;
 *     else they fail then
 */
public record ParentConfig(OriginAddress address, boolean orDirect) {

    /** One without which nothing goes anywhere. */
    public ParentConfig(OriginAddress address) {
        this(address, false);
    }
}
