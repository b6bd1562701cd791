package dev.vellum.proxy.variant;

import dev.vellum.proxy.store.Stored;

/**
 * The form of a stored picture that one client gets.
 *
 * @param stored with the head that it goes out with
 * @param ready whether its serialised head is that one
 * @param told the variant's media type, or why it is the original: a label of {@link
 *     dev.vellum.proxy.picture.Bypass}
 * @param saved bytes that the original has and this has not
 * @param whole whether a Range is to be ignored
 */
public record SelectedForm(Stored stored, boolean ready, String told, long saved, boolean whole) {}
